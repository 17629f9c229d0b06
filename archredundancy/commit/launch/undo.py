"""`rollback`: undoing a rebuild, once a person has seen what that would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from archredundancy.commit.journal.history import histories
from archredundancy.commit.journal.journal import Entry, read_journal
from archredundancy.commit.launch.launch import run_to_its_end
from archredundancy.commit.report.report import Report, pv_report
from archredundancy.commit.run.undone import changed_by, left_to_undo, rollbacks_of
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.settings import RunSettings
from archredundancy.display.texts import plural
from archredundancy.errors import ApprovalError, CommitError
from archredundancy.plan import PlanId

__all__ = ["MovedPV", "RollbackPlan", "plan_rollback", "rollback"]


@dataclass(frozen=True, kw_only=True)
class MovedPV:
    """A PV that a rebuild has moved.

    Attributes
    ----------
    pv : str
    stored_in, kept_in : str
        URLs of the store: where the rebuild has left it, and where its old files are.
    gained : int
        Samples that the rebuild has added.
    """

    pv: str
    stored_in: str
    kept_in: str
    gained: int


@dataclass(frozen=True, kw_only=True, repr=False)
class RollbackPlan:
    """What undoing a run would do, by its journal; printed, it tells a person.

    Attributes
    ----------
    run : Path
        Folder of the run that would be undone.
    pvs : tuple of MovedPV
    """

    run: Path
    pvs: tuple[MovedPV, ...]

    @property
    def id(self) -> PlanId:
        """Tells this rollback from every other; typed by a person, it approves it."""
        facts = [self.run.name, *(part for pv in self.pvs for part in (pv.pv, pv.stored_in, pv.kept_in))]
        found = sha256("\n".join(facts).encode()).hexdigest()
        return PlanId(f"{found[:4]}-{found[4:8]}")

    def __repr__(self) -> str:
        lines = [f"Rollback {self.id} of the run {self.run.name}: nothing has been changed yet", ""]
        for pv in self.pvs:
            lines += [
                f"{pv.pv}: goes back to its old files, with what it recorded since",
                f"  It is stored in {pv.stored_in}",
                f"  Its old files are in {pv.kept_in}",
                f"  {plural(pv.gained, 'sample')} that the rebuild added: then in the rebuilt files only, which stay",
            ]
        lines += ["", "Each PV is paused meanwhile. Where a sample would be lost, its PV stays on the rebuilt files."]
        return "\n".join([*lines, f"To do it: `archredundancy rollback {self.run} --approve {self.id}`"])

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON content."""
        return {"id": str(self.id), "run": str(self.run), "pvs": [asdict(pv) for pv in self.pvs]}


def plan_rollback(path: Path) -> RollbackPlan:
    """Return what undoing a run would do; changes nothing, and asks no cluster.

    Parameters
    ----------
    path : Path
        The run folder.

    Raises
    ------
    CommitError
        If the run has rebuilt nothing that is not undone yet.
    StoreError
        If there is no such run.
    """
    run = RunFolder.open(path)
    if run.undoes or run.plan.strategy.is_in_place:
        raise CommitError(
            f"the run {run.path.name} is a {run.kind}, and only a rebuild keeps the old files; "
            f"`archredundancy restore {run.path} -o FOLDER` writes what it has backed up, to be put back by hand"
        )
    if not changed_by(run):
        raise CommitError(f"the run {run.path.name} has rebuilt no PV, so there is nothing to undo; see its report")
    left = left_to_undo(run)
    if not left:
        names = ", ".join(each.path.name for each in rollbacks_of(run))
        raise CommitError(f"the run {run.path.name} was undone already, by {names}; see the report of that")
    found = histories((pv.pv for pv in run.plan.pvs), read_journal(run.journal))
    pvs = tuple(
        MovedPV(pv=pv, stored_in=history.stored_in, kept_in=history.kept_in, gained=pv_report(history).count("gained"))
        for pv, history in found.items()
        if pv in left
    )
    return RollbackPlan(run=run.path, pvs=pvs)


def rollback(
    path: Path,
    approve: str,
    *,
    settings: RunSettings | None = None,
    on_entry: Callable[[Entry], None] | None = None,
) -> Report:
    """Undo what a run has rebuilt, in a process of its own with a run folder of its own beside that run's.

    Each PV is stored again where its old files are, and what it recorded since the rebuild is added to them; what the
    rebuild had added is then in the rebuilt files only, which stay where they are. Nothing is undone where a sample
    would be lost by it. PVs that an earlier rollback of the run has put back are left alone.

    Parameters
    ----------
    path : Path
        Folder of the run that is undone.
    approve : str
        The id of `plan_rollback` as a person has read and typed it; the plan's own `id` is not accepted.
    settings : RunSettings, optional
        Instead of that run's own.
    on_entry : callable, optional
        Told of each new line of the journal.

    Returns
    -------
    Report
        Of the rollback; if it failed, its PVs stay on the rebuilt files.

    Raises
    ------
    ApprovalError
        If it was not approved by a person.
    CommitError
        If the run has rebuilt nothing that is not undone yet.
    LockedError
        If its process is alive.
    StoreError
        If there is no such run, or the run folder cannot be written.
    """
    undone = RunFolder.open(path)
    with undone.owned():
        _check_approval(plan_rollback(path), approve)
    run = RunFolder.create(
        undone.run_dir, undone.plan, undone.urls, settings or undone.settings, undoes=undone.path.name
    )
    return run_to_its_end(run, on_entry)


def _check_approval(plan: RollbackPlan, approve: str) -> None:
    """Refuse a rollback that no person has approved.

    Raises
    ------
    ApprovalError
        If so.
    """
    if type(approve) is not str or approve != plan.id:
        raise ApprovalError(
            f"approve={approve!r} does not approve the rollback of {plan.run.name}: print `plan_rollback` of it, or "
            f"`archredundancy rollback {plan.run}`, which changes nothing, read it, and type the id it begins with"
        )
