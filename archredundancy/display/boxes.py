"""What is drawn of a row of states: bars where they are few, and bins where bars would not fit beside each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.display.looks import Look
from archredundancy.display.painting import Painting, drawn_stretches, inside
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

__all__ = ["LEAST_HEIGHT", "Boxes", "bin_edges", "boxes", "is_dense", "worst_in_bins"]

#: A bin's worst state takes at least this part of its height, however short it was.
LEAST_HEIGHT = 0.4
#: Heights are rounded up to one of so many, so that equal neighbours are one shape.
_HEIGHTS = 10

Times = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Boxes:
    """Rectangles of one look in a row; they stand on its lower edge.

    Attributes
    ----------
    look : Look
    start, end : int64, (n,), ns since 1970 UTC
    height : float64, (n,)
        Part of the row's height, above 0 and at most 1.
    """

    look: Look
    start: Times
    end: Times
    height: npt.NDArray[np.float64]


def is_dense(painting: Painting, window: TimeRange, most: int) -> bool:
    """Return whether a window shows more stretches than `most` bars."""
    return _count(inside(painting, window)) > most


def _count(painting: Painting) -> int:
    return sum(len(segments) for _, segments in painting)


def boxes(painting: Painting, window: TimeRange, most: int) -> list[Boxes]:
    """Return what to draw of a row, in the order of drawing.

    Parameters
    ----------
    painting : Painting
    window : TimeRange
        What the picture shows.
    most : int
        Bars that fit beside each other.

    Returns
    -------
    list of Boxes
        Where at most `most` stretches are in view: each of them, wide enough to be seen. Otherwise the window is cut
        into `most` bins: a bin has the colour of the commonest of its better states and, standing in it, its worst
        state, as high as the part of the bin it takes, and at least `LEAST_HEIGHT`.

    Notes
    -----
    Cost: a pass over the stretches in view. At most `2 * most` rectangles in a dense row.
    """
    seen = inside(painting, window)
    if _count(seen) > most:
        return _binned(seen, window, most)
    drawn = [(look, *drawn_stretches(segments, window, most)) for look, segments in seen]
    return [Boxes(look=look, start=start, end=end, height=np.ones(len(start))) for look, start, end in drawn]


def bin_edges(window: TimeRange, bins: int) -> Times:
    """Return the edges of equal parts of a window, int64 ns; at most `bins` parts, none of them empty.

    Examples
    --------
    >>> bin_edges(TimeRange(start=0, end=10), 3).tolist()
    [0, 3, 6, 10]
    """
    bins = max(min(bins, window.duration), 1)
    whole, rest = divmod(window.duration, bins)
    part = np.arange(bins + 1, dtype=np.int64)
    return window.start + whole * part + rest * part // bins


def worst_in_bins(painting: Painting, edges: Times) -> npt.NDArray[np.int8]:
    """Return for each bin the row of `painting` that is drawn last of those present in it, -1 where there is none.

    A state that takes a single nanosecond of a bin is present.

    Parameters
    ----------
    painting : Painting
        Worse looks come later.
    edges : int64, (bins + 1,), ns since 1970 UTC
        Strictly increasing.

    Returns
    -------
    int8, (bins,)

    Examples
    --------
    >>> good, bad = Look(colour="#0072b2", label="good"), Look(colour="#d55e00", label="bad")
    >>> painting = [(good, Segments.of((0, 6), (7, 20))), (bad, Segments.of((6, 7)))]
    >>> worst_in_bins(painting, np.array([0, 5, 10, 20, 30])).tolist()
    [0, 1, 0, -1]
    """
    worst = np.full(len(edges) - 1, -1, np.int8)
    for row, (_, segments) in enumerate(painting):
        worst[segments.total_in(edges) > 0] = row
    return worst


def _binned(painting: Painting, window: TimeRange, bins: int) -> list[Boxes]:
    edges = bin_edges(window, bins)
    looks = [look for look, _ in painting]
    share = np.array([segments.total_in(edges) for _, segments in painting]) / np.diff(edges)
    worst = worst_in_bins(painting, edges)
    here = np.flatnonzero(worst >= 0)
    height = share[worst[here], here]
    better = share[:, here]
    better[worst[here], np.arange(len(here))] = 0
    alone = ~better.any(axis=0)
    behind = np.where(alone, worst[here], better.argmax(axis=0))
    drawn = [_runs(look, edges, here[behind == row]) for row, look in enumerate(looks)]
    steps = np.ceil(np.maximum(height, LEAST_HEIGHT) * _HEIGHTS).astype(np.int64)
    for row, look in enumerate(looks):
        for step in range(1, _HEIGHTS + 1):
            chosen = here[(worst[here] == row) & ~alone & (steps == step)]
            drawn.append(_runs(look, edges, chosen, step / _HEIGHTS))
    return [one for one in drawn if len(one.start)]


def _runs(look: Look, edges: Times, bins: npt.NDArray[np.intp], height: float = 1.0) -> Boxes:
    joined = Segments.from_arrays(edges[bins], edges[bins + 1])
    return Boxes(look=look, start=joined.start, end=joined.end, height=np.full(len(joined), height))
