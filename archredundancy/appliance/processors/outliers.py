"""`flyers` and `ignoreflyers`: samples far from, or near to, the mean of their bin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

from archredundancy.appliance.java.text import float_text
from archredundancy.appliance.processors.bins import DEFAULT_SECONDS, Bins
from archredundancy.appliance.processors.collectors import Moments
from archredundancy.appliance.processors.processor import Describe
from archredundancy.appliance.processors.rows import number_of
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream

__all__ = ["DEFAULT_DEVIATIONS", "Flyers"]

DEFAULT_DEVIATIONS = 3.0


class Flyers:
    """Keeps the samples that are far from the mean of their bin, or the others (`Fliers`, `IgnoreFliers`).

    Bins end where a stream ends, and those before and after the request count, too.

    Parameters
    ----------
    seconds : int
        Length of a bin.
    deviations : float
        More standard deviations than these from the mean is far.
    are_kept : bool
        Whether the far ones are kept.
    """

    def __init__(self, seconds: int, deviations: float, *, are_kept: bool) -> None:
        self._bins = Bins(seconds=seconds)
        self._deviations = deviations
        self._are_kept = are_kept
        self.extension = ".flyers" if are_kept else ".ignoreflyers"
        if (seconds, deviations) != (DEFAULT_SECONDS, DEFAULT_DEVIATIONS):
            self.extension += f"_{seconds}_{float_text(deviations)}"

    def take(self, stream: SampleStream) -> SampleStream:
        """Return copies of the samples that are kept."""
        bins = groupby(stream.rows(), lambda row: self._bins.number(row.time))
        content = tuple(row for _, rows in bins for row in self._kept(rows))
        return Samples(header=stream.header, source=stream.source, content=content)

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return nothing: each stream has its own result."""
        return None

    def rest(self) -> SampleStream | None:
        """Return nothing."""
        return None

    def _kept(self, rows: Iterator[Row]) -> Iterator[Row]:
        moments = Moments(0)
        numbers = []
        for row in rows:
            number = number_of(row)
            numbers.append((number, row))
            if not math.isnan(number):
                moments.add(row.time, number)
        far = self._deviations * moments.deviation
        for number, row in numbers if moments.count else ():
            distance = abs(number - moments.mean)
            if distance > far if self._are_kept else distance <= far:
                yield row.copy()
