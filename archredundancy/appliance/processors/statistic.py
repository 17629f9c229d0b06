"""The statistics of bins by name (`Mean`, `Max`, `StandardDeviation` and their like)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from archredundancy.appliance.java.text import double_text
from archredundancy.appliance.processors.collectors import Collector, Moments, Points, Values

__all__ = ["STATISTICS", "STATS", "AnyStatistic", "Statistic", "five_numbers"]

_C = TypeVar("_C", bound=Collector)


def _no_fields(_: Collector) -> dict[str, str]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Statistic(Generic[_C]):
    """What is made of the samples of a bin.

    Attributes
    ----------
    collector : type of Collector
    value : callable
        Number, or numbers, of the bin.
    fields : callable
        Fields that its sample gets.
    length : int
        How many numbers; 0 for a scalar.
    empty_is_zero : bool
        Whether an empty bin is filled with 0 rather than with what the bin before has.
    """

    collector: type[_C]
    value: Callable[[_C], float | list[float]]
    fields: Callable[[_C], dict[str, str]] = _no_fields
    length: int = 0
    empty_is_zero: bool = False


def five_numbers(moments: Moments) -> list[float]:
    """Return mean, standard deviation, minimum, maximum and count."""
    return [moments.mean, moments.deviation, moments.minimum, moments.maximum, float(moments.count)]


def _jitter(moments: Moments) -> float:
    """Return the standard deviation in terms of the mean, which may be 0."""
    if moments.mean:
        return moments.deviation / moments.mean
    return math.copysign(math.inf, moments.mean) if moments.deviation else math.nan


AnyStatistic = Statistic[Moments] | Statistic[Values] | Statistic[Points]

STATS = Statistic(collector=Moments, value=five_numbers, length=5)

#: By the name in a request.
STATISTICS: dict[str, AnyStatistic] = {
    "mean": Statistic(collector=Moments, value=lambda all_of: all_of.mean),
    "max": Statistic(collector=Moments, value=lambda all_of: all_of.maximum),
    "min": Statistic(collector=Moments, value=lambda all_of: all_of.minimum),
    "count": Statistic(collector=Moments, value=lambda all_of: float(all_of.count), empty_is_zero=True),
    "std": Statistic(collector=Moments, value=lambda all_of: all_of.deviation),
    "jitter": Statistic(collector=Moments, value=_jitter),
    "variance": Statistic(collector=Moments, value=lambda all_of: all_of.variance),
    "popvariance": Statistic(collector=Moments, value=lambda all_of: all_of.population_variance),
    "errorbar": Statistic(
        collector=Moments,
        value=lambda all_of: all_of.mean,
        fields=lambda all_of: {"stdz": double_text(all_of.deviation)},
    ),
    "median": Statistic(collector=Values, value=lambda all_of: all_of.median),
    "skewness": Statistic(collector=Values, value=lambda all_of: all_of.skewness),
    "kurtosis": Statistic(collector=Values, value=lambda all_of: all_of.kurtosis),
    "linear": Statistic(collector=Points, value=lambda all_of: all_of.linear),
    "loess": Statistic(collector=Points, value=lambda all_of: all_of.loess),
    "stats": STATS,
}
