"""`Operation`: what a server is to make of samples before it sends them (its post-processors)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, Bins, TimeRange, parse_bin

__all__ = ["OPERATORS", "Operation", "Shape"]


class Shape(Enum):
    """What an operator's answer consists of."""

    BINS = "one value for each bin, stamped in its middle"
    NUMBERS = "mean, deviation, extremes and count of each bin, stamped in its middle"
    SAMPLES = "some of the samples, with their own times"
    EITHER = "all samples if they are few, else numbers as of `stats` for each bin"


_STATISTICS = (
    "mean", "jitter", "std", "linear", "loess", "median", "variance", "popvariance", "kurtosis", "skewness", "max",
    "min", "count", "errorbar",
)  # fmt: skip
#: Operators by name (`PostProcessors`). With `Sample` behind a statistic's name, empty bins are left out.
OPERATORS = {
    **{name + ending: Shape.BINS for name in _STATISTICS for ending in ("", "Sample")},
    **dict.fromkeys(("firstFill", "lastFill"), Shape.BINS),
    **dict.fromkeys(("stats", "statsSample"), Shape.NUMBERS),
    **dict.fromkeys(("optimized", "optimizedSample", "optimLastSample"), Shape.EITHER),
    **dict.fromkeys(
        ("firstSample", "lastSample", "flyers", "ignoreflyers", "caplotbinning", "nth", "deadBand"), Shape.SAMPLES
    ),
}
#: Their first number is not the length of a bin.
_WITHOUT_BIN = ("nth", "deadBand", "optimized", "optimizedSample", "optimLastSample")
#: Operators that a server knows and nobody should use.
_INSTEAD = {
    "statistics": "; use 'stats'",
    "ncount": "; it counts samples twice over stores and years: use 'count'",
}
_TEXT = re.compile(r"([A-Za-z]+)((?:_\d+(?:\.\d+)?)*)", re.ASCII)
_DEFAULT_POINTS = 1000


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operator with its numbers, and the range it is asked for.

    Attributes
    ----------
    text : str
        As the server is told, such as `mean_3600`.
    shape : Shape
    asked : TimeRange
        Whole bins, for operators that have any: half a bin's mean would look like a whole one's.
    bin_seconds : int or None
        Length of a bin; None for operators without bins.
    """

    text: str
    shape: Shape
    asked: TimeRange
    bin_seconds: int | None

    @classmethod
    def parse(cls, operator: str, length: object, asked: TimeRange) -> Operation:
        """Return what a caller means.

        Parameters
        ----------
        operator : str
            A name of `OPERATORS`, perhaps with numbers as the server wants them: `nth_10`, `optimized_500`,
            `deadBand_0.5`, `mean_3600`, `ignoreflyers_300_2.5`.
        length : str, float, timedelta or None
            Of a bin, for operators that have bins, unless a number behind the name tells it; see `parse_bin`.
        asked : TimeRange

        Raises
        ------
        InputError
            If there is no such operator, or the length of a bin is missing, told twice or not possible.

        Examples
        --------
        >>> Operation.parse("mean", "1h", TimeRange(start=1, end=7_200_000_000_000)).text
        'mean_3600'
        """
        match = _TEXT.fullmatch(operator)
        if match is None or match[1] not in OPERATORS:
            raise InputError(_unknown(operator, match[1] if match else operator))
        name, numbers = match[1], match[2].split("_")[1:]
        if name in _WITHOUT_BIN:
            if length is not None:
                raise InputError(f"operator {name!r} has no bins of a given length; leave bin out, or write {name}_N")
            width = _width(name, numbers, asked) if OPERATORS[name] is Shape.EITHER else None
            return cls(text=operator, shape=OPERATORS[name], asked=_whole(asked), bin_seconds=width)
        if (length is None) == (not numbers):
            told = "is told twice" if numbers else "is missing"
            raise InputError(f'the length of a bin {told} for operator {operator!r}; give one, such as bin="1h"')
        seconds = parse_bin(length) if length is not None else parse_bin(float(numbers[0]))
        text = "_".join([name, str(seconds), *numbers[1:]])
        bins = Bins.around(asked, seconds)
        return cls(text=text, shape=OPERATORS[name], asked=bins.range, bin_seconds=seconds)

    def in_middles(self, time: npt.NDArray[np.int64]) -> bool:
        """Return whether all stamps are the middles of bins, as those of statistics have to be.

        A server that does not know an operator sends the samples as they are (appliance.md B.1).
        """
        seconds = self.bin_seconds or 1
        inside = time - time // (seconds * NS_PER_SECOND) * (seconds * NS_PER_SECOND)
        halves = (seconds // 2 * NS_PER_SECOND, seconds * NS_PER_SECOND // 2)
        return bool(np.isin(inside, halves).all())


def _whole(asked: TimeRange) -> TimeRange:
    """Return the range with its start on a whole second: servers answer oddly inside a partition's last one."""
    return TimeRange(start=asked.start - asked.start % NS_PER_SECOND, end=asked.end)


def _width(name: str, numbers: list[str], asked: TimeRange) -> int:
    """Return the length of the bins that `optimized` makes: whole seconds, as many as points fit into the range.

    Raises
    ------
    InputError
        If there are to be no points.
    """
    points = int(float(numbers[0])) if numbers else _DEFAULT_POINTS
    if points < 1:
        raise InputError(f"{name}_{points} is not possible; give at least one point")
    whole = _whole(asked)
    seconds = (max(whole.end - 1, whole.start)) // NS_PER_SECOND - whole.start // NS_PER_SECOND
    return max(1, seconds // points)


def _unknown(operator: str, name: str) -> str:
    near = get_close_matches(name, OPERATORS, n=1)
    hint = _INSTEAD.get(name) or (f"; did you mean {near[0]!r}" if near else "")
    return f"operator {operator!r} is not known{hint}. Allowed: {', '.join(OPERATORS)}, with numbers as in nth_10"
