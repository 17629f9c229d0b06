"""`optimLastSample`: as `optimized`, but empty bins have the last value before them (`OptimizedWithLastSample`)."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import replace

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.bins import DEFAULT_SECONDS, Bins, quotient
from archredundancy.appliance.processors.collectors import Moments
from archredundancy.appliance.processors.consolidated import Consolidated, Made, by_year, copied
from archredundancy.appliance.processors.optimized import DEFAULT_POINTS, FewRows
from archredundancy.appliance.processors.order import LastBefore, Newer
from archredundancy.appliance.processors.processor import AnswerLost, Describe, NoNumber, Window
from archredundancy.appliance.processors.rows import number_of
from archredundancy.appliance.processors.statistic import Statistic, five_numbers
from archredundancy.appliance.processors.summary import OpenBin, Summarized
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.model import DbrType

__all__ = ["OptimizedLast"]

logger = logging.getLogger(__name__)

_MILLISECOND = 1_000_000


class OptimizedLast(Consolidated):
    """Sends samples as they are up to a number of them, else six numbers for each bin, the last value among them.

    Bins count from the one that the start of the request lies in, so samples before the start are among the first
    one's. Bins that fill a gap are made when the bin after it is done, and have that one's severity and connection
    change.

    Parameters
    ----------
    points : int
    window : (int, int) or None, ns since 1970 UTC

    Raises
    ------
    AnswerLost
        If there are more points than seconds, so bins of no length, or no points; or far too many bins.
    """

    def __init__(self, points: int, window: Window) -> None:
        seconds = DEFAULT_SECONDS
        if window is not None:
            start, end = (edge // _MILLISECOND for edge in window)
            seconds = quotient(end - start, 1000 * points)
        self._few = FewRows(points)
        self._bins = Bins.of(seconds, window)
        if window is not None:
            self._bins.shown((self._bins.first,))
        self._statistic = Statistic(collector=Moments, value=self._six_numbers, length=6)
        self._done: dict[int, Summarized] = {}
        self._open: OpenBin | None = None
        self._last_done: int | None = None
        self._last_value = 0.0
        self._newer, self._before = Newer(), LastBefore()
        self._header: Header | None = None
        self.extension = ".optimLastSample" if points == DEFAULT_POINTS else f".optimLastSample_{points}"

    def take(self, stream: SampleStream) -> SampleStream:
        """Count and summarize the samples of a stream."""
        self._few.note(stream)
        header = self._header or copied(
            replace(stream.header, dbr_type=DbrType.WAVEFORM_DOUBLE, element_count=self._statistic.length)
        )
        self._header = header
        for row in stream.rows():
            try:
                self._take_row(row)
            except DamagedLine as damage:
                logger.error("a damaged sample is left out of the bins: %s", damage)
        self._fill_to_the_end()
        if self._few.are_too_many:
            return Made(header=header, source=stream.source, source_of_rows=self)
        return self._few.stream(stream)

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return all samples, or the bins.

        Raises
        ------
        AnswerLost
            If no stream could be read to its end.
        """
        if self._header is None or not self._few.are_too_many:
            return self._few.result(describe)
        try:
            self._place_before()
        except NoNumber as refusal:
            raise AnswerLost(str(refusal)) from None
        if self._open is not None:
            self._done[self._open.number] = self._open.summarized()
        return by_year(self._header, self.made())

    def made(self) -> Iterator[Row]:
        """Yield the bins that are done."""
        shown: Summarized | None = None
        for number in self._bins.shown(self._done) if self._done else ():
            shown = self._done.get(number, shown)
            if shown is not None:
                yield shown.row(self._bins.stamp(number), DbrType.WAVEFORM_DOUBLE)

    def _take_row(self, row: Row) -> None:
        if not self._newer.takes(row):
            return
        number = self._bins.number(row.time)
        if number < self._bins.first:
            self._before.offer(row)
        elif number in self._bins:
            self._place_before()
            if self._open is None or number != self._open.number:
                if self._open is not None:
                    self._fill(self._open.number)
                    self._close(self._open)
                self._open = self._new_bin(number)
            self._open.add(row)

    def _place_before(self) -> None:
        before = self._before.waiting
        if before is not None:
            self._open = self._new_bin(self._bins.first - 1)
            self._open.add_before(before)
            self._before.is_placed = True

    def _new_bin(self, number: int) -> OpenBin:
        return OpenBin(number, self._statistic, self._bins, self._watch)

    def _watch(self, row: Row) -> None:
        self._few.watch(row)
        value = number_of(row)
        self._last_value = self._last_value if math.isnan(value) else value

    def _six_numbers(self, moments: Moments) -> list[float]:
        return [*five_numbers(moments), self._last_value]

    def _close(self, done: OpenBin) -> None:
        self._done[done.number] = done.summarized()
        self._last_done = done.number

    def _fill_to_the_end(self) -> None:
        """Close the open bin for now, and fill all bins after it, as if no stream came after this one.

        Raises
        ------
        AnswerLost
            If there are bins without end, as for ETL: the appliance runs out of memory.
        """
        if self._open is not None and not self._open.is_empty:
            self._close(self._open)
        if self._last_done is not None and self._bins.are_endless:
            raise AnswerLost("bins without end do not fit into the memory")
        self._fill(self._bins.last + 1)

    def _fill(self, end: int) -> None:
        """Fill the bins from the last one that is done up to another one."""
        if self._last_done is None or self._open is None:
            return
        value = self._done[self._last_done].value
        last = value[-1] if isinstance(value, list) else value
        now = self._open.summarized()
        filled = replace(now, value=[last, 0.0, last, last, 0.0, last])
        for number in range(self._last_done + 1, end):
            self._done[number] = filled
