"""Statistics of the samples of one bin, in the order of arithmetic of Apache Commons Math, so to the last bit."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable

from archredundancy.appliance.processors.interpolation import linear, loess
from archredundancy.model import NS_PER_SECOND

__all__ = ["Collector", "Moments", "Points", "Values"]


class Collector(ABC):
    """Collects the numbers of one bin.

    Parameters
    ----------
    middle : int, s since 1970
        Of the bin.
    """

    #: Numbers that are none are left out of most statistics.
    takes_nan = False

    def __init__(self, middle: int) -> None:
        self.middle = middle

    @abstractmethod
    def add(self, time: int, value: float) -> None:
        """Collect a number with its time, ns since 1970 UTC."""


class Moments(Collector):
    """Count, extremes, mean and variance, updated number by number (`SummaryStatistics`, `SecondMoment`)."""

    def __init__(self, middle: int) -> None:
        super().__init__(middle)
        self.count = 0
        self.minimum = self.maximum = math.nan
        self._mean = self._squares = 0.0

    def add(self, time: int, value: float) -> None:
        """Collect a number."""
        self.count += 1
        deviation = value - self._mean
        step = deviation / self.count
        self._mean += step
        self._squares += (self.count - 1.0) * deviation * step
        if value < self.minimum or math.isnan(self.minimum):
            self.minimum = value
        if value > self.maximum or math.isnan(self.maximum):
            self.maximum = value

    @property
    def mean(self) -> float:
        """Mean; NaN of nothing."""
        return self._mean if self.count else math.nan

    @property
    def variance(self) -> float:
        """Sum of the squared deviations over one less than the count; 0 of one number."""
        return self._over(self.count - 1)

    @property
    def population_variance(self) -> float:
        """Sum of the squared deviations over the count."""
        return self._over(self.count)

    @property
    def deviation(self) -> float:
        """Standard deviation."""
        return math.sqrt(self.variance)

    def _over(self, divisor: int) -> float:
        if self.count < 2:
            return 0.0 if self.count else math.nan
        return self._squares / divisor


class Values(Collector):
    """Statistics that need all numbers at once (`DescriptiveStatistics`)."""

    def __init__(self, middle: int) -> None:
        super().__init__(middle)
        self._values: list[float] = []

    def add(self, time: int, value: float) -> None:
        """Collect a number."""
        self._values.append(value)

    @property
    def median(self) -> float:
        """Middle number, or what lies halfway between the two in the middle (`Percentile`)."""
        ordered, count = sorted(self._values), len(self._values)
        if count < 2:
            return ordered[0] if ordered else math.nan
        lower, rest = divmod(count + 1, 2)
        return ordered[lower - 1] + rest / 2 * (ordered[lower] - ordered[lower - 1])

    @property
    def skewness(self) -> float:
        """Third standardized moment, without bias (`Skewness`); NaN of less than three numbers."""
        count = len(self._values)
        if count < 3:
            return math.nan
        deviations = self._deviations(self._mean())
        squares, total = _sum(one * one for one in deviations), _sum(deviations)
        variance = (squares - total * total / count) / (count - 1)
        if not variance > 0:
            return math.nan
        cubes = _sum(one * one * one for one in deviations) / (variance * math.sqrt(variance))
        return count / ((count - 1.0) * (count - 2.0)) * cubes

    @property
    def kurtosis(self) -> float:
        """Fourth standardized moment in excess of a normal distribution's, without bias (`Kurtosis`)."""
        count = len(self._values)
        if count < 4:
            return math.nan
        moments = Moments(self.middle)
        for value in self._values:
            moments.add(0, value)
        if not moments.variance > 0:
            return math.nan
        fourths = _sum(map(_fourth, self._deviations(moments.mean))) / _fourth(moments.deviation)
        factor = (count * (count + 1.0)) / ((count - 1.0) * (count - 2.0) * (count - 3.0))
        return factor * fourths - (3.0 * math.pow(count - 1.0, 2.0)) / ((count - 2.0) * (count - 3.0))

    def _mean(self) -> float:
        """Return the mean in two passes (`Mean.evaluate`)."""
        rough = _sum(self._values) / len(self._values)
        return rough + _sum(self._deviations(rough)) / len(self._values)

    def _deviations(self, mean: float) -> list[float]:
        return [value - mean for value in self._values]


def _fourth(value: float) -> float:
    try:
        return math.pow(value, 4.0)
    except OverflowError:
        return math.inf


def _sum(values: Iterable[float]) -> float:
    """Add one by one: Python's own sum compensates for rounding, Java's loops do not."""
    total = 0.0
    for value in values:
        total += value
    return total


class Points(Collector):
    """Numbers with their times, for interpolation."""

    takes_nan = True

    def __init__(self, middle: int) -> None:
        super().__init__(middle)
        self._times: list[float] = []
        self._values: list[float] = []

    def add(self, time: int, value: float) -> None:
        """Collect a number with its time."""
        seconds, nanos = divmod(time, NS_PER_SECOND)
        self._times.append(seconds + nanos / 1e9)
        self._values.append(value)

    @property
    def linear(self) -> float:
        """Value in the middle of the bin, on straight lines between the numbers."""
        return linear(self._times, self._values, self.middle)

    @property
    def loess(self) -> float:
        """Value in the middle of the bin, on a smooth curve near the numbers."""
        return loess(self._times, self._values, self.middle)
