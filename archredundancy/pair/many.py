"""Many PVs loaded at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archredundancy.model import TimeRange
from archredundancy.pair.tree import failed_tree
from archredundancy.survey import attempt_each

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["load_each"]


def load_each(
    load: Callable[[str], xr.DataTree], pvs: list[str], asked: TimeRange, *, parallel: int, progress: bool
) -> dict[str, xr.DataTree]:
    """Return what `load` gives for each PV, in the order of `pvs`; a tree that tells why where it raises.

    Parameters
    ----------
    load : callable
    pvs : list of str
    asked : TimeRange
        What is loaded, for the trees of those that fail.
    parallel : int
        PVs at a time.
    progress : bool
        Whether to show a bar.
    """
    return attempt_each(
        load, lambda pv, error: failed_tree(pv, asked, error), pvs, parallel=parallel, progress=progress
    )
