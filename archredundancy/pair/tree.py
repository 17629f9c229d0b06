"""From evidence and comparison to the `DataTree` that users load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy.coverage import Comparison, coverages_to_dataset, known_to_dataset
from archredundancy.errors import ArchRedundancyError
from archredundancy.merge import merged_to_dataset
from archredundancy.model import (
    Description,
    Evidence,
    FieldValue,
    Reading,
    SideEvidence,
    TimeRange,
    differences,
    format_time,
    side_to_text,
    to_dataset,
)

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["evidence_to_tree", "failed_tree", "side_to_dataset"]

_OF_CONFLICTS = "archredundancy: samples of equal time in which primary and secondary differ"
_CONNECTION = ("cnxlostepsecs", "cnxregainedepsecs", "startup")


def evidence_to_tree(evidence: Evidence, comparison: Comparison) -> xr.DataTree:
    """Return what was loaded as siblings, each with its own dimension.

    Parameters
    ----------
    evidence : Evidence
    comparison : Comparison
        Of that evidence.

    Returns
    -------
    xarray.DataTree
        Children `primary`, `secondary`, `merged` (dim "time"), `before_primary`, `before_secondary` (the sample
        before the range),
        `conflicts`, `connection` (what archivers wrote of lost connections and starts), `known`, `coverage`.
        Attributes `not_read` and `differences`: what could not be read, and where the clusters say different things of
        units, precision, limits and names of states. What one of them does not tell, `merged` has from the other.
    """
    import xarray as xr

    sides = (evidence.primary, evidence.secondary)
    children = {side.reading.cluster: side_to_dataset(side, evidence.now) for side in sides}
    described = evidence.primary.description.or_else(evidence.secondary.description)
    children["merged"] = merged_to_dataset(
        comparison.union, pv=evidence.pv, cluster="merged", asked=evidence.asked, **_metadata(described)
    )
    for side in sides:
        children[f"before_{side.reading.cluster}"] = side_to_dataset(side, evidence.now, before=True)
    children["conflicts"] = comparison.conflicts.to_dataset(
        pv=evidence.pv, asked=evidence.asked, history=_OF_CONFLICTS, **_metadata(described)
    )
    children["connection"] = _connection(sides)
    coverages = (comparison.primary, comparison.secondary)
    children["known"] = known_to_dataset(coverages)
    children["coverage"] = coverages_to_dataset(coverages)
    tree = xr.DataTree.from_dict(children)
    not_read = [f"{cluster}: {failure.range}: {failure.message}" for cluster, failure in comparison.failures]
    unlike = differences(evidence.primary.description, evidence.secondary.description)
    tree.attrs = _asked_attrs(evidence.pv, evidence.asked) | {"not_read": not_read, "differences": unlike}
    return tree


def failed_tree(pv: str, asked: TimeRange, error: ArchRedundancyError) -> xr.DataTree:
    """Return a tree without children for a PV of which nothing could be loaded.

    Its attributes are those of every tree, and `failure`, the reason; `failure_kind` is the `kind` of the error.
    """
    import xarray as xr

    reason = str(error)
    attrs = {"failure": reason, "failure_kind": error.kind, "not_read": [f"{asked}: {reason}"]}
    tree = xr.DataTree()
    tree.attrs = _asked_attrs(pv, asked) | attrs
    return tree


def _asked_attrs(pv: str, asked: TimeRange) -> dict[str, object]:
    return {"pv": pv, "query_start": format_time(asked.start), "query_end": format_time(asked.end)}


def side_to_dataset(side: SideEvidence, now: int, *, before: bool = False) -> xr.Dataset:
    """Return one side's samples, or the one before the range, with all that is known of the PV.

    The attribute `evidence` of the samples tells the rest of what was learned, at `now` (ns since 1970 UTC), so that
    they can be compared without the cluster.
    """
    reading = side.reading
    dataset = to_dataset(
        reading.before if before else reading.samples,
        pv=reading.pv,
        cluster=reading.cluster,
        asked=reading.asked,
        **_metadata(side.description),
    )
    dataset.attrs["not_read"] = [f"{failure.range}: {failure.message}" for failure in reading.failures]
    if not before:
        dataset.attrs["evidence"] = side_to_text(side, now)
    return dataset


def _metadata(described: Description) -> dict[str, Any]:
    return {
        "egu": described.egu,
        "precision": described.precision,
        "limits": described.limits,
        "labels": described.labels,
    }


def _connection(sides: tuple[SideEvidence, SideEvidence]) -> xr.Dataset:
    """Return one row for each sample beside which an archiver wrote of a loss or a start."""
    import xarray as xr

    told = [entry for side in sides for entry in _told(side.reading)]
    columns: dict[str, object] = {
        "time": ("event", np.array([time for _, time, _ in told], np.int64).view("datetime64[ns]")),
        "cluster": ("event", _texts([cluster for cluster, _, _ in told])),
    }
    for name in _CONNECTION:
        columns[name] = ("event", _texts([dict(fields).get(name, "") for _, _, fields in told]))
    return xr.Dataset(columns)


def _told(reading: Reading) -> list[tuple[str, int, tuple[FieldValue, ...]]]:
    extras = reading.samples.extras
    return [
        (reading.cluster, int(reading.samples.time[row]), fields)
        for row, fields in zip(extras.row.tolist(), extras.fields, strict=True)
        if any(name in _CONNECTION for name, _ in fields)
    ]


def _texts(texts: list[str]) -> np.ndarray:
    return np.array(texts, dtype=np.dtypes.StringDType())
