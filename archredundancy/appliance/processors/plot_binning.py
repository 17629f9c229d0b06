"""`caplotbinning`: up to four samples of each bin, as the Channel Archiver draws them."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.bins import Bins
from archredundancy.appliance.processors.consolidated import Consolidated, Made, copied
from archredundancy.appliance.processors.order import LastBefore, Newer
from archredundancy.appliance.processors.processor import Describe
from archredundancy.appliance.processors.rows import is_reconnected, made_row, number_of
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.model import NS_PER_SECOND, DbrType

__all__ = ["PlotBinning"]

logger = logging.getLogger(__name__)


class _PlotBin:
    """First and last sample of a bin, and the extremes of all."""

    def __init__(self, start: int, seconds: int) -> None:
        self._start, self._seconds = start, seconds
        self._points: list[tuple[int, float]] = []
        self._count = 0
        self._lowest = self._highest = math.nan
        self.severity = 0
        self.reconnected = False

    def add(self, row: Row) -> None:
        """Add a sample; raises as `number_of` does."""
        value = number_of(row)
        self._points = [*self._points[:1], (row.time // NS_PER_SECOND, value)]
        self._lowest = value if value < self._lowest or math.isnan(self._lowest) else self._lowest
        self._highest = value if value > self._highest or math.isnan(self._highest) else self._highest
        self._count += 1

    def rows(self) -> Iterator[Row]:
        """Yield one or two samples as they are, whole seconds; of more, first, minimum, maximum and last one."""
        points = self._points
        if self._count > 2:
            values = (points[0][1], self._lowest, self._highest, points[1][1])
            points = [(self._start + int(quarter / 4 * self._seconds), value) for quarter, value in enumerate(values)]
        fields = {"connectionChange": "true"} if self.reconnected else {}
        for second, value in points:
            yield made_row(second * NS_PER_SECOND, value, DbrType.SCALAR_DOUBLE, severity=self.severity, fields=fields)


class PlotBinning(Consolidated):
    """Keeps what a plot of the samples needs (`CAPlotBinning`).

    Parameters
    ----------
    bins : Bins
    """

    def __init__(self, bins: Bins) -> None:
        self._bins = bins
        self._done: dict[int, _PlotBin] = {}
        self._current: int | None = None
        self._newer, self._before = Newer(), LastBefore()
        self._header: Header | None = None
        self.extension = bins.extension("caplotbinning")

    def take(self, stream: SampleStream) -> SampleStream:
        """Add the samples of a stream, without those that are damaged or not newer than the last one."""
        plain = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv=stream.header.pv, year=stream.header.year, element_count=1)
        self._header = self._header or plain
        for row in stream.rows():
            try:
                self._take_row(row)
            except DamagedLine as damage:
                logger.error("a damaged sample is left out of the bins: %s", damage)
        return Made(header=self._header, source=stream.source, source_of_rows=self, breaks_at_new_year=False)

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return the samples to be drawn, under one header for all years; the type info is not added to it."""
        if self._header is None:
            return []
        return [Samples(header=copied(self._header), source="plot", content=tuple(self.made()))]

    def made(self) -> Iterator[Row]:
        """Yield the samples to be drawn, bin by bin."""
        for number in sorted(self._done):
            yield from self._done[number].rows()

    def _take_row(self, row: Row) -> None:
        if not self._newer.takes(row):
            return
        number = self._bins.number(row.time)
        if number < self._bins.first:
            self._before.offer(row)
        elif number in self._bins:
            before = self._before.waiting
            if before is not None:
                self._open(self._bins.first - 1).add(before)
                self._before.is_placed = True
            self._add(number, row)

    def _add(self, number: int, row: Row) -> None:
        bin_ = self._open(number) if number != self._current else self._done[number]
        bin_.add(row)
        bin_.severity = max(bin_.severity, row.sample.severity)
        bin_.reconnected = bin_.reconnected or is_reconnected(row)

    def _open(self, number: int) -> _PlotBin:
        self._current = number
        self._done[number] = _PlotBin(number * self._bins.seconds, self._bins.seconds)
        return self._done[number]
