"""Comparing Datasets one already has, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archredundancy.coverage.comparison import Comparison, compare_evidence
from archredundancy.errors import DatasetError
from archredundancy.model import Evidence, Reading, Samples, SideEvidence, TimeRange, from_dataset, parse_time
from archredundancy.segments import Segments

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["compare"]


def compare(
    primary: xr.Dataset, secondary: xr.Dataset, known: Segments | None = None, *, min_gap: float | None = None
) -> Comparison:
    """Compare two Datasets, such as `cluster.load` gives.

    Parameters
    ----------
    primary, secondary : xarray.Dataset
        What each cluster itself stores; see `archredundancy.model.to_dataset` for the contract.
    known : Segments, optional
        Where both sides can vouch; by default all of the range that both were asked for.
    min_gap : float, seconds, optional
        Shorter silences with missed samples count as dropouts; by default five usual steps of the union.

    Returns
    -------
    Comparison
        Without configuration nothing is known before the first sample of a side, and nothing expires.

    Raises
    ------
    DatasetError
        If a Dataset does not say what was asked, or the two were asked for ranges that do not overlap.
    """
    asked = _common_range(primary, secondary)
    vouched = Segments.of((asked.start, asked.end)) if known is None else known.clip(asked.start, asked.end)
    return compare_evidence(
        Evidence(
            pv=str(primary.attrs.get("pv", "")),
            asked=asked,
            now=asked.end,
            primary=_side(primary, "primary", asked, vouched),
            secondary=_side(secondary, "secondary", asked, vouched),
        ),
        min_gap=min_gap,
    )


def _common_range(primary: xr.Dataset, secondary: xr.Dataset) -> TimeRange:
    edges = []
    for name, dataset in (("primary", primary), ("secondary", secondary)):
        for attribute in ("query_start", "query_end"):
            if attribute not in dataset.attrs:
                raise DatasetError(
                    f"the {name} Dataset has no attribute {attribute!r}, so what it covers is not known; "
                    "use Datasets as cluster.load gives them, or set query_start and query_end to ISO 8601 text"
                )
            edges.append(parse_time(dataset.attrs[attribute], now=0))
    start, end = max(edges[0], edges[2]), min(edges[1], edges[3])
    if start >= end:
        raise DatasetError("the two Datasets were asked for ranges that do not overlap; load both for one range")
    return TimeRange(start=start, end=end)


def _side(dataset: xr.Dataset, cluster: str, asked: TimeRange, known: Segments) -> SideEvidence:
    samples = from_dataset(dataset).in_order()
    first = int(np.searchsorted(samples.time, asked.start))
    reading = Reading(
        pv=str(dataset.attrs.get("pv", "")),
        cluster=cluster,
        asked=asked,
        samples=samples.between(asked.start, asked.end),
        before=samples.slice(first - 1, first) if first else Samples.empty(samples.dbr_type),
        known=known,
    )
    return SideEvidence(reading=reading)
