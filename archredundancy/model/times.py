"""Instants as integer nanoseconds since 1970 UTC, and the text that people write and read for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from archredundancy.errors import InputError

__all__ = ["NS_PER_SECOND", "TimeRange", "format_time", "parse_time", "start_of_year", "year_of"]

NS_PER_SECOND = 1_000_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = ((datetime(year, 1, 1, tzinfo=UTC) - _EPOCH).days * 86400 * NS_PER_SECOND for year in (1678, 2262))
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_RELATIVE = re.compile(r"([+-])\s*(\d+(?:\.\d+)?)\s*([a-z]+)")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?")
_ALLOWED = (
    'allowed: ISO 8601 text such as "2026-05-01" or "2026-05-01T12:00:00.123456789Z", "now", a span such as "-6h", '
    "an aware datetime, a numpy datetime64, or a pandas Timestamp"
)


def parse_time(when: object, *, now: int, timezone: str = "UTC") -> int:
    """Return the instant a caller means.

    Parameters
    ----------
    when : str, datetime, numpy.datetime64 or pandas.Timestamp
        ISO 8601 text with up to nine fractional digits; `"now"`; a span before or after `now` (`"-6h"`; units s, m,
        min, h, d, w); or a time object. Text and datetimes without a zone are in `timezone`; numpy times are UTC.
    now : int, ns since 1970 UTC
        What `"now"` and spans refer to.
    timezone : str
        IANA name of the zone of text that names none.

    Returns
    -------
    int
        Nanoseconds since 1970-01-01T00:00:00 UTC.

    Raises
    ------
    InputError
        If `when` is not a time, falls into an hour that summer time skips or repeats, or lies outside 1678 to 2261.

    Examples
    --------
    >>> parse_time("2026-05-01T00:00:00.000000001Z", now=0)
    1777593600000000001
    >>> parse_time("-1d", now=1777593600000000000) == parse_time("2026-04-30", now=0)
    True
    """
    ns = _parse(when, now, timezone)
    if not _EARLIEST <= ns <= _LATEST:
        raise InputError(f"{when!r} lies outside the years 1678 to 2261 that nanoseconds in 64 bits can tell")
    return ns


def _parse(when: object, now: int, timezone: str) -> int:
    if isinstance(when, str):
        return _parse_text(when.strip(), now, timezone)
    if isinstance(when, (datetime, np.datetime64)) and when != when:  # NaT, of numpy or pandas
        raise InputError(f"NaT is not a time; {_ALLOWED}")
    if isinstance(when, np.datetime64):
        # Through seconds, since numpy wraps silently where nanoseconds do not suffice.
        seconds = when.astype("datetime64[s]")
        whole = int(seconds.astype(np.int64)) * NS_PER_SECOND
        return whole + int((when - seconds).astype("timedelta64[ns]").astype(np.int64))
    if isinstance(when, datetime):
        # A pandas Timestamp is a datetime too, with the digits below a microsecond kept in `nanosecond`.
        return _from_datetime(when, str(when), timezone) + int(getattr(when, "nanosecond", 0))
    raise InputError(f"{when!r} is not a time; {_ALLOWED}")


def _parse_text(text: str, now: int, timezone: str) -> int:
    if text == "now":
        return now
    if relative := _RELATIVE.fullmatch(text):
        sign, count, unit = relative.groups()
        if unit not in _UNITS:
            raise InputError(f"unknown unit {unit!r} in {text!r}; allowed: {', '.join(_UNITS)}")
        span = round(float(count) * _UNITS[unit] * NS_PER_SECOND)
        return now + span if sign == "+" else now - span
    match = _ISO.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is not a time; {_ALLOWED}")
    date, clock, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{date}T{clock or '00:00'}{zone or ''}")
    except ValueError as error:
        raise InputError(f"{text!r} is not a time ({error}); {_ALLOWED}") from None
    return _from_datetime(moment, text, timezone) + int((fraction or "").ljust(9, "0"))


def _from_datetime(moment: datetime, text: str, timezone: str) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(timezone))
        later = moment.replace(fold=1)
        if moment.utcoffset() != later.utcoffset():
            raise InputError(
                f"{text!r} is skipped or comes twice in {timezone}, where the clocks change; "
                f"write its offset: {moment.replace(fold=0).isoformat()} or {later.isoformat()}"
            )
    delta = moment - _EPOCH
    return (delta.days * 86400 + delta.seconds) * NS_PER_SECOND + delta.microseconds * 1000


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InputError(f'unknown time zone {name!r}; allowed: an IANA name such as "Europe/Berlin"') from None


def format_time(ns: int) -> str:
    """Return ISO 8601 text in UTC with nine fractional digits.

    Examples
    --------
    >>> format_time(1777593600000000001)
    '2026-05-01T00:00:00.000000001Z'
    """
    seconds, nanos = divmod(int(ns), NS_PER_SECOND)
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{nanos:09d}Z"


def year_of(ns: int) -> int:
    """Return the UTC year that holds the instant."""
    return (_EPOCH + timedelta(seconds=int(ns) // NS_PER_SECOND)).year


def start_of_year(year: int) -> int:
    """Return the first instant of a UTC year, ns since 1970."""
    return (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH).days * 86400 * NS_PER_SECOND


@dataclass(frozen=True, kw_only=True, order=True)
class TimeRange:
    """A half-open span of time, `[start, end)`.

    Attributes
    ----------
    start, end : int, ns since 1970 UTC
        First instant inside and first instant after.

    Examples
    --------
    >>> year = TimeRange(start=start_of_year(2024), end=start_of_year(2025))
    >>> print(year)
    2024-01-01T00:00:00.000000000Z .. 2025-01-01T00:00:00.000000000Z
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a range that ends before it starts.

        Raises
        ------
        InputError
            If `end` lies before `start`.
        """
        if self.end < self.start:
            raise InputError(
                f"the range ends at {format_time(self.end)}, before its start {format_time(self.start)}; "
                "give the earlier time first"
            )

    @classmethod
    def parse(cls, start: object, end: object, *, now: int, timezone: str = "UTC") -> TimeRange:
        """Return the range between two times as callers write them; see `parse_time`."""
        return cls(start=parse_time(start, now=now, timezone=timezone), end=parse_time(end, now=now, timezone=timezone))

    @property
    def duration(self) -> int:
        """Length, ns."""
        return self.end - self.start

    def __contains__(self, ns: int) -> bool:
        return self.start <= ns < self.end

    def __str__(self) -> str:
        return f"{format_time(self.start)} .. {format_time(self.end)}"

    def split_years(self) -> list[TimeRange]:
        """Return the pieces of the range, each inside one UTC year, in order."""
        if self.start == self.end:
            return []
        starts = [start_of_year(year) for year in range(year_of(self.start) + 1, year_of(self.end - 1) + 1)]
        edges = [self.start, *starts, self.end]
        return [TimeRange(start=a, end=b) for a, b in pairwise(edges)]
