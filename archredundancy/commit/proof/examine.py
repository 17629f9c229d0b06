"""Reading the primary again, and comparing every partition with what it had and what was promised."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from archredundancy.commit.backup.copies import read_copies
from archredundancy.commit.journal.history import Copy, PVHistory
from archredundancy.commit.layout import granularity_of
from archredundancy.commit.proof.verification import (
    Outcome,
    Result,
    compare_digests,
    compare_samples,
    missing_from,
    unread,
)
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.sides import Side
from archredundancy.model import Partition, ReadFailure, Reading, Samples, TimeRange, start_of_year, year_of
from archredundancy.plan import Digest, PVPlan, digest
from archredundancy.plan.forecast.hashing import attribute_hashes, sample_hashes
from archredundancy.plan.forecast.slots import partitions_of
from archredundancy.segments import Segments

__all__ = ["examine", "load_promised", "promised_are_there", "span_of", "without_attributes"]

logger = logging.getLogger(__name__)

#: How often a PV that is archived is read before something of it is called unread.
_READINGS = 3


def examine(
    run: RunFolder, plan: PVPlan, history: PVHistory, primary: Side, secondary: Side, *, archiving: bool
) -> list[Outcome]:
    """Compare what the primary has of a PV with what it had before its merge, and with what was promised.

    Parameters
    ----------
    run : RunFolder
    plan : PVPlan
    history : PVHistory
        Of a PV that was merged.
    primary, secondary : Side
    archiving : bool
        Whether the primary has archived the PV since, so that there may be newer samples.

    Returns
    -------
    list of Outcome
        One for each partition, in order of time.

    Raises
    ------
    ArchRedundancyError
        If a copy cannot be used, or a cluster cannot be asked at all.

    Notes
    -----
    Cost: the PV's whole history from the primary; memory: that, and one partition's copy.
    """
    granularity = granularity_of(plan)
    # The copies of a rollback are of the files that it leaves; what its own shall have is known by digests.
    copies = {side: history.copies(side) if history.expected is None else {} for side in ("primary", "promised")}
    before = {Partition.from_name(name, granularity): each for name, each in history.baseline.items()}
    newest = history.newest if archiving else None
    reading, spoiled = _read_whole(primary, plan, span_of(run, plan, history), newest, archiving=archiving)
    samples = reading.samples.in_order()
    after = partitions_of(samples.time, granularity)
    promised_in = {Partition.from_name(name, granularity) for name in copies["promised"]}
    left = {Partition.from_name(name, granularity) for name in history.before}  # by a rollback
    outcomes = []
    for partition in sorted({*before, *after, *promised_in, *left}):
        if failure := next((each for each in spoiled if _touches(each.range, partition)), None):
            if partition.name not in history.unread_before:
                outcomes.append(unread(partition.name, before.get(partition, Digest()).n, failure.message))
        elif partition.name in copies["primary"] or partition in promised_in:
            had, promised = (_copied(run, copies[side], plan, partition) for side in ("primary", "promised"))
            has = _within(reading.samples, partition)
            offered = _offered(run, plan, secondary, partition)
            outcomes.append(_compare(plan, partition, (had, promised, has), offered, newest, samples))
        elif partition.name not in history.unread_before:
            held = samples.between(partition.start, partition.end if newest is None else min(partition.end, newest + 1))
            outcomes.append(compare_digests(partition.name, before.get(partition, Digest()), digest(held)))
    return outcomes


def _read_whole(
    primary: Side, plan: PVPlan, span: TimeRange, newest: int | None, *, archiving: bool
) -> tuple[Reading, list[ReadFailure]]:
    """Return a PV's history, and what of it that is to be proven could not be read.

    While a PV is archived, a sample that arrives between two requests makes the former look cut off, so such a reading
    is repeated.
    """
    attempts = _READINGS if archiving else 1
    while True:
        reading = primary.read(plan.pv, span)
        spoiled = [each for each in reading.failures if not (archiving and _is_later(each.range, plan, newest))]
        attempts -= 1
        if not spoiled or not attempts:
            return reading, spoiled
        logger.info("%s is read again: %s", plan.pv, spoiled[0].message)


def _touches(span: TimeRange, partition: Partition) -> bool:
    return span.start < partition.end and partition.start < span.end


def _compare(
    plan: PVPlan,
    partition: Partition,
    parts: tuple[Samples, Samples, Samples],
    offered: Reading | None,
    newest: int | None,
    history: Samples,
) -> Outcome:
    """Compare what a partition had, was promised and has; with all that samples carry if nothing may be dropped."""
    accept_loss = any(each.would_be_lost for each in plan.partitions if each.partition == partition)
    hashes = sample_hashes
    if not plan.terms.strategy.is_in_place:
        hashes = attribute_hashes
        first = int(history.time[0]) if len(history) else 0
        had, promised, has = (without_attributes(each, first) for each in parts)
        parts = (had, promised, has)
    compare = partial(compare_samples, partition, *parts, accept_loss=accept_loss, until=newest, hashes=hashes)
    return compare() if offered is None else _tolerate(offered, parts[-1], compare)


def _tolerate(offered: Reading, has: Samples, compare: Callable[..., Outcome]) -> Outcome:
    """Compare; samples that may be the secondary's, but where it could not be read, make a partition unread."""
    outcome = compare(tolerated=offered.samples)
    spans = Segments.of(*((each.range.start, each.range.end) for each in offered.failures))
    unseen = has.take(np.flatnonzero(spans.contains(has.time)))
    if not outcome.invented or not len(unseen):
        return outcome
    excused = compare(tolerated=Samples.concatenate([each for each in (offered.samples, unseen) if len(each)]))
    return replace(excused, result=Result.UNREAD, reason=offered.failures[0].message) if excused.ok else outcome


def load_promised(run: RunFolder, plan: PVPlan, history: PVHistory) -> Samples:
    """Return the promised samples of a PV from their copies.

    Raises
    ------
    StoreError, VerificationError
        If they cannot be used.
    """
    copies = history.copies("promised")
    names = {name: Partition.from_name(name, granularity_of(plan)) for name in sorted(copies)}
    return read_copies(run.path, copies, names, plan.dbr_type).in_order()


def promised_are_there(primary: Side, plan: PVPlan, promised: Samples) -> bool:
    """Return whether the primary has every promised sample by now."""
    for partition in plan.partitions:
        wanted = promised.between(partition.partition.start, partition.partition.end)
        if len(wanted):
            asked = TimeRange(start=int(wanted.time[0]), end=int(wanted.time[-1]) + 1)
            if missing_from(primary.read(plan.pv, asked).samples, wanted):
                return False
    return True


def span_of(run: RunFolder, plan: PVPlan, history: PVHistory) -> TimeRange:
    """Return the PV's whole history, by what is known of it and planned for it."""
    held = [*history.seen.values(), *history.before.values()]
    firsts = [each.first for each in held if each.first is not None]
    firsts += [each.partition.start for each in plan.partitions]
    start = start_of_year(year_of(min(firsts, default=run.urls.now())))
    lasts = [each.last for each in held if each.last is not None]
    return TimeRange(start=start, end=start_of_year(year_of(max([*lasts, run.urls.now()])) + 2))


def without_attributes(samples: Samples, time: int) -> Samples:
    """Return samples without the attributes of those at a time: the first sample of every answer has lost them."""
    extras = samples.extras
    hidden = samples.time[extras.row] == time
    bare = replace(
        extras,
        repeat_count=np.where(hidden, -1, extras.repeat_count),
        user_tag=np.where(hidden, -1, extras.user_tag),
        field_change=np.where(hidden, -1, extras.field_change).astype(np.int8),
    )
    return replace(samples, extras=bare)


def _is_later(span: TimeRange, plan: PVPlan, newest: int | None) -> bool:
    """Return whether a span begins after all that is to be proven.

    While a PV is archived, its newest samples are in the engine's memory, and no other answer vouches for them.
    """
    known = [newest, *(each.secondary.last for each in plan.partitions)]
    return span.start > max((time for time in known if time is not None), default=span.start)


def _copied(run: RunFolder, copies: Mapping[str, Copy], plan: PVPlan, partition: Partition) -> Samples:
    return read_copies(run.path, copies, {partition.name: partition}, plan.dbr_type)


def _within(samples: Samples, partition: Partition) -> Samples:
    """Return the samples of a partition in stored order, which must be that of time, too."""
    rows = (samples.time >= partition.start) & (samples.time < partition.end)
    return samples.take(rows.nonzero()[0])


def _offered(run: RunFolder, plan: PVPlan, secondary: Side, partition: Partition) -> Reading | None:
    """Return what may have come beside the promise: with `direct`, what the secondary has from the horizon on."""
    start = max(partition.start, run.plan.horizon)
    if run.plan.strategy.is_served or start >= partition.end:
        return None
    return secondary.read(plan.pv, TimeRange(start=start, end=partition.end))
