"""Many PVs, one after the other: in batches, until one does not end as promised, or somebody asks for a stop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from archredundancy.commit.journal.journal import Journal
from archredundancy.commit.report.report import pv_report
from archredundancy.commit.run.wind_up import compare
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.steps.context import Context
from archredundancy.errors import ArchRedundancyError

__all__ = ["commit_in_batches", "is_stop_requested", "request_stop"]

_STOP = "stop"


def request_stop(run: Path) -> None:
    """Ask the process of a run, on whatever host, to end after the PV that it is at.

    Raises
    ------
    OSError
        If the run folder cannot be written.
    """
    (run / _STOP).touch()


def is_stop_requested(run: Path) -> bool:
    """Return whether that was asked for."""
    return (run / _STOP).exists()


def commit_in_batches(
    run: RunFolder, contexts: Sequence[Context], journal: Journal, commit: Callable[[Context], None]
) -> None:
    """Commit PVs in the batches of their plan; what is left when it ends early is written down, and stays as it is.

    After each batch but the last its PVs, which are archived again, are compared once more: what goes wrong only then
    shows before the next batch.

    Parameters
    ----------
    run : RunFolder
    contexts : sequence of Context
        In the order of the batches.
    journal : Journal
    commit : callable
        Takes one PV through all steps; what it raises ends the run.

    Raises
    ------
    ArchRedundancyError
        What `commit` has raised.
    """
    by_name = {context.pv: context for context in contexts}
    named = ([by_name[pv] for pv in batch if pv in by_name] for batch in run.plan.batches)
    batches = [batch for batch in named if batch]
    left = deque(contexts)
    for number, batch in enumerate(batches, 1):
        if len(batches) > 1:
            journal.write("batch", number=number, of=len(batches), pvs=len(batch))
        is_seen_again = number < len(batches) and not run.undoes
        try:
            why = _commit_all(run, batch, left, commit, let_go=not is_seen_again)
        except ArchRedundancyError:
            _note_left(journal, left, "since the run could not go on")
            raise
        if is_seen_again and not why:
            why = _what_did_not_stay(batch)
        if why:
            _note_left(journal, left, why)
            return


def _commit_all(
    run: RunFolder,
    batch: Sequence[Context],
    left: deque[Context],
    commit: Callable[[Context], None],
    *,
    let_go: bool,
) -> str:
    """Commit the PVs of a batch, each of which is left no more once it is begun; return why not all, or nothing."""
    for context in batch:
        if is_stop_requested(run.path):
            return "as asked"
        left.popleft()
        commit(context)
        if not pv_report(context.history).ok:
            return f"since {context.pv} did not end as promised"
        if let_go:
            context.journal.let_go(context.pv)
    return ""


def _what_did_not_stay(batch: Sequence[Context]) -> str:
    harmed = [context.pv for context in batch if not _is_still_right(context)]
    return f"since {', '.join(harmed)} did not stay as promised" if harmed else ""


def _note_left(journal: Journal, left: Collection[Context], why: str) -> None:
    if left:
        journal.write("stopped", why=why, left=len(left))


def _is_still_right(context: Context) -> bool:
    """Compare a PV that is done once more; one that cannot be read is not called right."""
    outcomes = compare(context, archiving=True)
    return outcomes is not None and all(outcome.ok for outcome in outcomes)
