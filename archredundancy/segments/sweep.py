"""The arithmetic behind the operators of `Segments`: each takes one sort of all edges, and no loop over intervals.

Edges are int64 arrays. A set is *normal* when it is sorted, disjoint, and has a hole between any two intervals; every
function returns normal (start, end).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["EARLIEST", "LATEST", "common", "invert", "normalise", "parity"]

_Edges = npt.NDArray[np.int64]

#: The ends of time that int64 nanoseconds can tell, in the years 1677 and 2262.
EARLIEST, LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def normalise(start: _Edges, end: _Edges) -> tuple[_Edges, _Edges]:
    """Sort intervals, join those that overlap or touch, and leave out empty ones."""
    filled = start < end
    starts, ends = _sorted(start[filled]), _sorted(end[filled])
    # Before the k-th start k intervals have begun. If the k-th end lies before it all of them are over: a hole.
    hole = starts[1:] > ends[:-1]
    return np.concatenate([starts[:1], starts[1:][hole]]), np.concatenate([ends[:-1][hole], ends[-1:]])


def common(a_start: _Edges, a_end: _Edges, b_start: _Edges, b_end: _Edges) -> tuple[_Edges, _Edges]:
    """Return what two normal sets share."""
    starts, ends = _sorted(np.concatenate([a_start, b_start])), _sorted(np.concatenate([a_end, b_end]))
    # At most two intervals are open at once, so the k-th start opens a second one just if the (k-1)-th end is to come.
    # That end is the next one, and closes what both share.
    shared = starts[1:] < ends[:-1]
    return starts[1:][shared], ends[:-1][shared]


def invert(start: _Edges, end: _Edges) -> tuple[_Edges, _Edges]:
    """Return all of time that is not in a normal set."""
    starts, ends = np.concatenate([[EARLIEST], end]), np.concatenate([start, [LATEST]])
    filled = starts < ends
    return starts[filled], ends[filled]


def parity(a_start: _Edges, a_end: _Edges, b_start: _Edges, b_end: _Edges) -> tuple[_Edges, _Edges]:
    """Return where exactly one of two normal sets is present: an edge they share is no edge of the result."""
    edges = _sorted(np.concatenate([a_start, a_end, b_start, b_end]))
    shared = edges[1:] == edges[:-1]
    alone = np.ones(len(edges), bool)
    alone[1:] &= ~shared
    alone[:-1] &= ~shared
    edges = edges[alone]
    return edges[::2], edges[1::2]


def _sorted(edges: _Edges) -> _Edges:
    # numpy's stable sort of int64 finds ordered stretches, so two ordered sets one after the other cost a single pass.
    return np.sort(edges, kind="stable")
