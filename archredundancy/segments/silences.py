"""Where a time axis is silent for longer than a tolerance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.segments.edges import as_ns
from archredundancy.segments.segments import Instant, Segments
from archredundancy.segments.sweep import LATEST

__all__ = ["followed_late", "silences"]

#: Stamps looked at together: their differences stay in the processor's cache.
BLOCK = 1 << 15


def silences(times: npt.ArrayLike, longer_than: int, *, within: tuple[Instant, Instant] | None = None) -> Segments:
    """Return where samples follow each other after more than a tolerance.

    Parameters
    ----------
    times : int64 (ns since 1970 UTC) or datetime64, (n,), increasing
        Equal times may repeat.
    longer_than : int, ns
        Tolerance. A pause of exactly this length is no silence.
    within : (start, end), int64 or datetime64, optional
        The range that was asked for. With it the time before the first and after the last sample counts too.

    Returns
    -------
    Segments
        From each sample that was followed too late to the next one. Silences that follow each other directly are one,
        with a lone sample inside; what is silent is not thereby missing.

    Raises
    ------
    InputError
        If the tolerance is negative or above 292 years, a time is earlier than the one before it, or a sample lies
        outside the range.

    Notes
    -----
    Cost: one pass over the times, in blocks, faster than `numpy.diff`. A step backwards of more than 292 years looks
    like one forwards.

    Examples
    --------
    >>> list(silences([0, 10, 20, 50, 60], 10))
    [(20, 50)]
    >>> list(silences([0, 10, 20, 50, 60], 10, within=(-15, 65)))
    [(-15, 0), (20, 50)]
    """
    if not 0 <= longer_than <= LATEST:
        raise InputError(f"the tolerance is {longer_than} ns; give 0 to {LATEST}, 292 years")
    stamps = as_ns(times)
    row = followed_late(stamps, longer_than)
    if np.any(backwards := stamps[row + 1] < stamps[row]):
        late = int(row[np.argmax(backwards)])
        raise InputError(
            f"time {late + 1} ({stamps[late + 1]} ns) is earlier than the one before it ({stamps[late]} ns); "
            "sort the times first"
        )
    inner = Segments.from_arrays(stamps[row], stamps[row + 1])
    return inner if within is None else inner | _outer(stamps, longer_than, within)


def followed_late(stamps: npt.NDArray[np.int64], longer_than: int) -> npt.NDArray[np.intp]:
    """Return the rows of times that are followed after more than `longer_than` ns, or by an earlier time.

    Parameters
    ----------
    stamps : int64, (n,), ns since 1970 UTC
    longer_than : int, ns

    Returns
    -------
    intp, (k,)

    Notes
    -----
    Cost: one pass over the times, in blocks.
    """
    # Unsigned differences are exact up to the whole of int64, and a step backwards is a larger one than any tolerance.
    unsigned = stamps.view(np.uint64)
    steps, long = np.empty(BLOCK, np.uint64), np.empty(BLOCK, bool)
    rows = [np.empty(0, np.intp)]
    for first in range(0, len(stamps) - 1, BLOCK):
        block = unsigned[first : first + BLOCK + 1]
        step = np.subtract(block[1:], block[:-1], out=steps[: len(block) - 1])
        found = np.greater(step, longer_than, out=long[: len(step)])
        if found.any():
            rows.append(np.flatnonzero(found) + first)
    return np.concatenate(rows)


def _outer(stamps: npt.NDArray[np.int64], longer_than: int, within: tuple[Instant, Instant]) -> Segments:
    """Return the silences before the first and after the last sample; without any, the whole range.

    Raises
    ------
    InputError
        If a sample lies outside the range.
    """
    start, end = as_ns(within).tolist()
    if len(stamps) and not start <= stamps[0] <= stamps[-1] <= end:
        raise InputError(
            f"times from {stamps[0]} to {stamps[-1]} ns do not lie within {start} to {end} ns; cut them to the range"
        )
    edges = np.concatenate([[start], stamps[:1], stamps[-1:], [end]])
    long = edges[1::2].view(np.uint64) - edges[::2].view(np.uint64) > longer_than
    return Segments.from_arrays(edges[::2][long], edges[1::2][long])
