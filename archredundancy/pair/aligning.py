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

__all__ = ["align_each"]


def align_each(
    survey: Callable[[str, TimeRange], Evidence], pvs: list[str], times: npt.NDArray[np.int64], *, parallel: int
) -> xr.Dataset:
    """Return what PVs hold at instants; one that cannot be asked for is unknown everywhere, with the reason.

    Parameters
    ----------
    survey : callable
        Asks both clusters about a PV in a range.
    pvs : list of str
    times : int64, (m,), ns since 1970 UTC
        In any order.
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
    asked = TimeRange(start=int(times.min()), end=int(times.max()) + 1)
    found = dict(run_each(align, pvs, threads=parallel))
    return aligned_to_dataset(times, [found[pv] for pv in pvs])
