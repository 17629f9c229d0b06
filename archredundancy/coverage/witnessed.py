"""What one archiver stored and the other lacks: the proof of a gap that needs no threshold."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from archredundancy.segments import Segments

__all__ = ["EARLIEST", "LATEST", "MissedRuns", "missed_runs"]

#: Stand for "no own sample before" and "no own sample after".
EARLIEST = np.iinfo(np.int64).min
LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True, eq=False)
class MissedRuns:
    """Runs of samples that only the other side has, with no own sample in between.

    Attributes
    ----------
    first, last : int64, (m,), ns since 1970 UTC
        First and last sample missed.
    count : int64, (m,)
        Samples missed.
    previous, following : int64, (m,), ns since 1970 UTC
        Own samples around the run; `EARLIEST` and `LATEST` where there is none.
    end : int64, (m,), ns since 1970 UTC
        Where the own side is there again: `following`, or the end of what is known.
    """

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    previous: npt.NDArray[np.int64]
    following: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)

    def pick(self, chosen: npt.NDArray[np.bool_]) -> MissedRuns:
        """Return the chosen runs."""
        return MissedRuns(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    @property
    def segments(self) -> Segments:
        """From the first sample missed to where the own side is there again."""
        return Segments.from_arrays(self.first, self.end)


def missed_runs(own: npt.NDArray[np.int64], other_only: npt.NDArray[np.int64], known: Segments) -> MissedRuns:
    """Return the runs of `other_only` between consecutive samples of `own`, where the own side is known.

    Parameters
    ----------
    own : int64, (n,), ns since 1970 UTC
        Times of this side's samples, increasing.
    other_only : int64, (k,), ns since 1970 UTC
        Times of samples that only the other side has, increasing.
    known : Segments
        Where this side can vouch.
    """
    missed = other_only[known.contains(other_only)]
    owns_before = np.searchsorted(own, missed)
    segment = np.searchsorted(known.start, missed, side="right") - 1
    if not len(missed):
        none = np.empty(0, np.int64)
        return MissedRuns(first=none, last=none, count=none, previous=none, following=none, end=none)
    breaks = np.flatnonzero((np.diff(owns_before) != 0) | (np.diff(segment) != 0)) + 1
    begin = np.concatenate([np.zeros(1, np.int64), breaks])
    stop = np.concatenate([breaks, [len(missed)]])
    bounded = np.concatenate([[EARLIEST], own, [LATEST]])
    following = bounded[owns_before[begin] + 1]
    return MissedRuns(
        first=missed[begin],
        last=missed[stop - 1],
        count=stop - begin,
        previous=bounded[owns_before[begin]],
        following=following,
        end=np.minimum(following, known.end[segment[begin]]),
    )
