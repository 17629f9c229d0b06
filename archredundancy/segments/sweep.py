"""The arithmetic behind `Segments`.

Edges are int64 arrays. A set is *normal* when it is sorted, disjoint, and has a hole between any two intervals; every
function returns normal (start, end).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["intersect", "normalise", "parity"]

_Edges = npt.NDArray[np.int64]


def normalise(start: _Edges, end: _Edges) -> tuple[_Edges, _Edges]:
    """Sort intervals, join those that overlap or touch, and leave out empty ones."""
    filled = start < end
    # numpy's stable sort of int64 finds ordered stretches, so two ordered sets one after the other cost a single pass.
    starts = np.sort(start[filled], kind="stable")
    ends = np.sort(end[filled], kind="stable")
    # Before the k-th start k intervals have begun. If the k-th end lies before it all of them are over: a hole.
    hole = starts[1:] > ends[:-1]
    return np.concatenate([starts[:1], starts[1:][hole]]), np.concatenate([ends[:-1][hole], ends[-1:]])


def intersect(few_start: _Edges, few_end: _Edges, many_start: _Edges, many_end: _Edges) -> tuple[_Edges, _Edges]:
    """Return the overlaps of each of the few intervals with the many; both normal."""
    first = np.searchsorted(many_end, few_start, "right")
    last = np.searchsorted(many_start, few_end, "left")
    overlaps = last - first
    few = np.repeat(np.arange(len(few_start)), overlaps)
    # Counts up from `first` within each of the few: 7, 8, 9 for three overlaps from 7.
    many = np.arange(len(few)) + np.repeat(first - np.cumsum(overlaps) + overlaps, overlaps)
    return np.maximum(few_start[few], many_start[many]), np.minimum(few_end[few], many_end[many])


def parity(a_start: _Edges, a_end: _Edges, b_start: _Edges, b_end: _Edges) -> tuple[_Edges, _Edges]:
    """Return where exactly one of two normal sets is present: an edge they share is no edge of the result."""
    edges = np.concatenate([a_start, a_end, b_start, b_end])
    edges.sort(kind="stable")
    shared = edges[1:] == edges[:-1]
    alone = np.ones(len(edges), bool)
    alone[1:] &= ~shared
    alone[:-1] &= ~shared
    edges = edges[alone]
    return edges[::2], edges[1::2]
