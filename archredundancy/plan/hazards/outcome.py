"""What a merge would not reach, would drop, would take, and would destroy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archredundancy.display.texts import plural
from archredundancy.plan.forecast.forecast import NotFillable
from archredundancy.plan.forecast.partition_plan import PartitionPlan, Totals
from archredundancy.plan.hazards.data import some
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal, warning

__all__ = ["hazard_of_losses", "hazards_of_outcome"]

#: What nobody asked to leave out, and waiting will not bring.
_OUT_OF_REACH: Final = (NotFillable.NO_FILE, NotFillable.LAST_SECOND)
#: A rewritten file is held in the memory of the primary's management webapp as a whole, and lies on its disk twice.
_LARGE_FILE: Final = 256 << 20


def hazards_of_outcome(totals: Totals) -> Iterator[Hazard]:
    """Yield what is less than perfect about a PV's merge, but for lost samples."""
    missed = {reason: totals.not_fillable[reason] for reason in _OUT_OF_REACH if reason in totals.not_fillable}
    if missed:
        told = ", ".join(f"{count:,} {reason}" for reason, count in missed.items())
        count = plural(sum(missed.values()), "sample")
        remedy = (
            "mergeInData neither makes files nor reads their last second: plan with strategy 'rebuild', or keep a copy "
            "of these samples."
        )
        yield warning(HazardKind.NOT_FILLABLE, f"{count} that only the secondary has will not arrive: {told}.", remedy)
    if totals.attributes_dropped:
        told = ", ".join(f"{name} of {count:,}" for name, count in totals.attributes_dropped.items())
        remedy = "Every mergeInData does so; keep a copy if somebody needs them."
        yield warning(HazardKind.ATTRIBUTES_DROPPED, f"Rewritten samples lose attributes: {told}.", remedy)
    if totals.largest_bytes > _LARGE_FILE:
        largest, total = (f"{count >> 20:,} MiB" for count in (totals.largest_bytes, totals.estimated_bytes))
        remedy = "See to it that the primary has free memory for the one and free disk for the other."
        yield warning(HazardKind.SIZE, f"The largest rewritten file has about {largest}, all have {total}.", remedy)


def hazard_of_losses(partitions: tuple[PartitionPlan, ...], in_plan: int, accept_loss: int | None) -> Hazard:
    """Return the hazard of a PV's own losses; it refuses unless all of the plan's are accepted, by their number."""
    lost = plural(sum(partition.would_be_lost for partition in partitions), "sample")
    names = some([partition.partition.name for partition in partitions if partition.would_be_lost])
    message = (
        f"{lost} of the primary, in the last second of {names}, would be destroyed; {in_plan:,} in the whole plan."
    )
    if accept_loss == in_plan:
        return warning(HazardKind.WOULD_LOSE, message, "This loss was accepted.")
    remedy = (
        f"Accept it by its number, accept_loss={in_plan} (--accept-loss {in_plan}); or exclude these partitions, with "
        "strategy 'relay'; or plan with strategy 'rebuild', which loses none."
    )
    return refusal(HazardKind.WOULD_LOSE, message, remedy)
