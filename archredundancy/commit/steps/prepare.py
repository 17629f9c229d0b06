"""The steps before anything is changed: freshness and backup."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import numpy as np

from archredundancy.commit.backup.copies import back_up, read_copy, save_hidden, save_promised
from archredundancy.commit.backup.saved_copy import SavedCopy, open_saved_copy
from archredundancy.commit.journal.history import digest_to_json
from archredundancy.commit.journal.states import State
from archredundancy.commit.layout import not_consolidated, perhaps_younger
from archredundancy.commit.run_folder.certificate import find_certificate
from archredundancy.commit.steps.context import Context
from archredundancy.errors import CommitError, StalePlanError, VerificationError
from archredundancy.model import (
    ChunkSummary,
    MergeEvidence,
    Partition,
    Reading,
    Samples,
    SideEvidence,
    TimeRange,
    chunk_key,
    format_time,
)
from archredundancy.plan import (
    Digest,
    HazardKind,
    MergePlan,
    PVPlan,
    build_plan,
    digest,
    partition_digests,
    promised_samples,
)
from archredundancy.plan.forecast.slots import partitions_of
from archredundancy.survey import survey_for_merge

__all__ = ["Prepared", "affected_partitions", "prepare", "settled_digests"]


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
    _note_store(context, evidence)
    _refuse_hidden(context, evidence)
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
            "`archredundancy certify` with this run_dir, or plan with --uncertified. Nothing was changed"
        )
    return replace(evidence, certified=True)


def _note_store(context: Context, evidence: MergeEvidence) -> None:
    """Write down where the primary keeps the PV's files, for who puts them back without asking it."""
    info = evidence.evidence.primary.type_info
    if info is None:
        return
    roots = [store.root_folder for store in info.stores if store.name == context.plan.storage]
    management = context.primary.key(context.pv)
    context.journal.write(
        "store",
        context.pv,
        root_folder=roots[0] if roots else "",
        chunk_key=str(info.reply.get("chunkKey") or ""),
        member=info.appliance,
        host=urlsplit(management).hostname or "",
        management=management,
    )


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
    """Save the affected partitions of both sides, and compare the copies with what was read.

    A saved copy in place of the secondary is not saved anew, but for the promised samples.

    Raises
    ------
    VerificationError
        If one differs.
    """
    sides = evidence.evidence
    affected = _to_back_up(context, sides.primary)
    in_place = context.run.plan.strategy.is_in_place
    given = tuple(each.partition for each in context.plan.partitions if each.gain or (each.rewritten and in_place))
    sources = [(context.primary, sides.primary.reading, affected)]
    if not context.run.plan.source:
        sources.append((context.secondary, sides.secondary.reading, given))
    for side, reading, partitions in sources:
        expected = settled_digests(reading.samples, context)
        reader = side.reader(context.pv)
        for partition in partitions:
            copy = back_up(reader, context.pv, partition, context.run.path, context.files, "1")
            samples = read_copy(context.run.path, copy, partition, context.plan.dbr_type).in_order()
            found = digest(samples.between(partition.start, max(partition.start, context.run.plan.horizon)))
            if found != expected.get(partition.name, Digest()):
                raise VerificationError(
                    f"the copy of {partition.name} from the {side.name} is not what was read before: {found.n} samples "
                    f"instead of {expected.get(partition.name, Digest()).n}; nothing was changed, plan again",
                    pv=context.pv,
                )
            context.note_copy(copy)


def _to_back_up(context: Context, side: SideEvidence) -> tuple[Partition, ...]:
    """Return the partitions that may be touched, by the primary's own moving between its stores too, in order of time.

    It drops what it cannot move.
    """
    moved = {
        Partition.holding(moment, context.granularity)
        for chunk in _perhaps_moved(context, side)
        for moment in (chunk.first, chunk.last)
        if moment is not None
    }
    return tuple(sorted(moved.union(affected_partitions(context, side.reading))))


def _perhaps_moved(context: Context, side: SideEvidence) -> list[ChunkSummary]:
    stores = () if side.type_info is None else side.type_info.stores
    return perhaps_younger(side.reading.layout, stores, context.plan.storage, context.run.urls.now())


def _refuse_hidden(context: Context, evidence: MergeEvidence) -> None:
    """Refuse to consolidate a PV of which younger stores have samples that nobody is shown; they are saved.

    Raises
    ------
    CommitError
        If there are any: appended to an older store that has newer samples, they would be dropped, and their files
        deleted.
    """
    hidden = evidence.hidden
    if hidden is None or not len(hidden):
        return
    key = str(context.history.store.get("chunk_key") or "") or chunk_key(context.pv)
    partitions = partition_digests(hidden, context.granularity)
    for copy in save_hidden(hidden, context.pv, partitions, context.run.path, context.files, key):
        context.note_copy(copy)
    folder = context.run.path / context.files / "hidden"
    raise CommitError(
        f"the primary stores {len(hidden):,} samples of {context.pv} that it does not show, from "
        f"{format_time(int(hidden.time[0]))} to {format_time(int(hidden.time[-1]))}: in a file that was left behind in "
        "a younger store, and that newer samples of an older one hide. To consolidate would destroy them, so nothing "
        f"was changed. As far as they can be read they are saved in {folder}. Have that file moved out of the store on "
        f"the primary's host. Then plan again; `archredundancy plan {context.pv} --source {folder}` plans to merge them"
    )


def affected_partitions(context: Context, reading: Reading) -> tuple[Partition, ...]:
    """Return the partitions of the primary that may be touched, in order of time.

    These are the ones to be rewritten, those from the horizon on, and those of which more than one store has samples;
    all with `rebuild`.
    """
    plan, granularity = context.plan, context.granularity
    held = partitions_of(reading.samples.in_order().time, granularity)
    if not plan.terms.strategy.is_in_place:
        return tuple(held)
    found = {partition.partition for partition in plan.partitions if partition.rewritten}
    found |= {Partition.from_name(name, granularity) for name in not_consolidated(reading.layout, granularity)}
    return tuple(sorted(found.union(each for each in held if each.end > plan.terms.horizon)))


def settled_digests(samples: Samples, context: Context) -> dict[str, Digest]:
    """Return the digest of each partition's samples before the horizon, by name."""
    ordered = samples.in_order()
    settled = ordered.slice(0, int(np.searchsorted(ordered.time, context.run.plan.horizon)))
    return {partition.name: each for partition, each in partition_digests(settled, context.granularity).items()}
