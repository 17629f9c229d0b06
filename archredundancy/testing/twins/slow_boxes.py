"""A slow and obvious twin of the binning of pictures: it looks at every stretch for every bin."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

__all__ = ["shares_slowly", "worst_slowly"]

Stretches = Sequence[tuple[int, int]]


def shares_slowly(rows: Sequence[Stretches], edges: Sequence[int]) -> list[list[Fraction]]:
    """Return for each row of disjoint stretches which part of each bin they take."""
    return [
        [
            Fraction(sum(max(min(end, right) - max(start, left), 0) for start, end in stretches), right - left)
            for left, right in pairwise(edges)
        ]
        for stretches in rows
    ]


def worst_slowly(rows: Sequence[Stretches], edges: Sequence[int]) -> list[int]:
    """Return for each bin the last row with a stretch in it, -1 where there is none."""
    shares = shares_slowly(rows, edges)
    return [
        max((row for row in range(len(rows)) if shares[row][number]), default=-1) for number in range(len(edges) - 1)
    ]
