"""From plans of single PVs to a plan of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from archredundancy.errors import ArchRedundancyError, InputError, TooLargeError
from archredundancy.model import DbrType
from archredundancy.plan.forecast.partition_plan import Totals
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, Status, refusal, refusals_first
from archredundancy.plan.hazards.limits import Limits
from archredundancy.plan.hazards.outcome import hazard_of_losses
from archredundancy.plan.merge_plan.merge_plan import MergePlan
from archredundancy.plan.pv_plan import PVPlan
from archredundancy.plan.terms import Terms

__all__ = ["assemble", "unplanned", "without_refused"]

_URL: Final = re.compile(r"\w+://\S+?(?=[\s,;)'\"]|:\s|$)")
#: Hazards that depend on what else is in the plan, as well as on the PV.
_OF_WHOLE: Final = frozenset({HazardKind.WOULD_LOSE, HazardKind.OVER_LIMIT})


def unplanned(pv: str, terms: Terms, error: ArchRedundancyError, limits: Limits | None = None) -> PVPlan:
    """Return the plan of a PV that could not be planned: nothing but the reason, so that it costs no other PV.

    Parameters
    ----------
    pv : str
    terms : Terms
    error : ArchRedundancyError
        What happened. URLs in its message are left out, as a plan and its id have none.
    limits : Limits, optional
        What was allowed, where it was too much to be read.
    """
    if isinstance(error, TooLargeError) and limits is not None:
        found = f"Both sides' answers are longer than the limit of {limits.read_bytes:,} bytes, so they were not read."
        remedy = "Raise the limit 'read_bytes' where there is memory for several times as much, to plan and to commit."
        hazard = refusal(HazardKind.OVER_LIMIT, found, remedy)
    else:
        found = f"The PV could not be planned ({error.kind}): {_URL.sub('(URL)', str(error)).rstrip('.')}."
        hazard = refusal(HazardKind.NOT_PLANNED, found, "Mend the cause and plan again, or leave the PV out.")
    return PVPlan(
        pv=pv,
        storage="",
        granularity=None,
        dbr_type=DbrType.SCALAR_DOUBLE,
        element_counts=(None, None),
        terms=terms,
        hazards=(hazard,),
        partitions=(),
    )


def assemble(
    plans: Sequence[PVPlan],
    terms: Terms,
    *,
    accept_loss: int | None = None,
    limits: Limits | None = None,
    source: str = "",
) -> MergePlan:
    """Return the plan of all these PVs, with the hazards that only all of them together show.

    Parameters
    ----------
    plans : sequence of PVPlan
        Each made on these terms.
    terms : Terms
    accept_loss : int, optional
        Number of the primary's samples that may be destroyed, in all of the plan.
    limits : Limits, optional
        None for no limits.
    source : str
        Where the saved copy lies that is merged; empty for the secondary itself.

    Raises
    ------
    InputError
        If there is no plan, or two of one PV, or `accept_loss` is no number of samples.
    """
    names = [plan.pv for plan in plans]
    if not names or len(set(names)) < len(names):
        raise InputError(f"a plan needs at least one PV, and each once; got {', '.join(names) or 'none'}")
    if accept_loss is not None and (type(accept_loss) is not int or accept_loss < 0):
        raise InputError(f"accept_loss={accept_loss!r} is not a number of samples; give the number that the plan says")
    totals = Totals.of(partition for plan in plans for partition in plan.partitions)
    shared = [] if limits is None else list(limits.hazards_of_plan(len(plans), totals))
    whole = [
        _with(plan, [*shared, *_own_limits(plan, limits), *_losses(plan, totals.would_be_lost, accept_loss)])
        for plan in plans
    ]
    return MergePlan(terms=terms, accept_loss=accept_loss, pvs=tuple(whole), source=source)


def without_refused(plan: MergePlan) -> MergePlan:
    """Return a plan of those PVs that are not refused; see `MergePlan.without_refused`.

    Raises
    ------
    InputError
        If no PV remains.
    """
    kept = [pv for pv in plan.pvs if pv.status is not Status.REFUSED]
    if not kept:
        raise InputError(f"all {len(plan.pvs):,} PVs of plan {plan.id} are refused; see their hazards")
    if len(kept) == len(plan.pvs):
        return plan
    alone = [replace(pv, hazards=tuple(hazard for hazard in pv.hazards if hazard.kind not in _OF_WHOLE)) for pv in kept]
    left = assemble(alone, plan.terms, accept_loss=plan.accept_loss, source=plan.source)
    return replace(left, primary=plan.primary, secondary=plan.secondary)


def _own_limits(plan: PVPlan, limits: Limits | None) -> Iterable[Hazard]:
    if limits is None:
        return ()
    samples = sum(partition.primary.n + partition.secondary.n for partition in plan.partitions)
    return limits.hazards_of_pv(plan.totals, samples, plan.estimate)


def _losses(plan: PVPlan, in_plan: int, accept_loss: int | None) -> Iterable[Hazard]:
    if not plan.totals.would_be_lost:
        return ()
    return (hazard_of_losses(plan.partitions, in_plan, accept_loss),)


def _with(plan: PVPlan, hazards: Sequence[Hazard]) -> PVPlan:
    """Return the plan with more hazards; what has nothing to do needs none of them."""
    if not hazards or plan.status is Status.NOTHING_TO_DO:
        return plan
    return replace(plan, hazards=refusals_first([*plan.hazards, *hazards]))
