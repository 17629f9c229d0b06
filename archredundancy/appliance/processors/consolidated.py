"""Post-processors that answer for all streams at once (`PostProcessorWithConsolidatedEventStream`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from archredundancy.appliance.java.text import hash_order
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.model import year_of

__all__ = ["Consolidated", "Made", "by_year", "copied"]


class Consolidated:
    """A post-processor whose result takes the place of all streams: it sends nothing after it."""

    def rest(self) -> SampleStream | None:
        """Return nothing."""
        return None


class _Source(Protocol):
    def made(self) -> Iterator[Row]:
        """Yield what was made of all streams so far."""


@dataclass(frozen=True, kw_only=True)
class Made(SampleStream):
    """What a post-processor has made of all streams so far, if anyone asks.

    Attributes
    ----------
    source_of_rows : object
        The post-processor.
    breaks_at_new_year : bool
        Whether samples of other years than the first one's are left out: the appliance throws there, and only who sends
        an answer knows how to go on (`ChangeInYearsException`); ETL does not.
    """

    source_of_rows: _Source
    breaks_at_new_year: bool = True

    def rows(self) -> Iterator[Row]:
        """Yield the samples."""
        first: int | None = None
        for row in self.source_of_rows.made():
            first = first or year_of(row.time)
            if self.breaks_at_new_year and year_of(row.time) != first:
                return
            yield row


def copied(header: Header) -> Header:
    """Return a copy as `RemotableEventStreamDesc` makes it: the order of its fields changes."""
    fields = dict(header.fields)
    return replace(header, fields=tuple((name, fields[name]) for name in hash_order(fields, 1)))


def by_year(header: Header, rows: Iterable[Row], year: int | None = None) -> list[SampleStream]:
    """Return the streams of a result, one for each year; the first one keeps the year of its header.

    Parameters
    ----------
    header : Header
    rows : iterable of Row
    year : int, optional
        Which the appliance takes for that of the first sample; if it is not, the first stream is empty.
    """
    streams: list[SampleStream] = []
    run: list[Row] = []
    for row in rows:
        own = year_of(row.time)
        if year is not None and own != year:
            streams.append(Samples(header=header, content=tuple(run)))
            header, run = replace(header, year=own), []
        year = own
        run.append(row)
    return [*streams, Samples(header=header, content=tuple(run))]
