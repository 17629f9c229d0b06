"""The tables of a plan: its PVs, the partitions of one, and the files to keep a snapshot of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from archredundancy.coverage import duration_text
from archredundancy.model import format_time
from archredundancy.plan.batches import pvs_in_order
from archredundancy.plan.forecast.estimate import size_text
from archredundancy.plan.forecast.partition_plan import PartitionPlan

if TYPE_CHECKING:
    from archredundancy.plan.merge_plan.merge_plan import MergePlan
    from archredundancy.plan.pv_plan import PVPlan

__all__ = [
    "HEADS",
    "LISTED",
    "PV_HEADS",
    "files_of",
    "notable_partitions",
    "partition_cells",
    "pv_cells",
]

#: Of more partitions of a PV, or files, than this only the first are listed.
LISTED: Final = 12
#: Column heads of `partition_cells`.
HEADS: Final = ("partition", "gain", "won't arrive", "would lose", "ties", "differing", "rewritten", "kept until")
#: Column heads of `pv_cells`.
PV_HEADS: Final = (
    "PV",
    "status",
    "gain",
    "won't arrive",
    "would lose",
    "rewritten",
    "size",
    "pause",
    "kept until",
    "batch",
)


def notable_partitions(pv: PVPlan, most: int | None = LISTED) -> tuple[list[PartitionPlan], int]:
    """Return the first partitions in which anything happens or fails to, and how many more there are."""
    notable = [plan for plan in pv.partitions if plan.rewritten or plan.gain or plan.not_fillable or plan.would_be_lost]
    shown = notable[:most]
    return shown, len(notable) - len(shown)


def partition_cells(plan: PartitionPlan) -> tuple[str, ...]:
    """Return a partition as cells under `HEADS`."""
    return (
        plan.partition.name,
        f"{plan.gain:,}",
        f"{sum(plan.not_fillable.values()):,}",
        f"{plan.would_be_lost:,}",
        f"{plan.ties_equal:,}",
        f"{plan.ties_different:,}",
        "yes" if plan.rewritten else "no" if plan.exists else "no file",
        _until(plan.expires_at),
    )


def pv_cells(plan: MergePlan) -> list[tuple[str, ...]]:
    """Return the PVs of a plan, in the order of `pvs_in_order`, as cells under `PV_HEADS`."""
    batch_of = {pv: str(number) for number, batch in enumerate(plan.batches, 1) for pv in batch}
    return [
        (
            pv.pv,
            str(pv.status),
            f"{pv.totals.gain:,}",
            f"{sum(pv.totals.not_fillable.values()):,}",
            f"{pv.totals.would_be_lost:,}",
            f"{pv.totals.rewritten:,}",
            size_text(pv.estimate.disk_bytes) if pv.totals.rewritten else "",
            duration_text(math.ceil(pv.estimate.pause_seconds)) if pv.totals.rewritten else "",
            _until(pv.totals.expires_at),
            batch_of.get(pv.pv, ""),
        )
        for pv in pvs_in_order(plan.pvs)
    ]


def files_of(pvs: Sequence[PVPlan]) -> list[str]:
    """Return the files that are rewritten, with their hosts."""
    return [f"{pv.host}:{name}" if pv.host else name for pv in pvs for name in pv.files]


def _until(moment: int | None) -> str:
    return "" if moment is None else format_time(moment)
