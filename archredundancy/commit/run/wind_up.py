"""The end of a PV's merge, well or not, in its own run or in recovery: archiving again as soon as that is safe.

What is to be done follows from the state alone (`states.TABLE`), and from what the servers say. Doing it twice does no
harm.
"""

from __future__ import annotations

import time
from contextlib import suppress

from archredundancy.commit.journal.history import was_answered
from archredundancy.commit.journal.pause import pause_of
from archredundancy.commit.journal.states import TABLE, Duty, State
from archredundancy.commit.layout import not_consolidated
from archredundancy.commit.proof.consolidation import compare_with_seen, loss_of
from archredundancy.commit.proof.examine import examine, span_of
from archredundancy.commit.proof.verification import Outcome, Result
from archredundancy.commit.run.pauses import announced_pause, measure_pause, remember_pause
from archredundancy.commit.sides import ARCHIVING, PAUSED
from archredundancy.commit.steps.context import Context
from archredundancy.commit.steps.flush import SETTLED
from archredundancy.commit.strategies.methods import method_of
from archredundancy.commit.strategies.switching_back import switch_back
from archredundancy.errors import ArchRedundancyError, ConnectionFailed, RefusedError, StoreError
from archredundancy.model import TimeRange, format_time, start_of_year, year_of

__all__ = ["compare", "verify", "wind_up"]

#: With these a call was not begun; 500 may come from a part of the appliance that another part still works for.
_NOT_BEGUN = frozenset({400, 404, 503})


def wind_up(context: Context, *, mgmt_idle: bool = False) -> None:
    """Bring a PV to its end, whatever its state; the relay, if there was one, must be closed.

    Parameters
    ----------
    context : Context
    mgmt_idle : bool
        Whether a person has made sure that the primary is not merging this PV any more.

    Raises
    ------
    StoreError
        If the journal cannot be written; the PV archives again all the same, where that is safe.
    LockedError
        If the run was taken over by another process.
    OSError
        That is a ConnectionFailed, if a cluster cannot be asked.

    Notes
    -----
    Ends in the state CLOSED with the lock released, or in STILL_RUNNING, NOT_SWITCHED_BACK or NOT_RESUMED with the lock
    kept, where a person must act.
    """
    try:
        if _put_right(context, mgmt_idle=mgmt_idle):
            _conclude(context)
    except OSError as error:
        if isinstance(error, ConnectionFailed):
            raise
        # The disk of the run does not take another line. The PV comes first; recovery does the rest.
        context.journal.be_last_resort(error)
        _put_right(context, mgmt_idle=mgmt_idle)
        raise StoreError(
            f"the journal {context.journal.path} cannot be written ({error}), so of {context.pv} only archiving was "
            "seen to; make room, then recover the run",
            path=str(context.journal.path),
        ) from error


def _put_right(context: Context, *, mgmt_idle: bool) -> bool:
    """Let the primary archive the PV again, if it does not because of the run and it is safe; return whether it is."""
    duty = TABLE[context.state].duty
    if duty is Duty.NOTHING:
        return False
    if duty is Duty.SETTLE and not method_of(context).settle(context, mgmt_idle=mgmt_idle):
        return False
    if TABLE[context.state].duty is Duty.SWITCH_BACK and not switch_back(context):
        return False
    _wait_for_pause(context)
    if duty is Duty.WAIT_AND_RESUME:
        _wait_for_consolidation(context)
    history = context.history
    return not history.was_paused or history.reached(State.ARCHIVING) or _resume(context)


def _conclude(context: Context) -> None:
    """Write down what the pause cost, verify what was not or could not be verified before, and release the lock."""
    history = context.history
    if history.reached(State.ARCHIVING) and pause_of(history) is None:
        _note_life(context)
    if history.reached(State.MERGED) and not (history.is_compared or history.reached(State.REVIEWED)):
        verify(context, archiving=True)
    if history.is_in_doubt and not history.verified:
        _prove_nothing_lost(context)
    context.locks.release(context.pv)
    context.move(State.CLOSED)


def verify(context: Context, *, archiving: bool) -> None:
    """Compare what the primary has with what was promised, where that is possible, and go on to the state of it."""
    if compare(context, archiving=archiving) is not None:
        context.move(State.REVIEWED if archiving else State.VERIFIED)


def compare(context: Context, *, archiving: bool) -> list[Outcome] | None:
    """Compare what the primary has with what was promised, and write it down, or why that fails; None then."""
    try:
        outcomes = examine(
            context.run, context.plan, context.history, context.primary, context.secondary, archiving=archiving
        )
    except ArchRedundancyError as error:
        context.note_failure(error)
        return None
    context.note_outcomes(outcomes)
    return outcomes


def _prove_nothing_lost(context: Context) -> None:
    """See what pause and consolidation did to a PV that was not merged, and write down what it has lost by them."""
    run, plan, history = context.run, context.plan, context.history
    try:
        reading = context.primary.read(context.pv, span_of(run, plan, history))
        outcomes = compare_with_seen(run, plan, history, reading)
    except ArchRedundancyError as error:
        context.note_failure(error)
        return
    if (loss := loss_of(run, history, outcomes)) is not None:
        context.note_failure(loss)
        context.note_outcomes(outcomes)
    elif unread := [outcome.partition for outcome in outcomes if outcome.result is Result.UNREAD]:
        message = (
            f"it could not be seen whether all that it had in {', '.join(unread[:3])} is there after the pause; look "
            f"again later: `archredundancy verify {run.path}`"
        )
        context.note_warning(message)


def _wait_for_pause(context: Context) -> None:
    """Wait until a pause without answer is seen: carried out only after a look, it would leave the PV paused unsaid."""
    history = context.history
    if not history.intended("pauseArchivingPV") or was_answered(history.outcome("pauseArchivingPV")):
        return
    if history.reached(State.PAUSED) or history.reached(State.RESUMING):
        return
    if not context.wait_for(lambda: _is_paused(context), context.run.settings.pause):
        context.note_warning(
            "the pause got no answer and was not seen to be done; look in a while whether the primary still archives "
            "this PV, and resume it if not"
        )


def _is_paused(context: Context) -> bool:
    return context.primary.status(context.pv) == PAUSED or context.primary.manager.type_info(context.pv).paused


def _wait_for_consolidation(context: Context) -> None:
    """Wait until a consolidation without answer is seen to be done, or long enough.

    After that the PV may be resumed: a file is copied and then deleted only if its size has not changed, so that
    samples which come in meanwhile are not lost (`ETLJob`).
    """
    outcome = context.history.outcome("consolidateDataForPV")
    if not context.history.intended("consolidateDataForPV"):
        return
    if outcome is not None and ("ok" in outcome or not outcome["sent"] or outcome["status"] in _NOT_BEGUN):
        return
    earliest = min((each.partition.start for each in context.plan.partitions), default=context.run.plan.horizon)
    whole = TimeRange(start=start_of_year(year_of(earliest)), end=start_of_year(year_of(context.run.urls.now()) + 2))

    def is_done() -> bool:
        reading = context.primary.read(context.pv, whole)
        return not reading.failures and not not_consolidated(reading.layout, context.granularity)

    if not context.wait_for(is_done, context.run.settings.pause):
        context.note_warning("the consolidation got no answer, and was not seen to be done")


def _resume(context: Context) -> bool:
    """Let the primary archive the PV again, and return whether it does."""
    if context.state is not State.RESUMING:
        context.move(State.RESUMING, at=format_time(context.run.urls.now()))
    if context.wait_for(lambda: _is_archiving(context), context.run.settings.resume):
        context.move(State.ARCHIVING)
        return True
    context.move(State.NOT_RESUMED)
    return False


def _is_archiving(context: Context) -> bool:
    """Return whether the PV is archived, and still is a little later; a paused one is resumed first.

    The engine follows the configuration after a while, so a PV that is about to stop is still `Being archived`; not so
    once the engine itself has said that it is paused.
    """
    pv, primary = context.pv, context.primary
    if _is_paused(context):
        with suppress(RefusedError):
            context.committer.resume(pv).require()
    if primary.status(pv) != ARCHIVING:
        return False
    seconds = context.run.settings.flush
    time.sleep(min(seconds, SETTLED) if context.history.reached(State.PAUSED) else seconds)
    return primary.status(pv) == ARCHIVING and not primary.manager.type_info(pv).paused


def _note_life(context: Context) -> None:
    """Write down whether a new sample has come since, and for how long none was recorded; no failure ends the run."""
    try:
        alive, pause = _is_alive(context), measure_pause(context)
    except ArchRedundancyError as error:
        alive, pause = f"whether a new sample has come could not be seen: {error}", announced_pause(context)
    try:
        remember_pause(context, pause)
    except StoreError as error:
        context.note_warning(str(error))
    context.journal.write("note", context.pv, message=alive, pause=pause.to_json())


def _is_alive(context: Context) -> str:
    """Return in words whether a new sample has come; a PV that does not change has none to give."""
    first = context.primary.manager.pv_status([context.pv])[0]
    if not first.connected:
        return "the primary is not connected to the PV"

    def has_come() -> bool:
        event = context.primary.manager.pv_status([context.pv])[0].last_event
        return event is not None and (first.last_event is None or event > first.last_event)

    alive = context.wait_for(has_come, context.run.settings.alive)
    return "a new sample has come" if alive else "no new sample has come yet"
