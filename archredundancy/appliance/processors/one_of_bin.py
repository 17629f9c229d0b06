"""`lastSample`, `firstFill` and `lastFill`: one sample of each bin, without its fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.bins import Bins
from archredundancy.appliance.processors.consolidated import Consolidated, by_year, copied
from archredundancy.appliance.processors.order import LastBefore
from archredundancy.appliance.processors.processor import Describe
from archredundancy.appliance.processors.rows import without_fields
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.model import NS_PER_SECOND, year_of

__all__ = ["FIRST_FILL", "LAST_FILL", "LAST_SAMPLE", "OneOfBin", "Which"]


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which sample of a bin is kept, and how it is shown.

    Attributes
    ----------
    identity : str
    last : bool
        Whether the last one is kept, not the first one.
    fills : bool
        Whether it is stamped with the middle of its bin, and repeated in the empty bins after it.
    skips_damaged : bool
        Whether a damaged sample is left out, rather than the rest of its stream.
    """

    identity: str
    last: bool
    fills: bool
    skips_damaged: bool = False


LAST_SAMPLE = Which(identity="lastSample", last=True, fills=False, skips_damaged=True)
FIRST_FILL = Which(identity="firstFill", last=False, fills=True)
LAST_FILL = Which(identity="lastFill", last=True, fills=True)


class OneOfBin(Consolidated):
    """Keeps one sample of each bin, and the last one before the first bin (`LastSample`, `FirstFill`, `LastFill`).

    Parameters
    ----------
    which : Which
    bins : Bins
    """

    def __init__(self, which: Which, bins: Bins) -> None:
        self._which, self._bins = which, bins
        self._kept: dict[int, Row] = {}
        self._current: int | None = None
        self._before = LastBefore()
        self._header: Header | None = None
        self.extension = bins.extension(which.identity)

    def take(self, stream: SampleStream) -> SampleStream:
        """Keep some samples of a stream and return an empty one.

        Raises
        ------
        DamagedLine
            If a sample cannot be read, and damaged ones are not left out.
        """
        self._header = self._header or stream.header
        for row in stream.rows():
            try:
                self._take_row(row)
            except DamagedLine:
                if not self._which.skips_damaged:
                    raise
        return Samples(header=stream.header, source=stream.source)

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return the samples that were kept, bin by bin."""
        if self._header is None:
            return []
        self._place_before()
        header = describe(self._header)
        if not self._kept:
            return [Samples(header=header, source=self._which.identity)]
        rows = list(self._shown())
        year = year_of(self._middle(min(self._kept))) if rows else None
        return by_year(copied(header), rows, year)

    def _take_row(self, row: Row) -> None:
        number = self._bins.number(row.time)
        if number < self._bins.first:
            self._before.offer(row)
        elif number in self._bins:
            self._place_before()
            if self._is_wanted(number, row):
                self._kept[number] = row
            self._current = number

    def _is_wanted(self, number: int, row: Row) -> bool:
        kept = self._kept.get(number)
        if kept is None:
            return True
        if self._which.last:
            return number != self._current or row.time > kept.time
        return number != self._current and row.time < kept.time

    def _place_before(self) -> None:
        before = self._before.waiting
        if before is not None:
            self._kept[self._bins.first - 1] = before
            self._before.is_placed = True

    def _shown(self) -> Iterator[Row]:
        shown: Row | None = None
        for number in self._bins.shown(self._kept):
            shown = self._kept.get(number, shown if self._which.fills else None)
            if shown is not None:
                yield without_fields(shown, self._middle(number) if self._which.fills else None)

    def _middle(self, number: int) -> int:
        return self._bins.middle(number) * NS_PER_SECOND
