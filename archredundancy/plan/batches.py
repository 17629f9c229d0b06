"""In what order, and how many at a time, PVs are merged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from archredundancy.plan.hazards.hazard import Status
from archredundancy.plan.pv_plan import PVPlan

__all__ = ["batches_of", "by_expiry", "pvs_in_order"]

#: PVs in the first batches; all others are in the last one.
_SIZES: Final = (1, 10)


def batches_of(pvs: Sequence[PVPlan]) -> tuple[tuple[str, ...], ...]:
    """Return the names of those that are ready, in batches; see `MergePlan.batches`."""
    names = [pv.pv for pv in by_expiry(pvs)]
    edges = [*accumulate(_SIZES, initial=0), max(len(names), sum(_SIZES))]
    return tuple(tuple(names[start:end]) for start, end in pairwise(edges) if start < len(names))


def by_expiry(pvs: Sequence[PVPlan]) -> list[PVPlan]:
    """Return those that are ready: what the secondary drops first goes first, what it keeps for ever last."""
    return sorted((pv for pv in pvs if pv.status is Status.READY), key=_expiry)


def pvs_in_order(pvs: Sequence[PVPlan]) -> list[PVPlan]:
    """Return PVs as they are told of: refused ones, then those to be merged in their order, then the others."""
    refused = [pv for pv in pvs if pv.status is Status.REFUSED]
    return [*refused, *by_expiry(pvs), *(pv for pv in pvs if pv.status is Status.NOTHING_TO_DO)]


def _expiry(pv: PVPlan) -> tuple[bool, int]:
    expires_at = pv.totals.expires_at
    return expires_at is None, expires_at or 0
