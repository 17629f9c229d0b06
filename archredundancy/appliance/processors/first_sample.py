"""`firstSample`: what comes first in each bin, as it is."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.bins import Bins
from archredundancy.appliance.processors.order import LastBefore
from archredundancy.appliance.processors.processor import Describe
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream

__all__ = ["FirstSample"]


class FirstSample:
    """Keeps the first sample of each bin, and the last one before the first bin (`FirstSamplePP`).

    Parameters
    ----------
    bins : Bins
        Samples in bins after the last one are left out.
    """

    def __init__(self, bins: Bins) -> None:
        self._bins = bins
        self._last_bin: int | None = None
        self._before = LastBefore()
        self._header: Header | None = None
        self.extension = bins.extension("firstSample")

    def take(self, stream: SampleStream) -> SampleStream:
        """Return copies of the samples that come first in their bins; damaged ones are left out."""
        return Samples(header=stream.header, source=stream.source, content=tuple(self._firsts(stream)))

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return nothing: each stream has its own result."""
        return None

    def rest(self) -> SampleStream | None:
        """Return the sample before the first bin, if no sample came after it."""
        row = self._before.waiting
        if row is None or self._header is None:
            return None
        return Samples(header=self._header, source="sample before the first bin", content=(row.copy(),))

    def _firsts(self, stream: SampleStream) -> Iterator[Row]:
        for row in stream.rows():
            try:
                number = self._bins.number(row.time)
            except DamagedLine:
                continue
            if number < self._bins.first:
                self._before.offer(row)
                self._header = stream.header if self._before.waiting is row else self._header
            elif number in self._bins and number != self._last_bin:
                self._last_bin = number
                before = self._before.waiting
                if before is not None:
                    self._before.is_placed = True
                    yield before.copy()
                yield row.copy()
