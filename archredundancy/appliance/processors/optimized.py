"""`optimized`: all samples if they are few, else five numbers for each bin (`Optimized`)."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.processors.bins import DEFAULT_SECONDS, Bins, quotient
from archredundancy.appliance.processors.consolidated import Consolidated, Made, copied
from archredundancy.appliance.processors.processor import AnswerLost, Describe, Window
from archredundancy.appliance.processors.statistic import STATS
from archredundancy.appliance.processors.summary import Summary
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.model import NS_PER_SECOND

__all__ = ["DEFAULT_POINTS", "FewRows", "Optimized"]

DEFAULT_POINTS = 1000


class FewRows:
    """Counts samples, and keeps them while they are few.

    Parameters
    ----------
    points : int
        How many are few.

    Raises
    ------
    AnswerLost
        If no list can have that many.
    """

    def __init__(self, points: int) -> None:
        if points < 0:
            raise AnswerLost(f"Illegal Capacity: {points}")
        self._points = points
        self._rows: list[Row] = []
        self._count = 0
        self._header: Header | None = None
        self._sent: int | None = None

    @property
    def are_too_many(self) -> bool:
        """Whether some were not kept."""
        return self._count > len(self._rows)

    def watch(self, row: Row) -> None:
        """Count a sample."""
        if self._count < self._points:
            self._rows.append(row)
        self._count += 1

    def note(self, stream: SampleStream) -> None:
        """Note that a stream is about to be read: the first one's header becomes the answer's."""
        self._header = self._header or copied(stream.header)

    def stream(self, stream: SampleStream) -> SampleStream:
        """Return all samples that were kept so far, once a stream has been read to its end."""
        self._sent = len(self._rows)
        header = self._header or stream.header
        return Made(header=header, source=stream.source, source_of_rows=self, breaks_at_new_year=False)

    def made(self) -> Iterator[Row]:
        """Yield copies of the samples that were kept when a stream was last read to its end."""
        return (row.copy() for row in self._rows[: self._sent])

    def result(self, describe: Describe) -> list[SampleStream]:
        """Return all samples that were kept when a stream was last read to its end.

        Raises
        ------
        AnswerLost
            If none was.
        """
        if self._header is None or self._sent is None:
            raise AnswerLost("there are no samples to count")
        return [Samples(header=copied(describe(self._header)), source="few samples", content=tuple(self.made()))]


class Optimized(Consolidated):
    """Sends samples as they are up to a number of them, else mean, deviation, extremes and count of each bin.

    Parameters
    ----------
    points : int
        So many samples are sent as they are; so many bins, about, are made of more.
    window : (int, int) or None, ns since 1970 UTC
    fills : bool
        Whether empty bins repeat the one before.

    Raises
    ------
    AnswerLost
        If the number of points is zero or less.
    """

    def __init__(self, points: int, window: Window, *, fills: bool) -> None:
        seconds = DEFAULT_SECONDS
        if window is not None:
            start, end = (edge // NS_PER_SECOND for edge in window)
            seconds = max(1, quotient(end - start, points))
        self._few = FewRows(points)
        bins = Bins.of(seconds, window)
        self._summary = Summary("optimized", STATS, bins, window, fills=fills, watch=self._few.watch)
        self.extension = ".optimized" if points == DEFAULT_POINTS else f".optimized_{points}"

    def take(self, stream: SampleStream) -> SampleStream:
        """Count and summarize the samples of a stream."""
        self._few.note(stream)
        taken = self._summary.take(stream)
        return taken if self._few.are_too_many else self._few.stream(stream)

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return all samples, or the bins."""
        return self._summary.result(describe) if self._few.are_too_many else self._few.result(describe)
