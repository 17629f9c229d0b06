"""Samples that a cluster stores and does not show: those of files that were left behind in a younger store.

Stores are read one after the other, oldest first, and of each only what is newer than all before it
(`MergeDedupConsumer`). So what an older store is ahead of is not shown. But a store whose first sample lies before a
request's start keeps all older ones from being asked (`RetrievalState.getDataSources`), and then it can be read alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from archredundancy.client.retrieval.answer import Answer
from archredundancy.model import Reading, Samples, TimeRange

__all__ = ["PlainReader", "find_hidden"]

_Times = npt.NDArray[np.int64]
#: At most so many moments are looked at, the latest ones.
_MOMENTS = 64


class PlainReader(Protocol):
    """Something that gives the answer to one request as it came."""

    def read_plainly(self, pv: str, window: TimeRange) -> Answer:
        """Return it; the window's end is inclusive, and a sample before its start comes first."""


def find_hidden(reader: PlainReader, reading: Reading, moments: Iterable[int]) -> Samples:
    """Return the samples that a reading of the whole history does not show, as far as they can be seen.

    Parameters
    ----------
    reader : PlainReader
        Of the member that owns the PV.
    reading : Reading
    moments : iterable of int, ns since 1970 UTC
        Before which it is looked: where files of younger stores begin, and where the reading has failures.

    Returns
    -------
    Samples
        In order of time, of the reading's type; none where all is shown.

    Raises
    ------
    ArchRedundancyError
        If a request fails.

    Notes
    -----
    Of two stores with files left behind only the younger one's are seen, until these are gone. Cost: a small request
    for each moment; about 60 more where something is hidden.
    """
    shown = np.concatenate([reading.before.time, reading.samples.in_order().time])
    if not len(shown):
        return reading.samples.slice(0, 0)
    look = _Look(reader, reading, shown)
    for moment in sorted(set(moments))[-_MOMENTS:]:
        if look.hides_something(moment - 1):
            return look.hidden_from(look.first_hiding(moment - 1))
    return reading.samples.slice(0, 0)


class _Look:
    def __init__(self, reader: PlainReader, reading: Reading, shown: _Times) -> None:
        self._reader, self._reading, self._shown = reader, reading, shown

    def hides_something(self, moment: int) -> bool:
        """Return whether the last sample by a moment is one that is not shown; a newer one than all has just come."""
        return bool(len(self._unknown(self._ask(moment, moment).time)))

    def first_hiding(self, moment: int) -> int:
        """Return a moment at or right after the first sample of the store that hides the older ones at a moment."""
        low, high = min(self._reading.asked.start, moment - 1), moment
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._is_alone(middle, moment) else (middle, high)
        return high

    def hidden_from(self, start: int) -> Samples:
        """Return what is not shown in an answer that begins after a moment; that at the moment comes as well."""
        kind = self._reading.samples.dbr_type
        blocks = [
            block
            for block in self._ask(start + 1, int(self._shown[-1])).blocks
            if len(block) and block.dbr_type is kind
        ]
        found = Samples.concatenate([Samples.empty(kind), *blocks]).in_order()
        return found.take(np.flatnonzero(np.isin(found.time, self._unknown(found.time))))

    def _is_alone(self, start: int, end: int) -> bool:
        """Return whether a request that begins at a moment is answered without the older stores."""
        later = self._shown[(self._shown > start) & (self._shown <= end)]
        if not len(later):
            return self.hides_something(start)
        return bool(later[0] not in self._ask(start, int(later[0])).time)

    def _unknown(self, times: _Times) -> _Times:
        early = times[times < self._shown[-1]]
        absent: _Times = early[self._shown[np.searchsorted(self._shown, early)] != early]
        return absent

    def _ask(self, start: int, end: int) -> Answer:
        return self._reader.read_plainly(self._reading.pv, TimeRange(start=start, end=end))
