"""`firstSample`: what comes first in each bin, as it is."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.bins import Bins
from archredundancy.appliance.processors.processor import Describe
from archredundancy.appliance.processors.rows import is_earlier_second
from archredundancy.appliance.storage.streams import Row, Samples, SampleStream

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
        self._before: tuple[Header, Row] | None = None
        self._sent_before = False
        self.extension = bins.extension("firstSample")

    def take(self, stream: SampleStream) -> SampleStream:
        """Return copies of the samples that come first in their bins; damaged ones are left out."""
        return Samples(header=stream.header, source=stream.source, content=tuple(self._firsts(stream)))

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return nothing: each stream has its own result."""
        return None

    def rest(self) -> SampleStream | None:
        """Return the sample before the first bin, if no sample came after it."""
        if self._before is None or self._sent_before:
            return None
        header, row = self._before
        return Samples(header=header, source="sample before the first bin", content=(row,))

    def _firsts(self, stream: SampleStream) -> Iterator[Row]:
        for row in stream.rows():
            try:
                number = self._bins.number(row.time)
            except DamagedLine:
                continue
            if number < self._bins.first:
                self._keep_before(stream.header, row)
            elif number in self._bins and number != self._last_bin:
                self._last_bin = number
                if self._before is not None and not self._sent_before:
                    self._sent_before = True
                    yield self._before[1]
                yield row.copy()

    def _keep_before(self, header: Header, row: Row) -> None:
        if not is_earlier_second(row, self._before and self._before[1]):
            self._before = (header, row.copy())
