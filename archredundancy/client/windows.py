"""Which spans a range is asked in: whole seconds inside one UTC year, halved where an answer cannot be trusted."""

from __future__ import annotations

from collections.abc import Iterable

from archredundancy.model import NS_PER_SECOND, TimeRange, format_time

__all__ = ["halve", "probe_at", "query_times", "shortest_of", "whole_seconds"]

_SHORTEST = 60 * NS_PER_SECOND
_MOST_PIECES = 1 << 13


def whole_seconds(asked: TimeRange) -> TimeRange:
    """Return the smallest span of whole seconds that holds a range.

    A request inside the last fraction of a second of a partition gets odd answers (`PathNameUtility`: a file's range of
    times ends at the start of its last second).
    """
    start = asked.start - asked.start % NS_PER_SECOND
    return TimeRange(start=start, end=asked.end + -asked.end % NS_PER_SECOND)


def probe_at(ns: int) -> TimeRange:
    """Return the second from `ns` on: asked for the sample before it, which the server owes."""
    return TimeRange(start=ns, end=ns + NS_PER_SECOND)


def shortest_of(windows: Iterable[TimeRange]) -> int:
    """Return how short, ns, pieces of windows may get: a minute at least, an hour for a year."""
    return max(_SHORTEST, max(window.duration for window in windows) // _MOST_PIECES)


def halve(window: TimeRange) -> tuple[TimeRange, TimeRange]:
    """Return the halves of a window of whole seconds, in whole seconds."""
    middle = window.start + window.duration // 2
    middle -= middle % NS_PER_SECOND
    return TimeRange(start=window.start, end=middle), TimeRange(start=middle, end=window.end)


def query_times(window: TimeRange) -> list[tuple[str, str]]:
    """Return `from` and `to` of a request, with milliseconds and Z; `to` is inclusive for the server.

    Examples
    --------
    >>> query_times(probe_at(0))
    [('from', '1970-01-01T00:00:00.000Z'), ('to', '1970-01-01T00:00:01.000Z')]
    """
    return [("from", _text(window.start)), ("to", _text(window.end))]


def _text(ns: int) -> str:
    return format_time(ns).replace(".000000000Z", ".000Z")
