"""The steps that come before a PV's files are changed, whatever the strategy: pause, consolidate, snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from archredundancy.client import Committer
from archredundancy.commit.backup.copies import back_up, read_copy
from archredundancy.commit.journal.history import digest_to_json
from archredundancy.commit.journal.states import State
from archredundancy.commit.layout import not_consolidated
from archredundancy.commit.proof.consolidation import compare_with_seen, loss_of
from archredundancy.commit.proof.verification import Result
from archredundancy.commit.sides import ARCHIVING, PAUSED
from archredundancy.commit.steps.context import Context
from archredundancy.commit.steps.flush import needs_whole_wait, newest_samples, wait_for_flush
from archredundancy.commit.steps.long_call import LongCall
from archredundancy.commit.steps.recording import check_recorded
from archredundancy.commit.steps.saving import affected_partitions
from archredundancy.errors import CommitError, VerificationError
from archredundancy.model import Partition, Reading, TimeRange, format_time
from archredundancy.plan import Digest, digest, partition_digests

__all__ = ["consolidate", "pause", "take_snapshot"]


def pause(context: Context) -> None:
    """Pause the PV at the primary, and wait until its engine has stopped and written what it held.

    Raises
    ------
    CommitError
        If the PV is not archived to begin with, or not paused in time, or the secondary does not record it.
    RefusedError
        If the appliance refuses, because somebody else has paused it in the meantime, for instance.
    """
    settings, pv = context.run.settings, context.pv
    status = context.primary.status(pv)
    if status != ARCHIVING:
        raise CommitError(f"the primary says {status!r} of {pv}, so it is not for us to pause; nothing was changed")
    check_recorded(context)
    held = None if needs_whole_wait(context) else newest_samples(context)
    context.move(State.PAUSING, paused_by_us=True, status=status, at=format_time(context.run.urls.now()))
    context.committer.pause(pv).require()
    if not context.wait_for(lambda: context.primary.status(pv) == PAUSED, settings.pause):
        raise CommitError(f"the primary did not stop archiving {pv} within {settings.pause:g} s; nothing else was done")
    wait_for_flush(context, held)
    check_recorded(context)
    context.move(State.PAUSED)


def consolidate(context: Context, asked: TimeRange, check_recorded_still: Callable[[], None]) -> Reading:
    """Move all samples of the primary into the store that is merged into, prove it, and return them.

    Parameters
    ----------
    context : Context
    asked : TimeRange
        The PV's whole history.
    check_recorded_still : callable
        Of `watch_recording`: what it raises breaks off a consolidation that takes long.

    Raises
    ------
    CommitError
        If the secondary has stopped recording the PV; the consolidation may still be going on.
    RefusedError
        If the appliance refuses.
    VerificationError
        If other stores still hold samples: merged over, they would vanish.
    """
    context.move(State.CONSOLIDATING)
    # Into the youngest store nothing can move, and the appliance refuses to try.
    if context.primary.manager.type_info(context.pv).stores[0].name != context.plan.storage:
        _consolidate(context, check_recorded_still)
    reading = context.primary.read(context.pv, asked)
    spread = not_consolidated(reading.layout, context.granularity)
    if spread:
        raise VerificationError(
            f"{context.pv} was consolidated, but of {', '.join(spread[:3])} more than one store has samples; "
            "nothing else was done",
            pv=context.pv,
        )
    context.move(State.CONSOLIDATED)
    return reading


def _consolidate(context: Context, check: Callable[[], None]) -> None:
    settings = context.run.settings
    call = LongCall(context.journal.about(context.pv))
    committer = Committer(context.committer.url, context.primary.transport, call)
    call.wait(
        lambda: committer.consolidate(context.pv, context.plan.storage, timeout=settings.consolidate),
        check,
        settings.poll,
    ).require()


def take_snapshot(context: Context, reading: Reading) -> None:
    """Write down what the primary has right before the merge, and make sure that the backup is equal to it.

    Raises
    ------
    VerificationError
        If samples got lost since the plan was checked (V0), a copy differs, or the merge would lose more than accepted.
    """
    affected = affected_partitions(context, reading)
    before = partition_digests(reading.samples, context.granularity)
    _check_nothing_lost(context, reading, before)
    unread = _unread(context, reading, affected)
    digests = {partition.name: digest_to_json(each) for partition, each in before.items()}
    context.journal.write("before", context.pv, digests=digests, unread=unread)
    _check_losses(context, reading, affected)
    _back_up_again(context, [each for each in affected if not _is_copied(context, each, before)], before)
    context.move(State.SNAPSHOT)


def _is_copied(context: Context, partition: Partition, before: Mapping[Partition, Digest]) -> bool:
    """Return whether the copy made before the pause, equal to what was seen then, is equal to what is there now."""
    history = context.history
    is_settled = partition.end <= context.run.plan.horizon and partition.name in history.copies("primary")
    return is_settled and history.seen.get(partition.name, Digest()) == before.get(partition, Digest())


def _back_up_again(context: Context, partitions: Iterable[Partition], before: Mapping[Partition, Digest]) -> None:
    """Save partitions that may have gained samples since they were copied before the pause.

    Raises
    ------
    VerificationError
        If a copy is not equal to what the primary has.
    """
    reader = context.primary.reader(context.pv)
    for partition in partitions:
        copy = back_up(reader, context.pv, partition, context.run.path, context.files, "2")
        samples = read_copy(context.run.path, copy, partition, context.plan.dbr_type)
        if digest(samples) != before.get(partition, Digest()):
            raise VerificationError(
                f"the backup of {partition.name} is not equal to what the primary has; nothing else was done",
                pv=context.pv,
            )
        context.note_copy(copy)


def _unread(context: Context, reading: Reading, affected: tuple[Partition, ...]) -> list[str]:
    """Return the partitions that could not be read, none of which may be an affected one, or any with `rebuild`.

    Raises
    ------
    VerificationError
        If one is.
    """
    names = set()
    for failure in reading.failures:
        touched = any(failure.range.start < each.end and each.start < failure.range.end for each in affected)
        if touched or not context.run.plan.strategy.is_in_place:
            raise VerificationError(
                f"{context.pv} could not be read whole after it was consolidated ({failure.message}); nothing was "
                "merged",
                pv=context.pv,
            )
        span, start = failure.range, failure.range.start
        while start < span.end:
            partition = Partition.holding(start, context.granularity)
            names.add(partition.name)
            start = partition.end
    return sorted(names)


def _check_nothing_lost(context: Context, reading: Reading, before: Mapping[Partition, Digest]) -> None:
    """Check V0: everything that was there before the pause is there now.

    Raises
    ------
    VerificationError
        If something is not, or that cannot be seen.
    """
    outcomes = compare_with_seen(context.run, context.plan, context.history, reading, before)
    if (loss := loss_of(context.run, context.history, outcomes)) is not None:
        raise loss
    if unread := [outcome.partition for outcome in outcomes if outcome.result is Result.UNREAD]:
        why = "; ".join(failure.message for failure in reading.failures[:1])
        raise VerificationError(
            f"{context.pv} could not be read whole after it was consolidated, as in {', '.join(unread[:3])} ({why}); "
            "nothing else was done",
            pv=context.pv,
        )


def _check_losses(context: Context, reading: Reading, affected: tuple[Partition, ...]) -> None:
    """Check that the merge will destroy just what the plan says, which was approved; a rebuild destroys nothing.

    Raises
    ------
    VerificationError
        If it would destroy more.
    """
    if not context.run.plan.strategy.is_in_place:
        return
    planned = {plan.partition: plan.would_be_lost for plan in context.plan.partitions if plan.rewritten}
    endangered = set(planned)
    if not context.run.plan.strategy.is_served:
        # The secondary goes on recording, so every partition after the horizon may be rewritten, planned or not.
        endangered.update(each for each in affected if each.end > context.run.plan.horizon)
    samples = reading.samples.in_order()
    more = [
        partition.name
        for partition in sorted(endangered)
        if len(samples.between(partition.last_read + 1, partition.end)) != planned.get(partition, 0)
    ]
    if more:
        raise VerificationError(
            f"{context.pv} by now has other samples in the last second of {', '.join(more)} than when the merge was "
            "planned; they would be destroyed, so nothing was merged",
            pv=context.pv,
        )
