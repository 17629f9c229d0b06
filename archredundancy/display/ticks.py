"""Round times for the axes of pictures, and their labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from archredundancy.model import NS_PER_SECOND, TimeRange, format_time

__all__ = ["round_times", "tick_labels"]

_DAY = 86400 * NS_PER_SECOND
_STEPS = (
    *(digit * 10**power for power in range(9) for digit in (1, 2, 5)),
    *(count * NS_PER_SECOND for count in (1, 2, 5, 10, 15, 30)),
    *(count * 60 * NS_PER_SECOND for count in (1, 2, 5, 10, 15, 30)),
    *(count * 3600 * NS_PER_SECOND for count in (1, 2, 3, 6, 12)),
    *(count * _DAY for count in (1, 2, 4, 7, 14)),
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_SHORTEST_MONTH = 28 * _DAY


def round_times(window: TimeRange, most: int) -> npt.NDArray[np.int64]:
    """Return round UTC times inside a window, about `most` (3 or more) at most, evenly spaced, int64 ns.

    Examples
    --------
    >>> hours = round_times(TimeRange(start=0, end=86400 * NS_PER_SECOND), most=5)
    >>> (hours // NS_PER_SECOND).tolist()
    [0, 21600, 43200, 64800, 86400]
    """
    for step in _STEPS:
        if window.duration <= most * step:
            first = -(-window.start // step) * step
            return np.arange(first, window.end + 1, step, dtype=np.int64)
    months = next((count for count in _MONTHS if window.duration <= most * count * _SHORTEST_MONTH), _MONTHS[-1])
    edges = np.array([window.start - 1, window.end]).view("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    first, last = int(edges[0]) + 1, int(edges[1])
    numbers = np.arange(-(-first // months) * months, last + 1, months)
    return numbers.view("datetime64[M]").astype("datetime64[ns]").view(np.int64)


def tick_labels(times: Sequence[int]) -> list[tuple[str, str]]:
    """Return two lines for each of some evenly spaced times: what changes, and what it belongs to where that is new.

    Examples
    --------
    >>> tick_labels([0, 6 * 3600 * NS_PER_SECOND])
    [('00:00', '1970-01-01'), ('06:00', '')]
    >>> tick_labels([0, 86400 * NS_PER_SECOND])
    [('1970-01-01', ''), ('1970-01-02', '')]
    """
    texts = [format_time(time) for time in times]
    first, second = _places(times)
    parts = [(text[first], text[second].replace("T", " ")) for text in texts]
    return [(fine, "" if row and coarse == parts[row - 1][1] else coarse) for row, (fine, coarse) in enumerate(parts)]


def _places(times: Sequence[int]) -> tuple[slice, slice]:
    """Return where in the text of each time its two labels stand: with no more digits than tell the times apart."""
    nothing, date, second = slice(0, 0), slice(0, 10), slice(0, 19)
    for unit, fine, coarse in (
        (_DAY, date, nothing),
        (60 * NS_PER_SECOND, slice(11, 16), date),
        (NS_PER_SECOND, slice(11, 19), date),
        (10**6, slice(19, 23), second),
        (10**3, slice(19, 26), second),
    ):
        if all(time % unit == 0 for time in times):
            return fine, coarse
    return slice(19, 29), second
