"""Merging what people hold in their hands: Datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

from archredundancy.errors import InputError
from archredundancy.merge.origin import Origin
from archredundancy.merge.union import Merged, Policy, unite
from archredundancy.model import (
    Samples,
    TimeRange,
    flag_attributes,
    from_dataset,
    is_whole,
    parse_time,
    to_dataset,
)
from archredundancy.segments import Segments

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["merge_samples", "merged_to_dataset"]

#: Attributes that speak of one answer, not of the PV.
_OF_ANSWER = ("query_start", "query_end", "fingerprint", "conflicts", "evidence")


@overload
def merge_samples(
    primary: xr.Dataset, secondary: xr.Dataset, *, policy: Policy = "union", active: Segments | None = None
) -> xr.Dataset: ...


@overload
def merge_samples(
    primary: Samples, secondary: Samples, *, policy: Policy = "union", active: Segments | None = None
) -> Merged: ...


def merge_samples(
    primary: xr.Dataset | Samples,
    secondary: xr.Dataset | Samples,
    *,
    policy: Policy = "union",
    active: Segments | None = None,
) -> xr.Dataset | Merged:
    """Unite what two clusters stored of one PV; in memory, nothing is changed anywhere.

    Parameters
    ----------
    primary, secondary : xarray.Dataset or Samples
        Datasets as `cluster.load` gives them (the contract is that of `archredundancy.model.to_dataset`), whole or a
        selection along time.
    policy : {"union", "gaps_only"}
    active : Segments, optional
        Where the primary was active, with `gaps_only`; see `unite`.

    Returns
    -------
    xarray.Dataset or Merged
        Of Datasets a Dataset: the union, the primary's sample where both have one, and `origin` (int8, dim "time").
        The primary's attributes win; `query_start` and `query_end` are what both were asked for, and left out where one
        of the two is not whole any more. `unite` also gives the secondary's side of conflicts.

    Raises
    ------
    DatasetError
        If a Dataset does not keep the contract.
    InputError
        If the two are of different PVs, types or kinds.

    Examples
    --------
    >>> from archredundancy.model import DbrType
    >>> mine = to_dataset(Samples.build(DbrType.SCALAR_INT, [10, 20], [1, 2]), pv="X", cluster="primary")
    >>> theirs = to_dataset(Samples.build(DbrType.SCALAR_INT, [10, 30], [1, 3]), pv="X", cluster="secondary")
    >>> merge_samples(mine, theirs).origin.values
    array([2, 0, 1], dtype=int8)
    """
    if isinstance(primary, Samples) and isinstance(secondary, Samples):
        return unite(primary, secondary, policy=policy, active=active)
    if isinstance(primary, Samples) or isinstance(secondary, Samples):
        raise InputError("one of the two is a Dataset and the other is Samples; give two of one kind")
    mine, theirs = from_dataset(primary), from_dataset(secondary)
    pv = _common_pv(primary, secondary)
    return _inherit(unite(mine, theirs, policy=policy, active=active), pv, primary, secondary)


def _common_pv(primary: xr.Dataset, secondary: xr.Dataset) -> str:
    pvs = [str(side.attrs["pv"]) for side in (primary, secondary) if "pv" in side.attrs]
    if len(set(pvs)) > 1:
        raise InputError(f"the primary's samples are of {pvs[0]}, the secondary's of {pvs[1]}; give two of one PV")
    return pvs[0] if pvs else ""


def _inherit(merged: Merged, pv: str, primary: xr.Dataset, secondary: xr.Dataset) -> xr.Dataset:
    """Return the union as a Dataset with what the two tell about the PV."""
    attributes = {
        name: value for side in (secondary, primary) for name, value in side.attrs.items() if name not in _OF_ANSWER
    }
    dataset = merged_to_dataset(merged, pv=pv, asked=_common_range(primary, secondary), egu=attributes.get("egu", ""))
    histories = [side.attrs["history"] for side in (primary, secondary, dataset) if "history" in side.attrs]
    dataset.attrs = {**attributes, **dataset.attrs, "history": "\n".join(dict.fromkeys(histories))}
    for side in (primary, secondary):
        dataset["value"].attrs = {**side["value"].attrs, **dataset["value"].attrs}
    return dataset


def _common_range(primary: xr.Dataset, secondary: xr.Dataset) -> TimeRange | None:
    edges = ("query_start", "query_end")
    if not all(is_whole(side) and all(edge in side.attrs for edge in edges) for side in (primary, secondary)):
        return None
    starts, ends = ([parse_time(side.attrs[edge], now=0) for side in (primary, secondary)] for edge in edges)
    return TimeRange(start=max(starts), end=min(ends)) if max(starts) < min(ends) else None


def merged_to_dataset(merged: Merged, *, pv: str, cluster: str = "merged", **metadata: Any) -> xr.Dataset:
    """Return a union as a Dataset.

    Parameters
    ----------
    merged : Merged
    pv, cluster : str
    **metadata
        What else `archredundancy.model.to_dataset` takes, such as `asked` and `egu`.

    Returns
    -------
    xarray.Dataset
        As `to_dataset` gives it, with `origin` : int8, dim "time", and the attribute `conflicts`, their number.
    """
    metadata.setdefault("history", "archredundancy: union of primary and secondary, the primary wins")
    dataset = to_dataset(merged.samples, pv=pv, cluster=cluster, **metadata)
    dataset["origin"] = ("time", merged.origin, flag_attributes(Origin, np.int8))
    dataset["value"].attrs["ancillary_variables"] = "severity status origin"
    dataset.attrs["conflicts"] = len(merged.conflicts)
    return dataset
