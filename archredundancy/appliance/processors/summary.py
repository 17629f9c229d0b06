"""One number, or a few, for each bin (`SummaryStatsPostProcessor`)."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.bins import Bins
from archredundancy.appliance.processors.consolidated import Consolidated, Made, by_year, copied
from archredundancy.appliance.processors.order import Newer
from archredundancy.appliance.processors.processor import AnswerLost, Describe, NoNumber, Window
from archredundancy.appliance.processors.rows import is_reconnected, made_row, number_of
from archredundancy.appliance.processors.statistic import Statistic
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.model import DbrType

__all__ = ["OpenBin", "Summarized", "Summary"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Summarized:
    """What a bin came to."""

    value: float | list[float]
    severity: int = 0
    reconnected: bool = False
    fields: dict[str, str] = field(default_factory=dict)

    def row(self, time: int, dbr_type: DbrType) -> Row:
        """Return it as a sample at an instant, ns since 1970 UTC."""
        change = {"connectionChange": "true"} if self.reconnected else {}
        return made_row(time, self.value, dbr_type, severity=self.severity, fields=change | self.fields)


class OpenBin:
    """The bin that samples are being added to.

    Parameters
    ----------
    number : int
    statistic : Statistic
    bins : Bins
    watch : callable, optional
        Sees each sample before it is added.
    """

    def __init__(
        self, number: int, statistic: Statistic[Any], bins: Bins, watch: Callable[[Row], None] | None = None
    ) -> None:
        self.number = number
        self._statistic = statistic
        self._collector = statistic.collector(bins.middle(number))
        self._watch = watch
        self._severity = 0
        self._empty = True
        self._reconnected = False

    @property
    def is_empty(self) -> bool:
        """Whether no number has been added."""
        return self._empty

    def add_before(self, row: Row) -> None:
        """Add the last sample before the request: nothing but its value counts; raises as `number_of` does."""
        if self._watch is not None:
            self._watch(row)
        value = number_of(row)
        if not math.isnan(value) or self._collector.takes_nan:
            self._collector.add(row.time, value)
            self._empty = False

    def add(self, row: Row) -> None:
        """Add a sample; raises as `number_of` does."""
        self.add_before(row)
        self._severity = max(self._severity, row.sample.severity)
        self._reconnected = self._reconnected or is_reconnected(row)

    def summarized(self) -> Summarized:
        """Return what the samples come to."""
        return Summarized(
            value=self._statistic.value(self._collector),
            severity=self._severity,
            reconnected=self._reconnected,
            fields=self._statistic.fields(self._collector),
        )


class Summary(Consolidated):
    """Makes a statistic of the samples of each bin.

    The last sample before the request makes the bin before the first one. That bin may swallow the last bin of all:
    if a sample lies at the very start of the request, and an earlier one was offered, too.

    Parameters
    ----------
    identity : str
        Of the post-processor; the files in which ETL keeps its results end with it.
    statistic : Statistic
    bins : Bins
    window : (int, int) or None, ns since 1970 UTC
        Samples after its end are left out, also of the last bin.
    fills : bool
        Whether empty bins repeat the one before.
    watch : callable, optional
        Sees each sample before it is added.
    """

    def __init__(
        self,
        identity: str,
        statistic: Statistic[Any],
        bins: Bins,
        window: Window,
        *,
        fills: bool,
        watch: Callable[[Row], None] | None = None,
    ) -> None:
        self._statistic, self._bins, self._window, self._fills, self._watch = statistic, bins, window, fills, watch
        self._done: dict[int, Summarized] = {}
        self._open: OpenBin | None = None
        self._newer = Newer()
        self._before: Row | None = None
        self._wants_before, self._placed_before = True, False
        self._header: Header | None = None
        self._type = DbrType.WAVEFORM_DOUBLE if statistic.length else DbrType.SCALAR_DOUBLE
        self.extension = bins.extension(identity)

    def take(self, stream: SampleStream) -> SampleStream:
        """Add the samples of a stream, without those that are damaged or not newer than the last one."""
        self._header = self._header or stream.header
        for row in stream.rows():
            try:
                self._take_row(row)
            except DamagedLine as damage:
                logger.error("a damaged sample is left out of the bins: %s", damage)
        if self._before is not None and self._wants_before and not self._placed_before:
            self._place_before(self._before)
            self._close()
        return Made(header=copied(self._typed(self._header)), source=stream.source, source_of_rows=self)

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return the bins; the type info is not added to their header.

        Raises
        ------
        AnswerLost
            If the sample before the first bin has no number.
        """
        if self._header is None:
            return []
        if self._before is not None and not self._placed_before:
            try:
                self._place_before(self._before)
            except NoNumber as refusal:
                raise AnswerLost(str(refusal)) from None
        self._close()
        if not self._done:
            return [Samples(header=self._header, source="no bins")]
        return by_year(copied(self._typed(self._header)), self.made())

    def made(self) -> Iterator[Row]:
        """Yield the bins that are closed, and what fills those between."""
        shown: Summarized | None = None
        for number in self._bins.shown(self._done) if self._done else ():
            if number in self._done:
                shown = self._done[number]
            elif not self._fills:
                shown = None
            elif shown is not None and self._statistic.empty_is_zero:
                shown = Summarized(value=0.0)
            if shown is not None:
                yield shown.row(self._bins.stamp(number), self._type)

    def _take_row(self, row: Row) -> None:
        if not self._newer.takes(row):
            return
        time = row.time
        if self._window is not None and time < self._window[0]:
            if self._before is None or time > self._before.time:
                self._before = row.copy()
            return
        if self._window is not None and time == self._window[0]:
            self._wants_before = False
        if self._before is not None and self._wants_before and not self._placed_before:
            self._place_before(self._before)
        if self._window is None or time <= self._window[1]:
            self._add(row)

    def _add(self, row: Row) -> None:
        number = self._bins.number(row.time)
        if self._open is None or number != self._open.number:
            self._close()
            self._open = self._new_bin(number)
        self._open.add(row)

    def _place_before(self, row: Row) -> None:
        self._open = self._new_bin(self._bins.first - 1)
        self._open.add_before(row)
        self._placed_before = True

    def _new_bin(self, number: int) -> OpenBin:
        return OpenBin(number, self._statistic, self._bins, self._watch)

    def _close(self) -> None:
        if self._open is not None:
            self._done[self._open.number] = self._open.summarized()

    def _typed(self, header: Header) -> Header:
        count = self._statistic.length or header.element_count
        return replace(header, dbr_type=self._type, element_count=count)
