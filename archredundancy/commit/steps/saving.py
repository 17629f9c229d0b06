"""What is saved of a PV before the primary is told to move its files, whatever for; a commit and a rollback both do."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import numpy as np

from archredundancy.commit.backup.copies import back_up, read_copy, save_hidden
from archredundancy.commit.identity import marks_of
from archredundancy.commit.layout import not_consolidated, perhaps_younger
from archredundancy.commit.sides import Side
from archredundancy.commit.steps.context import Context
from archredundancy.display.texts import plural
from archredundancy.errors import CommitError, VerificationError
from archredundancy.model import (
    ChunkSummary,
    Partition,
    Reading,
    Samples,
    SideEvidence,
    TypeInfo,
    chunk_key,
    format_time,
)
from archredundancy.plan import Digest, digest, partition_digests
from archredundancy.plan.forecast.slots import partitions_of

__all__ = ["affected_partitions", "note_store", "partitions_at_risk", "refuse_hidden", "save", "settled_digests"]


def note_store(context: Context, info: TypeInfo | None) -> None:
    """Write down where the primary keeps the PV's files, for who puts them back without asking it."""
    if info is None:
        return
    management = context.primary.key(context.pv)
    context.journal.write(
        "store",
        context.pv,
        host=urlsplit(management).hostname or "",
        management=management,
        **marks_of(info, context.plan.storage),
    )


def save(context: Context, side: Side, reading: Reading, partitions: Iterable[Partition]) -> None:
    """Save partitions of one side, and compare the copies with what was read before.

    Raises
    ------
    VerificationError
        If one differs.
    """
    expected, horizon = settled_digests(reading.samples, context), context.run.plan.horizon
    reader = side.reader(context.pv)
    for partition in partitions:
        copy = back_up(reader, context.pv, partition, context.run.path, context.files, "1")
        samples = read_copy(context.run.path, copy, partition, context.plan.dbr_type).in_order()
        found = digest(samples.between(partition.start, max(partition.start, horizon)))
        if found != expected.get(partition.name, Digest()):
            raise VerificationError(
                f"the copy of {partition.name} from the {side.name} is not what was read before: {found.n} samples "
                f"instead of {expected.get(partition.name, Digest()).n}; nothing was changed, begin again",
                pv=context.pv,
            )
        context.note_copy(copy)


def partitions_at_risk(context: Context, side: SideEvidence) -> tuple[Partition, ...]:
    """Return the primary's partitions that may be touched, by its own moving between its stores too, in order of time.

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


def refuse_hidden(context: Context, hidden: Samples | None) -> None:
    """Refuse to consolidate a PV of which younger stores have samples that nobody is shown; they are saved.

    Raises
    ------
    CommitError
        If there are any: appended to an older store that has newer samples, they would be dropped, and their files
        deleted.
    """
    if hidden is None or not len(hidden):
        return
    key = str(context.history.store.get("chunk_key") or "") or chunk_key(context.pv)
    partitions = partition_digests(hidden, context.granularity)
    for copy in save_hidden(hidden, context.pv, partitions, context.run.path, context.files, key):
        context.note_copy(copy)
    folder = context.run.path / context.files / "hidden"
    raise CommitError(
        f"the primary stores {plural(len(hidden), 'sample')} of {context.pv} that it does not show, from "
        f"{format_time(int(hidden.time[0]))} to {format_time(int(hidden.time[-1]))}: in a file that was left behind in "
        "a younger store, and that newer samples of an older one hide. To consolidate would destroy them, so nothing "
        f"was changed. As far as they can be read they are saved in {folder}. Have that file moved out of the store on "
        f"the primary's host, and begin again; `archredundancy plan {context.pv} --source {folder}` plans to merge "
        "them"
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
