"""`MergePlan`: what a merge would gain, would not reach and would destroy, frozen before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from archredundancy.errors import InputError
from archredundancy.plan.batches import batches_of
from archredundancy.plan.forecast.partition_plan import PartitionPlan, Totals
from archredundancy.plan.hazards.hazard import Hazard, Status, refusals_first
from archredundancy.plan.plan_id import PlanId
from archredundancy.plan.planned_cluster import PlannedCluster
from archredundancy.plan.pv_plan import PVPlan
from archredundancy.plan.terms import Strategy, Terms
from archredundancy.plan.words.as_html import plan_html, plan_page
from archredundancy.plan.words.as_json import plan_id, plan_json
from archredundancy.plan.words.as_text import plan_text, pv_text
from archredundancy.plan.words.difference import plan_differences

__all__ = ["MergePlan"]


@dataclass(frozen=True, kw_only=True, repr=False)
class MergePlan:
    """What is planned for some PVs.

    Attributes
    ----------
    terms : Terms
        Strategy, horizon, window and exclusions, the same for all.
    accept_loss : int or None
        How many samples of the primary may be destroyed: exactly so many as the plan says, or none.
    pvs : tuple of PVPlan
    source : str
        Where a saved copy lies that is merged in place of the secondary; empty for the secondary itself. The place is
        no part of what is approved: its samples are.
    primary, secondary : PlannedCluster or None
        The clusters that were asked; None where that is not known. They are no part of what is approved.
    """

    terms: Terms
    accept_loss: int | None
    pvs: tuple[PVPlan, ...]
    source: str = ""
    primary: PlannedCluster | None = None
    secondary: PlannedCluster | None = None

    @cached_property
    def id(self) -> PlanId:
        """Short text such as `7f3a-91c2`: a hash of what was seen before the horizon and what will be done."""
        return PlanId(plan_id(self))

    @property
    def strategy(self) -> Strategy:
        """How samples get into the primary's files."""
        return self.terms.strategy

    @property
    def horizon(self) -> int:
        """Up to when something is promised, ns since 1970 UTC."""
        return self.terms.horizon

    @property
    def status(self) -> Status:
        """Refused if one PV is; nothing to do if there is nothing for any."""
        found = {pv.status for pv in self.pvs}
        return next((status for status in (Status.REFUSED, Status.READY) if status in found), Status.NOTHING_TO_DO)

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Hazards of all PVs, each once, refusals first."""
        return refusals_first(dict.fromkeys(hazard for pv in self.pvs for hazard in pv.hazards))

    @property
    def partitions(self) -> tuple[PartitionPlan, ...]:
        """Partitions of all PVs, one PV after the other."""
        return tuple(partition for pv in self.pvs for partition in pv.partitions)

    @cached_property
    def totals(self) -> Totals:
        """Sums over all partitions."""
        return Totals.of(self.partitions, sum(pv.after_horizon for pv in self.pvs))

    @property
    def batches(self) -> tuple[tuple[str, ...], ...]:
        """PVs that are ready, in the order of being merged: what the secondary drops first goes first.

        The first batch is of 1 PV, the second of 10, the third of all others: a mistake shows while it is small.
        """
        return batches_of(self.pvs)

    def of(self, pv: str) -> PVPlan:
        """Return what is planned for a PV.

        Raises
        ------
        InputError
            If the plan does not have it.
        """
        for plan in self.pvs:
            if plan.pv == pv:
                return plan
        raise InputError(f"{pv!r} is not in plan {self.id}; it has {', '.join(plan.pv for plan in self.pvs)}")

    def without_refused(self) -> MergePlan:
        """Return the plan of those PVs that are not refused, with an id of its own; nobody is asked again.

        Losses that were accepted by their number have to be accepted anew, unless all of them remain.

        Raises
        ------
        InputError
            If no PV remains.
        """
        from archredundancy.plan.merge_plan.assemble import (
            without_refused,  # it makes plans, so that module imports this one
        )

        return without_refused(self)

    def to_json(self) -> str:
        """Return the plan as JSON text; the same plan gives the same text."""
        return plan_json(self)

    @classmethod
    def from_json(cls, text: str) -> MergePlan:
        """Return the plan that `to_json` made this text of.

        Raises
        ------
        InputError
            If it is no plan, one of another version, or was changed since.
        """
        from archredundancy.plan.merge_plan.saved import (
            read_plan,  # reading makes plans, so that module imports this one
        )

        return read_plan(text)

    def diff(self, other: MergePlan) -> list[str]:
        """Return how another plan differs from this one, a line for each difference; none if they approve the same.

        Samples after the horizon are no difference.
        """
        return plan_differences(self, other)

    def to_text(self, pv: str | None = None) -> str:
        """Return the whole plan as text, however long: all PVs, hazards, partitions and files; or all of one PV.

        Raises
        ------
        InputError
            If the plan does not have the PV.
        """
        return plan_text(self, whole=True) if pv is None else pv_text(self.of(pv))

    def to_html(self) -> str:
        """Return the plan as a page of its own: HTML without scripts, which lists all PVs."""
        return plan_page(self)

    def plot(self, **options: Any) -> Any:
        """Draw what the primary has before and after, or of many PVs what becomes of each.

        Options go to `archredundancy.plot.plot_plan`: `start`, `end`, `dark`, `figure`.

        Raises
        ------
        InputError
            If nothing is known of any partition.
        """
        from archredundancy.plot import plot_plan  # matplotlib is loaded where something is drawn, and only there

        return plot_plan(self, **options)

    def __repr__(self) -> str:
        return plan_text(self)

    def _repr_html_(self) -> str:
        return plan_html(self)
