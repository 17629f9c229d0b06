"""Held values of many PVs on given times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archredundancy.client import run_each
from archredundancy.coverage import Aligned, UnionHistory, align_history, aligned_to_dataset, unaligned
from archredundancy.errors import ArchRedundancyError
from archredundancy.model import Evidence, TimeRange

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["align_each", "range_around"]


def range_around(first: int, last: int, around: int, now: int) -> TimeRange:
    """Return what has to be read to tell what was held from a first to a last instant, both included.

    A hole that nothing declares is known from the samples on either side of it, so some time before and after belongs
    to it; what has not happened yet is not asked for.

    Examples
    --------
    >>> range_around(100, 200, 50, now=220) == TimeRange(start=50, end=220)
    True
    """
    return TimeRange(start=first - around, end=max(last + 1, min(last + 1 + around, now)))


def align_each(
    survey: Callable[[str, TimeRange], Evidence],
    pvs: list[str],
    times: npt.NDArray[np.int64],
    *,
    around: int,
    now: int,
    parallel: int,
) -> xr.Dataset:
    """Return what PVs hold at instants; one that cannot be asked for is unknown everywhere, with the reason.

    Parameters
    ----------
    survey : callable
        Asks both clusters about a PV in a range.
    pvs : list of str
    times : int64, (m,), ns since 1970 UTC
        In any order.
    around : int, ns
        How much before the first and after the last time is read, too; see `range_around`.
    now : int, ns since 1970 UTC
    parallel : int
        PVs at a time. Of each only what it holds is kept.

    Raises
    ------
    InputError
        If a PV has the name of a variable that tells about all of them.
    """

    def align(pv: str) -> Aligned:
        try:
            history = UnionHistory.from_evidence(survey(pv, asked))
        except ArchRedundancyError as error:
            return unaligned(pv, len(times), error)
        return align_history(pv, history, times)

    if not len(times):
        return aligned_to_dataset(times, [])
    asked = range_around(int(times.min()), int(times.max()), around, now)
    found = dict(run_each(align, pvs, threads=parallel))
    return aligned_to_dataset(times, [found[pv] for pv in pvs])
