"""Which of many samples to draw, so that the picture looks the same as if all were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from archredundancy.model import TimeRange

__all__ = ["BINS", "thin"]

#: Parts of the window, each about a pixel and a half wide, of which the extremes are drawn.
BINS = 500

Rows = npt.NDArray[np.intp]


def thin(
    time: npt.NDArray[np.int64],
    curves: Sequence[npt.NDArray[np.float64]],
    window: TimeRange,
    groups: Sequence[npt.NDArray[np.bool_]] = (),
) -> Rows:
    """Return the rows worth drawing, increasing: all of them where they are few.

    Of each part of the window and each group: the first and last sample, and the smallest and largest height of each
    curve, so that spikes, edges of gaps and rare groups stay.

    Parameters
    ----------
    time : int64, (n,), ns since 1970 UTC
        Strictly increasing; inside the window, but for a first one whose value holds when the window begins.
    curves : sequence of float64, (n,)
        Heights; NaN and infinities are no extremes.
    window : TimeRange
        What the picture shows.
    groups : sequence of bool, (n,), optional
        Members of each group, which together are all samples; by default all are one group.

    Notes
    -----
    Cost: a pass over the heights for each group; loops over `BINS` parts, not over samples. At most
    `2 + 2 * len(curves)` rows a part and group.
    """
    if len(time) <= 4 * BINS:
        return np.arange(len(time))
    edges = np.array([window.start + window.duration * part // BINS for part in range(BINS + 1)])
    kept = [np.zeros(1, np.intp)]
    for group in groups or (np.ones(len(time), bool),):
        rows = np.flatnonzero(group)
        bins = np.searchsorted(time[rows], edges)
        kept += [rows[_extremes(curve[rows], bins)] for curve in curves]
    return np.unique(np.concatenate(kept))


def _extremes(height: npt.NDArray[np.float64], edges: Rows) -> Rows:
    """Return the rows of the first, last, smallest and largest height between each two edges."""
    finite = np.isfinite(height)
    low, high = np.where(finite, height, np.inf), np.where(finite, height, -np.inf)
    kept = [
        (start, start + int(low[start:stop].argmin()), start + int(high[start:stop].argmax()), stop - 1)
        for start, stop in pairwise(edges.tolist())
        if start < stop
    ]
    return np.array(kept, np.intp).ravel()
