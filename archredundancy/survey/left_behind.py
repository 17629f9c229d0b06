"""Whether files with old samples were left behind in young stores."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from archredundancy.client import RetrievalClient
from archredundancy.errors import ArchRedundancyError
from archredundancy.model import NS_PER_SECOND, Samples, SideEvidence, TimeRange
from archredundancy.survey.survey import Source, reader_of

__all__ = ["samples_left_behind"]

#: Younger samples are where they belong, or on their way there, ns: as long as the usual partition of a young store.
_RECENT = 3600 * NS_PER_SECOND
#: So many of the newest files are looked behind one by one; before them, each time twice as many are passed over.
_ONE_BY_ONE = 4


def samples_left_behind(source: Source, side: SideEvidence, now: int) -> tuple[int, ...]:
    """Return times of samples in files that ETL has left behind in a store before the last one.

    Parameters
    ----------
    source : Source
    side : SideEvidence
        What was learned of it about a PV, over the whole history.
    now : int, ns since 1970 UTC

    Returns
    -------
    tuple of int, ns since 1970 UTC
        In order; at least one for each store that has such a file, as far as it can be seen.

    Notes
    -----
    Consolidating deletes such a file where the next store has later samples (`AppendDataStateData`). Answers that begin
    earlier leave its samples out. Those that begin after it give its last one in place of the newest before their
    start, as its store seems to hold all since then (`RetrievalState.getDataSources`). Cost: a small request for each
    of the newest files, and for a few older ones; none where there is one store.
    """
    stores = side.type_info.stores if side.type_info else ()
    if sum(store.scheme == "pb" for store in stores) < 2:
        return ()
    ends = [chunk.last for chunk in side.reading.layout if chunk.last is not None]
    shown = np.unique(np.array([*ends, *_shown_behind(source, side, ends)], np.int64))
    known = side.reading.known.contains(shown)  # so that they would have to be among the samples
    return tuple(_not_among(side.reading.samples, shown[known & (shown < now - _RECENT)]).tolist())


def _shown_behind(source: Source, side: SideEvidence, ends: list[int]) -> Iterator[int]:
    """Yield what requests give as the newest sample before their start that begin right after the ends of files."""
    owner = side.type_info.appliance if side.type_info else ""
    reader = reader_of(source, owner)
    if not isinstance(reader, RetrievalClient):
        return
    newest_first = sorted(set(ends), reverse=True)
    for row in _rows(len(newest_first)):
        start = newest_first[row] - newest_first[row] % NS_PER_SECOND + NS_PER_SECOND
        try:
            answer = reader.read_plainly(side.reading.pv, TimeRange(start=start, end=start + NS_PER_SECOND))
        except ArchRedundancyError:
            return
        stamp = answer.look_back(start)
        if stamp is not None:
            yield stamp


def _rows(count: int) -> Iterator[int]:
    row = step = 1
    while row < count:
        yield row
        step = step if row < _ONE_BY_ONE else 2 * step
        row += step


def _not_among(samples: Samples, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return those of some times of which there is no sample."""
    ordered = samples.in_order().time
    absent: npt.NDArray[np.int64] = times[np.searchsorted(ordered, times) == np.searchsorted(ordered, times, "right")]
    return absent
