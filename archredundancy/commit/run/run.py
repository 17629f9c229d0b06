"""A run: what its own process does, PV by PV."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archredundancy.commit.disk.claims import Claim, host_and_owner
from archredundancy.commit.journal.journal import SCHEMA, Journal
from archredundancy.commit.journal.states import State
from archredundancy.commit.report.report import Report
from archredundancy.commit.run.batches import commit_in_batches
from archredundancy.commit.run.undone import left_to_undo
from archredundancy.commit.run.wind_up import verify, wind_up
from archredundancy.commit.run_folder.lock import PVLocks
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.sides import open_sides
from archredundancy.commit.steps.change import consolidate, pause, take_snapshot
from archredundancy.commit.steps.context import Context
from archredundancy.commit.steps.prepare import prepare
from archredundancy.commit.steps.recording import watch_recording
from archredundancy.commit.strategies.methods import method_of
from archredundancy.commit.strategies.rolling_back import roll_back
from archredundancy.errors import ArchRedundancyError, CommitError, StoreError
from archredundancy.plan import PVPlan, Status

__all__ = ["contexts_of", "head_of", "note_run_failure", "open_journal", "run_commit"]


def run_commit(path: Path) -> Report:
    """Commit the plan in a run folder; the body of the run's own process.

    PVs are merged one after the other, in the order in which what they gain expires, in batches of 1, 10 and the rest.
    The first one that does not end as promised ends the run, and so does a request to stop (`request_stop`).

    Parameters
    ----------
    path : Path
        The run folder.

    Raises
    ------
    StoreError
        If there is no such folder, or its journal cannot be written.
    LockedError
        If another process is at work on it.
    CommitError
        If the run was begun before.
    """
    run = RunFolder.open(path)
    with run.owned() as claim:
        if run.journal.exists():
            raise CommitError(f"the run {path} was begun before; recover it, or plan again")
        with open_journal(run, claim) as journal:
            journal.write("run", **head_of(run))
            with note_run_failure(journal), contexts_of(run, journal) as contexts:
                commit_in_batches(run, contexts, journal, _commit_pv)
            journal.write("end")
    return Report.from_journal(run.journal)


def open_journal(run: RunFolder, claim: Claim) -> Journal:
    """Return the journal of a run that was claimed.

    Raises
    ------
    StoreError
        If it cannot be read or written.
    """
    try:
        return Journal(run.journal, claim=claim)
    except OSError as error:
        raise StoreError(f"the journal {run.journal} cannot be written: {error}", path=str(run.journal)) from error


def head_of(run: RunFolder) -> dict[str, Any]:
    """Return what the first line of a journal says."""
    host, owner = host_and_owner()
    plan = run.plan
    return {
        "schema": SCHEMA,
        "folder": str(run.path),
        "plan": str(plan.id),
        "strategy": run.kind,
        "pvs": [pv.pv for pv in _to_do(run)],
        "host": host,
        "owner": owner,
        "pid": os.getpid(),
        "primary": run.urls.primary,
        "secondary": run.urls.secondary,
    }


@contextmanager
def note_run_failure(journal: Journal) -> Iterator[None]:
    """Write down an error that is not of one PV, and go on after it."""
    try:
        yield
    except ArchRedundancyError as error:
        journal.write("note", failure=error.kind, message=str(error))


@contextmanager
def contexts_of(run: RunFolder, journal: Journal, *, fall_back: bool = False) -> Iterator[list[Context]]:
    """Give the PVs of a run that are to be merged, with both clusters connected, and a heartbeat all the while.

    Without a site file that still tells of these clusters, `fall_back` lets them be asked as when the run was begun.
    """

    def note(message: str) -> None:
        journal.write("note", message=message, warning=True)

    locks = PVLocks(run)
    with journal.heartbeat(), open_sides(run.urls, note if fall_back else None) as (primary, secondary):
        by_name = {pv.pv: pv for pv in _to_do(run)}
        yield [
            Context(
                run=run,
                journal=journal,
                locks=locks,
                primary=primary,
                secondary=secondary,
                plan=by_name[pv],
            )
            for batch in run.plan.batches
            for pv in batch
            if pv in by_name
        ]


def _to_do(run: RunFolder) -> list[PVPlan]:
    """Return the PVs that are to be changed: those that are ready; for a rollback those that are left to be undone."""
    ready = [pv for pv in run.plan.pvs if pv.status is Status.READY]
    if not run.undoes:
        return ready
    left = left_to_undo(RunFolder.open(run.run_dir / run.undoes), but=run.path)
    return [pv for pv in ready if pv.pv in left]


def _commit_pv(context: Context) -> None:
    """Take one PV through all steps; whatever happens on the way, it is brought to its end."""
    try:
        _change(context)
    except Exception as error:  # noqa: BLE001 - whatever it is, archiving must go on
        context.note_failure(error)
    finally:
        wind_up(context)


def _change(context: Context) -> None:
    name = context.primary.manager.type_info(context.pv).pv
    if name != context.pv:
        raise CommitError(
            f"{context.pv} is an alias of {name}; plan the merge of {name}, which is what locks and files know"
        )
    key = context.primary_key
    context.locks.take(key, context.pv)
    context.move(State.LOCKED)
    if context.run.undoes:
        roll_back(context)
        return
    context.run.refuse_committed(key)
    prepared = prepare(context)
    with method_of(context).ready(context, prepared.promised) as carry_out:
        pause(context)
        with watch_recording(context) as check_still_recorded:
            reading = consolidate(context, prepared.asked, check_still_recorded)
            check_still_recorded()
            take_snapshot(context, reading)
            context.run.mark_committed(key)
            check_still_recorded()
            carry_out(reading)
    if context.state is State.MERGED:
        verify(context, archiving=False)
