"""The steps before anything is changed: freshness and backup."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archredundancy.commit.backup.copies import save_promised
from archredundancy.commit.backup.saved_copy import SavedCopy, open_saved_copy
from archredundancy.commit.journal.history import digest_to_json
from archredundancy.commit.journal.states import State
from archredundancy.commit.run_folder.certificate import find_certificate
from archredundancy.commit.steps.context import Context
from archredundancy.commit.steps.saving import note_store, partitions_at_risk, refuse_hidden, save, settled_digests
from archredundancy.errors import CommitError, StalePlanError
from archredundancy.model import (
    MergeEvidence,
    Samples,
    TimeRange,
)
from archredundancy.plan import (
    HazardKind,
    MergePlan,
    PVPlan,
    build_plan,
    promised_samples,
)
from archredundancy.survey import survey_for_merge

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is needed of all that was seen before the first change.

    Attributes
    ----------
    asked : TimeRange
        The PV's whole history.
    promised : Samples
    """

    asked: TimeRange
    promised: Samples


def prepare(context: Context) -> Prepared:
    """Make sure that the plan still holds, and save what the merge may touch.

    Raises
    ------
    StalePlanError
        If the clusters hold something else by now.
    VerificationError
        If a copy is not equal to what was read.
    """
    kept = _saved_copy(context)
    evidence = survey_for_merge(
        context.pv,
        context.primary,
        context.secondary if kept is None else kept,
        context.run.urls.now(),
        storage=context.plan.storage,
        relay_reachable=None if _has(context.plan, HazardKind.UNREACHABLE) else True,
        saved_copy="" if kept is None else kept.words,
        every_year=not context.run.plan.strategy.is_in_place,
    )
    evidence = _with_certificate(context, evidence)
    fresh = _check_fresh(context, replace(evidence, hidden=None))  # refused below, where it is saved
    context.move(State.FRESH)
    note_store(context, evidence.evidence.primary.type_info)
    refuse_hidden(context, evidence.hidden)
    promised = promised_samples(evidence, fresh)
    _back_up(context, evidence)
    rewritten = [partition.partition for partition in context.plan.partitions if partition.rewritten]
    for copy in save_promised(promised, context.pv, rewritten, context.run.path, context.files):
        context.note_copy(copy)
    seen = settled_digests(evidence.evidence.primary.reading.samples, context)
    context.move(State.BACKED_UP, seen={name: digest_to_json(each) for name, each in seen.items()})
    return Prepared(asked=evidence.evidence.asked, promised=promised)


def _with_certificate(context: Context, evidence: MergeEvidence) -> MergeEvidence:
    """Return the evidence with what was known, or accepted, of the versions when the plan was made.

    Raises
    ------
    CommitError
        If it was known then, and no certificate names the strategy for the versions of now.
    """
    if _has(context.plan, HazardKind.NOT_CERTIFIED):
        return replace(evidence, certified=False, accepts_uncertified=True)
    is_copy = bool(evidence.saved_copy)
    way = context.plan.terms.way
    if find_certificate(evidence.versions, context.run.run_dir, any_other=is_copy, way=way) is None:
        raise CommitError(
            f"there is no certificate of {way} in {context.run.run_dir} for {', '.join(evidence.versions)}; run "
            "`archredundancy certify` with this run_dir, or plan with --uncertified. If the plan was made with another "
            "run_dir, commit it with that. Nothing was changed"
        )
    return replace(evidence, certified=True)


def _saved_copy(context: Context) -> SavedCopy | None:
    """Return the saved copy that is merged in place of the secondary, if the plan was made from one."""
    source = context.run.plan.source
    return open_saved_copy(source, context.secondary.management) if source else None


def _check_fresh(context: Context, evidence: MergeEvidence) -> PVPlan:
    """Return the plan of the PV made anew, which must be the same.

    Raises
    ------
    StalePlanError
        If it is another one.
    """
    plan, terms = context.run.plan, context.run.plan.terms
    fresh = build_plan(
        [evidence],
        strategy=terms.strategy,
        root=terms.root,
        start=terms.start,
        end=terms.end,
        excluded=terms.excluded,
        horizon=terms.horizon,
    ).of(context.pv)
    differences = _alone(plan, context.plan).diff(_alone(plan, fresh))
    if differences:
        raise StalePlanError(
            f"{context.pv} is not what it was when plan {plan.id} was made, so nothing was done; plan again",
            differences=differences,
        )
    return fresh


def _alone(plan: MergePlan, pv: PVPlan) -> MergePlan:
    """Return a plan of one PV, without the hazard that speaks of the losses of all PVs: partitions tell its own."""
    own = tuple(hazard for hazard in pv.hazards if hazard.kind is not HazardKind.WOULD_LOSE)
    return replace(plan, pvs=(replace(pv, hazards=own),))


def _has(plan: PVPlan, kind: HazardKind) -> bool:
    return any(hazard.kind is kind for hazard in plan.hazards)


def _back_up(context: Context, evidence: MergeEvidence) -> None:
    """Save the affected partitions of both sides; a saved copy in place of the secondary is not saved anew.

    Raises
    ------
    VerificationError
        If a copy differs from what was read.
    """
    sides = evidence.evidence
    save(context, context.primary, sides.primary.reading, partitions_at_risk(context, sides.primary))
    if context.run.plan.source:
        return
    in_place = context.run.plan.strategy.is_in_place
    given = [each.partition for each in context.plan.partitions if each.gain or (each.rewritten and in_place)]
    save(context, context.secondary, sides.secondary.reading, given)
