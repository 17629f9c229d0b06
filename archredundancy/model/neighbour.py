"""What another PV of the same IOC tells of the connection to that IOC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.model.reading import Reading
from archredundancy.segments import Segments

__all__ = ["Neighbour"]


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Signs of life of a PV that the same IOC serves and the same cluster archives.

    Attributes
    ----------
    pv : str
    connected : Segments
        Where its engine had an unbroken connection to the IOC: between two consecutive samples of which the later one
        tells of no break.
    restarted : Segments
        Between two consecutive samples of which the later one tells that its archiver began anew.
    """

    pv: str
    connected: Segments
    restarted: Segments

    @classmethod
    def from_reading(cls, reading: Reading) -> Neighbour:
        """Return what a PV's samples tell; what lies beside a part that could not be read tells nothing.

        Notes
        -----
        Cost: a few passes over the times.
        """
        samples = reading.samples.in_order()
        stamps = np.concatenate([reading.before.time[-1:], samples.time])
        earlier, later = stamps[:-1], stamps[1:]
        offset = len(stamps) - len(samples)
        broke, began = (_rows_with(samples.extras.fields, names) for names in (_BREAK, _START))
        is_broken, is_start = np.zeros(len(stamps), bool), np.zeros(len(stamps), bool)
        is_broken[samples.extras.row[broke] + offset] = True
        is_start[samples.extras.row[began] + offset] = True
        whole = ~is_broken[1:] & _is_read(np.maximum(earlier, reading.asked.start), later, reading.known)
        return cls(
            pv=reading.pv,
            connected=Segments.from_arrays(earlier[whole], later[whole]),
            restarted=Segments.from_arrays(earlier[is_start[1:]], later[is_start[1:]]),
        )


_BREAK = frozenset({"cnxregainedepsecs", "startup"})
_START = frozenset({"startup"})


def _is_read(start: npt.NDArray[np.int64], end: npt.NDArray[np.int64], known: Segments) -> npt.NDArray[np.bool_]:
    """Return whether each stretch lies within a single known segment, so that no sample inside it escaped."""
    segment = np.searchsorted(known.start, start, side="right")
    read: npt.NDArray[np.bool_] = segment == np.searchsorted(known.end, end, side="left") + 1
    return read & known.contains(start)


def _rows_with(fields: Iterable[tuple[tuple[str, str], ...]], names: frozenset[str]) -> npt.NDArray[np.intp]:
    return np.array([row for row, pairs in enumerate(fields) if any(name in names for name, _ in pairs)], np.intp)
