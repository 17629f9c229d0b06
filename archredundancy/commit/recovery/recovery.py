"""`recover`: what a run that died left undone. `verify`: whether what it did is still there."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from archredundancy.commit.disk.claims import EXPIRY, Life
from archredundancy.commit.journal.history import PVHistory, histories
from archredundancy.commit.journal.journal import read_journal
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.consolidation import compare_with_seen
from archredundancy.commit.proof.examine import examine, span_of
from archredundancy.commit.proof.verification import unread
from archredundancy.commit.recovery.same_primary import check_primary
from archredundancy.commit.report.report import PVReport, Report, pv_report
from archredundancy.commit.run.run import contexts_of, head_of, note_run_failure, open_journal
from archredundancy.commit.run.wind_up import wind_up
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.settings import RunSettings
from archredundancy.commit.sides import Side, open_sides
from archredundancy.commit.steps.context import Context
from archredundancy.errors import ArchRedundancyError

__all__ = ["recover", "verify"]

logger = logging.getLogger(__name__)

_OTHER_BY_NOW = (
    "by now the primary has not all that was promised, which may have come since; `archredundancy verify` tells of it"
)


def recover(
    path: Path,
    *,
    mgmt_idle: bool = False,
    primary_moved: str | None = None,
    settings: RunSettings | None = None,
    seen: Life | None = None,
    expiry: float = EXPIRY,
) -> Report:
    """Bring a run to its end whose process died, or which left a PV to a person.

    The journal is believed about what was done, never about what is: the clusters are asked. First of all PVs are
    archived again, as soon as that is safe; then what was merged is verified, and locks are released. A merge that may
    still be running keeps its PV paused, and the lock. Of a run at its end, what could not be read then is compared,
    and written down once it is proven. Harmless when repeated.

    Parameters
    ----------
    path : Path
        The run folder.
    mgmt_idle : bool
        Whether a person has made sure, from its log for instance, that the primary's mgmt merges no PV of the run.
    primary_moved : str, optional
        URL under which the primary is asked now, where a person knows that it is the same one: its host was exchanged,
        or has another name. Each PV's member, creation time, type, folder and key must be what they were; else nothing
        is done to it. The run is written to be about this URL from then on.
    settings : RunSettings, optional
        Instead of the run's own.
    seen : Life, optional
        How the run was seen without a change for so long that nobody can be at work on it.
    expiry : float, seconds
        How long a run of another host is watched for life first, where `seen` is not given.

    Returns
    -------
    Report

    Raises
    ------
    LockedError
        If the run shows life.
    StoreError
        If there is no such run, or its journal cannot be written.
    CommitError
        If the site file says another URL than `primary_moved`.
    ArchRedundancyError
        If the primary cannot be asked; then nothing was done. The secondary may be away.
    """
    run = RunFolder.open(path)
    if settings is not None:
        run = replace(run, settings=settings)
    if primary_moved is not None:
        run = replace(run, urls=run.urls.moved_to(primary_moved))
    if primary_moved is None and run.journal.exists() and _is_done(closed := Report.from_journal(run.journal)):
        return closed
    with run.owned(seen=seen, expiry=expiry) as claim, open_journal(run, claim) as journal:
        journal.write("recovery", mgmt_idle=mgmt_idle, **head_of(run))
        with contexts_of(run, journal, fall_back=True) as contexts:
            for context in contexts:
                _bring_to_its_end(context, mgmt_idle=mgmt_idle, has_moved=primary_moved is not None)
        journal.write("end")
    return Report.from_journal(run.journal)


def verify(path: Path) -> Report:
    """Compare what the primary has now with what a run promised; changes nothing, not even the journal.

    Parameters
    ----------
    path : Path
        The run folder.

    Returns
    -------
    Report
        That of the run, with outcomes of this moment for PVs that were merged. Of one that cannot be compared, since a
        copy cannot be used for instance, partitions are unread, and the message says why.

    Raises
    ------
    StoreError
        If there is no such run.
    ArchRedundancyError
        If the primary cannot be asked at all.
    """
    run = RunFolder.open(path)
    report, entries = Report.from_journal(run.journal), read_journal(run.journal)
    with open_sides(run.urls, logger.warning) as (primary, secondary):
        of_pvs = histories((pv.pv for pv in report.pvs), entries)
        found = tuple(_look_again(pv, run, of_pvs[pv.pv], (primary, secondary)) for pv in report.pvs)
    return replace(report, pvs=found)


def _look_again(pv: PVReport, run: RunFolder, history: PVHistory, sides: tuple[Side, Side]) -> PVReport:
    """Return what has become of a PV by now."""
    plan = run.plan.of(pv.pv)
    try:
        if history.is_changed:
            return replace(pv, outcomes=tuple(examine(run, plan, history, *sides, archiving=True)))
        if history.is_in_doubt:
            outcomes = compare_with_seen(run, plan, history, sides[0].read(pv.pv, span_of(run, plan, history)))
            return replace(pv, outcomes=tuple(each for each in outcomes if not each.ok))
    except ArchRedundancyError as error:
        unseen = (unread(each.partition, each.before, str(error)) if each.ok else each for each in pv.outcomes)
        return replace(pv, outcomes=tuple(unseen), message=str(error))
    return pv


def _bring_to_its_end(context: Context, *, mgmt_idle: bool, has_moved: bool) -> None:
    """Do for a PV what the run has left undone; one that was not begun stays planned, and is told as such."""
    with note_run_failure(context.journal):
        if context.state is State.PLANNED:
            context.locks.release(context.pv)  # the run may have died right after it had taken it
        elif context.state is not State.CLOSED:
            check_primary(context, has_moved=has_moved)
            wind_up(context, mgmt_idle=mgmt_idle)
        else:
            _look_at_closed(context, has_moved=has_moved)


def _look_at_closed(context: Context, *, has_moved: bool) -> None:
    """Do what can be done for a PV that the run has brought to its end: believe its new address, prove it late."""
    is_unproven = pv_report(context.history).is_unproven
    if not (has_moved or is_unproven):
        return
    try:
        check_primary(context, has_moved=has_moved)
        if is_unproven:
            _prove_late(context)
    except ArchRedundancyError as error:
        context.note_failure(error)
    finally:
        context.locks.release(context.pv)


def _prove_late(context: Context) -> None:
    """Compare what could not be read when a PV was closed, and write it down if all is as promised.

    If not, that may be since: later runs, and whoever else changes files, are not known here. `verify` tells of it.
    """
    run, plan, history = context.run, context.plan, context.history
    outcomes = examine(run, plan, history, context.primary, context.secondary, archiving=True)
    if all(outcome.ok for outcome in outcomes):
        context.note_outcomes(outcomes)
    elif _OTHER_BY_NOW not in history.warnings:
        context.note_warning(_OTHER_BY_NOW)


def _is_done(report: Report) -> bool:
    """Return whether nothing is left to be done, or to be proven."""
    return not report.is_open and not any(pv.is_unproven for pv in report.pvs)
