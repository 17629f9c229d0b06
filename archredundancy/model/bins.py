"""`Bins`: equal stretches of time, cut where the appliance cuts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.model.times import NS_PER_SECOND, TimeRange, parse_time

__all__ = ["Bins", "parse_bin"]

#: More bins than this are a mistake; their numbers alone would fill gigabytes.
_MOST = 10_000_000
#: Seconds; a few hundred years.
_LONGEST = 10_000_000_000


def parse_bin(length: object) -> int:
    """Return the length of a bin that a caller means, seconds.

    Parameters
    ----------
    length : str, int, float, datetime.timedelta, numpy.timedelta64 or pandas.Timedelta
        A span such as `"1h"` (units s, m, min, h, d, w), a number of seconds, or a difference of times.

    Raises
    ------
    InputError
        If this is none of them, or not a whole positive number of seconds: the appliance knows no other bins.

    Examples
    --------
    >>> parse_bin("1h"), parse_bin(900), parse_bin(np.timedelta64(2, "m"))
    (3600, 900, 120)
    """
    nanoseconds = _nanoseconds(length) or 0
    if nanoseconds <= 0 or nanoseconds % NS_PER_SECOND:
        raise InputError(
            f'a length of {length!r} is not possible; give whole seconds, such as "15min", "1h" or 3600; '
            "units allowed: s, m, min, h, d, w"
        )
    return nanoseconds // NS_PER_SECOND


def _nanoseconds(length: Any) -> int | None:
    if isinstance(length, str):
        try:
            return parse_time(f"+{length.strip()}", now=0)
        except InputError:  # which speaks of times
            return None
    if isinstance(length, np.timedelta64):
        return None if np.isnat(length) else int(length.astype("timedelta64[ns]").astype(np.int64))
    if isinstance(length, timedelta) and length == length:  # not NaT
        # A pandas Timedelta is a timedelta too, with the digits below a microsecond kept in `nanoseconds`.
        whole = (length.days * 86400 + length.seconds) * NS_PER_SECOND + length.microseconds * 1000
        return whole + int(getattr(length, "nanoseconds", 0))
    number = int(length) if isinstance(length, np.integer) else length
    if isinstance(number, (int, float)) and not isinstance(number, bool) and abs(number) < _LONGEST:
        return round(number * NS_PER_SECOND)
    return None


@dataclass(frozen=True, kw_only=True)
class Bins:
    """Bins `[k N, (k + 1) N)` seconds since 1970, one after the other, as the post-processors of the appliance cut.

    Attributes
    ----------
    seconds : int
        Length N of each.
    first : int
        Number k of the first one.
    count : int

    Examples
    --------
    >>> bins = Bins.around(TimeRange(start=5, end=7_200_000_000_000), "1h")
    >>> bins
    Bins(seconds=3600, first=0, count=2)
    >>> bins.middle
    array([1800000000000, 5400000000000])
    """

    seconds: int
    first: int
    count: int

    @classmethod
    def around(cls, asked: TimeRange, length: object) -> Bins:
        """Return all bins of a length that a range reaches into, whole.

        Raises
        ------
        InputError
            If there are no such bins, or far too many.
        """
        seconds = parse_bin(length)
        first = asked.start // (seconds * NS_PER_SECOND)
        count = -(-asked.end // (seconds * NS_PER_SECOND)) - first if asked.duration else 0
        if count > _MOST:
            raise InputError(f"{asked} has {count} bins of {seconds} s; give a longer bin or a shorter range")
        return cls(seconds=seconds, first=first, count=count)

    @property
    def range(self) -> TimeRange:
        """From the start of the first bin to the end of the last one."""
        length = self.seconds * NS_PER_SECOND
        return TimeRange(start=self.first * length, end=(self.first + self.count) * length)

    @property
    def edges(self) -> npt.NDArray[np.int64]:
        """Start of each bin and end of the last one, int64, (count + 1,), ns since 1970 UTC."""
        return (self.first + np.arange(self.count + 1)) * (self.seconds * NS_PER_SECOND)

    @property
    def middle(self) -> npt.NDArray[np.int64]:
        """Middle of each bin, by which the appliance stamps it, int64, (count,), ns since 1970 UTC."""
        return self.edges[:-1] + self.seconds * NS_PER_SECOND // 2
