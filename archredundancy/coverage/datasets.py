"""Comparing Datasets and trees one already has, without a network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from archredundancy.coverage.comparison.comparing import compare_evidence
from archredundancy.coverage.comparison.comparison import Comparison
from archredundancy.coverage.states.coverage import Coverage
from archredundancy.errors import DatasetError
from archredundancy.model import (
    Evidence,
    Reading,
    Samples,
    SideEvidence,
    TimeRange,
    from_dataset,
    is_whole,
    parse_time,
    side_from_text,
)
from archredundancy.segments import Segments

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["compare", "compare_tree", "coverage_of"]

_SIDES = ("primary", "secondary")


def compare(
    primary: xr.Dataset, secondary: xr.Dataset, known: Segments | None = None, *, min_gap: float | None = None
) -> Comparison:
    """Compare two Datasets, such as `cluster.load` gives.

    Parameters
    ----------
    primary, secondary : xarray.Dataset
        What each cluster itself stores; see `archredundancy.model.to_dataset` for the contract.
    known : Segments, optional
        Where both sides can vouch. By default what their attribute `evidence` tells, as loaded ones have it; without
        that, all of the range that both were asked for.
    min_gap : float, seconds, optional
        Shorter silences with missed samples count as dropouts; by default five usual steps of the union.

    Returns
    -------
    Comparison
        Without the attribute `evidence` nothing is known before the first sample of a side, and nothing expires. The
        sample before the range is not in a Dataset: `wrong_seconds` takes a value that it does not know for wrong.

    Raises
    ------
    DatasetError
        If a Dataset does not say what was asked, is no longer whole though `known` is not given, or the two were asked
        for ranges that do not overlap.

    Examples
    --------
    >>> import archredundancy as ar
    >>> with ar.demo_pair() as pair:
    ...     sides = [side.load("DEMO:VALVE", "2026-05-20", "2026-05-30") for side in (pair.primary, pair.secondary)]
    >>> ar.compare(*sides).summary.primary.samples_to_gain
    12
    """
    if known is None:
        for name, dataset in zip(_SIDES, (primary, secondary), strict=True):
            _refuse_part(dataset, f"the {name} Dataset")
    asked = _common_range(primary, secondary)
    found = [_side(dataset, name, asked, known) for dataset, name in ((primary, "primary"), (secondary, "secondary"))]
    nows = [now for _, now in found if now is not None]
    evidence = Evidence(
        pv=str(primary.attrs.get("pv", "")),
        asked=asked,
        now=min(nows, default=asked.end),
        primary=found[0][0],
        secondary=found[1][0],
    )
    return compare_evidence(evidence, min_gap=min_gap)


def compare_tree(tree: xr.DataTree, *, min_gap: float | None = None) -> Comparison:
    """Compare both sides of a loaded tree, as `pair.compare` did when it was loaded.

    Parameters
    ----------
    tree : xarray.DataTree
        As `pair.load` gives it, or `open_saved` gives it back.
    min_gap : float, seconds, optional
        As for `compare`.

    Raises
    ------
    DatasetError
        If something is absent, or one of its Datasets is not whole any more, as after `sel`, `isel` or `where`: what
        was cut away would look like a gap.
    """
    sides: list[tuple[SideEvidence, int]] = []
    for name in _SIDES:
        samples, before = _child(tree, name), _child(tree, f"before_{name}")
        sides.append(side_from_text(_evidence_of(samples, name), from_dataset(samples), from_dataset(before)))
    (primary, now), (secondary, _) = sides
    evidence = Evidence(
        pv=primary.reading.pv, asked=primary.reading.asked, now=now, primary=primary, secondary=secondary
    )
    return compare_evidence(evidence, min_gap=min_gap)


def coverage_of(dataset: xr.Dataset) -> Coverage:
    """Return what one side tells of itself: what it can vouch for, and the outages that it wrote down.

    What only the other side shows is not in it; `compare_tree` and `compare` find that.

    Parameters
    ----------
    dataset : xarray.Dataset
        As `cluster.load` gives it, or a child `primary` or `secondary` of a loaded tree.

    Raises
    ------
    DatasetError
        If it is not from one cluster, or not whole any more.
    """
    _refuse_part(dataset, "the Dataset")
    samples = from_dataset(dataset)
    nothing = Samples.empty(samples.dbr_type)
    side, now = side_from_text(_evidence_of(dataset, str(dataset.attrs.get("cluster", ""))), samples, nothing)
    blind = SideEvidence(
        reading=replace(
            side.reading, cluster="other", samples=nothing, known=Segments.empty(), failures=(), layout=(), headers={}
        )
    )
    return compare_evidence(
        Evidence(pv=side.reading.pv, asked=side.reading.asked, now=now, primary=side, secondary=blind)
    ).primary


def _child(tree: xr.DataTree, name: str) -> xr.Dataset:
    """Return a child of a loaded tree, whole.

    Raises
    ------
    DatasetError
        If it is not there.
    """
    if name not in tree.children:
        reason = tree.attrs.get("failure", f"it has {', '.join(tree.children) or 'no children'}")
        raise DatasetError(f"the tree has no child {name!r} ({reason}); compare a tree as pair.load gives it")
    dataset = tree.children[name].to_dataset(inherit=False)
    _refuse_part(dataset, f"the child {name!r}")
    return dataset


def _refuse_part(dataset: xr.Dataset, what: str) -> None:
    """Refuse a Dataset from which samples were taken away since it was loaded.

    Raises
    ------
    DatasetError
        If so.
    """
    if isinstance(dataset.attrs.get("fingerprint"), str) and not is_whole(dataset):
        raise DatasetError(
            f"{what} has {dataset.sizes['time']:,} samples, which are not those it was loaded with (number, first and "
            f"last time were {dataset.attrs['fingerprint']}): what was cut away would look like a gap. Compare first "
            "and select afterwards, load the part alone, or say by known= where ar.compare may believe both"
        )


def _evidence_of(dataset: xr.Dataset, name: str) -> str:
    if "evidence" not in dataset.attrs:
        raise DatasetError(
            f"{name!r} has no attribute 'evidence', which what one cluster stores has when it is loaded; "
            "compare a tree as pair.load gives it, or two Datasets by ar.compare(primary, secondary, known=)"
        )
    return str(dataset.attrs["evidence"])


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


def _side(
    dataset: xr.Dataset, cluster: str, asked: TimeRange, known: Segments | None
) -> tuple[SideEvidence, int | None]:
    """Return what a Dataset tells of a side in a range, and when it was asked, if it says so."""
    samples = from_dataset(dataset).in_order()
    first = int(np.searchsorted(samples.time, asked.start))
    inside = samples.between(asked.start, asked.end)
    before = samples.slice(first - 1, first) if first else Samples.empty(samples.dbr_type)
    whole = Segments.of((asked.start, asked.end))
    if "evidence" not in dataset.attrs:
        reading = Reading(pv=str(dataset.attrs.get("pv", "")), cluster=cluster, asked=asked, samples=inside,
                          before=before, known=whole if known is None else known & whole)  # fmt: skip
        return SideEvidence(reading=reading), None
    side, now = side_from_text(str(dataset.attrs["evidence"]), inside, before)
    told = side.reading
    vouched = (told.known if known is None else known) & whole
    return replace(side, reading=replace(told, cluster=cluster, asked=asked, known=vouched)), now
