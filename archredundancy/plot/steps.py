"""Lines that hold each value until the next sample, and break where nothing is known to hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from archredundancy.segments import Segments

__all__ = ["broken_steps"]

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]


def broken_steps(
    time: Times, height: Floats, active: Segments, chosen: npt.NDArray[np.bool_] | None = None
) -> tuple[Times, Floats]:
    """Return the vertices of a line to be drawn with `drawstyle="steps-post"`; its height is NaN where it breaks.

    A sample holds until the next one, at most until the end of the active stretch it lies in. What held before the
    first sample of a stretch is not drawn. The line also breaks where a height is not finite.

    Parameters
    ----------
    time : int64, (n,), ns since 1970 UTC
        Strictly increasing.
    height : float64, (n,)
    active : Segments
        Where values hold.
    chosen : bool, (n,), optional
        Samples whose holds belong to this line; by default all.

    Returns
    -------
    time : int64, (m,)
    height : float64, (m,)
        At most three vertices a sample.

    Examples
    --------
    >>> time, height = broken_steps(np.array([0, 10, 50]), np.array([1.0, 2, 3]), Segments.of((0, 30), (50, 60)))
    >>> list(zip(time.tolist(), height.tolist()))
    [(0, 1.0), (10, 2.0), (30, 2.0), (30, nan), (50, 3.0), (60, 3.0), (60, nan)]
    """
    stretch = _stretch_of(time, active)
    end = np.append(active.end, 0)[stretch]  # the added 0 is for samples in no stretch (-1), and replaced at once
    end[stretch < 0] = time[stretch < 0]
    stop = height.copy()
    joined = np.zeros(len(time), bool)
    joined[:-1] = (stretch[1:] == stretch[:-1]) & (stretch[1:] >= 0)
    held = np.flatnonzero(joined)
    end[held] = time[held + 1]
    joined[held] = np.isfinite(height[held + 1])
    held = np.flatnonzero(joined)
    stop[held] = height[held + 1]
    if chosen is not None:
        joined[:-1] &= chosen[1:]
        time, height, end, stop, joined = time[chosen], height[chosen], end[chosen], stop[chosen], joined[chosen]
    count = np.where(joined, 1, 3)
    place = (np.cumsum(count) - count)[~joined]
    times, heights = np.repeat(time, count), np.repeat(height, count)
    times[place + 1] = times[place + 2] = end[~joined]
    heights[place + 1], heights[place + 2] = stop[~joined], np.nan
    return times, heights


def _stretch_of(time: Times, active: Segments) -> npt.NDArray[np.intp]:
    """Return the number of the stretch each sample lies in, -1 for none."""
    number = np.searchsorted(active.start, time, "right") - 1
    return np.where(active.contains(time), number, -1)
