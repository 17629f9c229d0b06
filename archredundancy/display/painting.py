"""A row of a picture: where each look goes, what of it is in view, and how narrow it may be drawn."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from archredundancy.display.looks import Look
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

__all__ = ["Painting", "drawn_stretches", "in_full", "inside"]

#: Where each look goes, in the order of drawing.
Painting = list[tuple[Look, Segments]]


def in_full(painting: Painting, looks: Iterable[Look]) -> Painting:
    """Return a painting with all of these looks, in their order, empty ones included."""
    present = dict(painting)
    return [(look, present.get(look, Segments.empty())) for look in looks]


def inside(painting: Painting, window: TimeRange) -> Painting:
    """Return what of a painting lies in a window; looks that do not occur there are left out."""
    clipped = [(look, segments.clip(window.start, window.end)) for look, segments in painting]
    return [(look, segments) for look, segments in clipped if len(segments)]


def drawn_stretches(
    segments: Segments, window: TimeRange, most: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return starts and ends of bars for these segments, int64 ns, few and wide enough to be seen.

    Parameters
    ----------
    segments : Segments
    window : TimeRange
        What the picture shows.
    most : int
        Bars that fit beside each other: none gets narrower than the `most`-th part of the window, and those that then
        meet are joined.

    Examples
    --------
    >>> outages = Segments.of((5, 6), (400, 401), (420, 430), (999, 1000))
    >>> drawn_stretches(outages, TimeRange(start=0, end=1000), most=20)
    (array([  5, 400, 950]), array([  55, 470, 1000]))
    """
    seen = segments.clip(window.start, window.end)
    narrowest = max(window.duration // most, 1)
    start = np.minimum(seen.start, window.end - narrowest)
    bars = Segments.from_arrays(start, np.maximum(seen.end, start + narrowest))
    return bars.start, bars.end
