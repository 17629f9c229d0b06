"""What of a rebuild is still to be undone, by the journals of its run and of the rollbacks of that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archredundancy.commit.journal.history import histories
from archredundancy.commit.journal.journal import read_journal
from archredundancy.commit.run_folder.run_folder import RunFolder

__all__ = ["changed_by", "left_to_undo", "rollbacks_of"]


def changed_by(run: RunFolder) -> set[str]:
    """Return the PVs that a run has changed for good.

    Raises
    ------
    StoreError
        If its journal cannot be read.
    """
    entries = read_journal(run.journal) if run.journal.exists() else []
    of_pvs = histories((pv.pv for pv in run.plan.pvs), entries)
    return {pv for pv, history in of_pvs.items() if history.is_changed}


def left_to_undo(run: RunFolder, but: Path | None = None) -> set[str]:
    """Return the PVs that a run has rebuilt and no rollback of it has put back yet.

    Parameters
    ----------
    run : RunFolder
        Of the rebuild.
    but : Path, optional
        Folder of a rollback that does not count, since it is the one that asks.

    Raises
    ------
    StoreError
        If a journal cannot be read.
    """
    return changed_by(run).difference(*(changed_by(each) for each in rollbacks_of(run) if each.path != but))


def rollbacks_of(run: RunFolder) -> Iterator[RunFolder]:
    """Yield the rollbacks of a run, the oldest first.

    Raises
    ------
    StoreError
        If a folder cannot be read.
    """
    for path in sorted(run.run_dir.glob(f"*-{run.plan.id}-rollback")):
        rollback = RunFolder.open(path)
        if rollback.undoes == run.path.name:
            yield rollback
