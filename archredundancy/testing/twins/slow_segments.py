"""`Segments` once more as plain sets of instants: what the fast ones must agree with, on short stretches of time."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["instants", "intervals"]


def instants(pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Return every instant, ns, inside any of the half-open intervals. Cost: memory for each single one."""
    return {instant for start, end in pairs for instant in range(start, end)}


def intervals(points: set[int]) -> list[tuple[int, int]]:
    """Return the fewest half-open intervals that hold these instants, in order.

    Examples
    --------
    >>> intervals({4, 5, 6, 9})
    [(4, 7), (9, 10)]
    """
    starts = sorted(point for point in points if point - 1 not in points)
    ends = sorted(point + 1 for point in points if point + 1 not in points)
    return list(zip(starts, ends, strict=True))
