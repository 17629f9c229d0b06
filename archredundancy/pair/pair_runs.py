"""What is done about a run afterwards: proven, brought to its end, undone, its backup written as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archredundancy.commit import (
    Entry,
    Report,
    Restored,
    RollbackPlan,
    RunSettings,
    default_run_dir,
    find_run,
    plan_rollback,
    recover,
    restore,
    rollback,
    verify,
)
from archredundancy.errors import ApprovalError
from archredundancy.pair.asked_pair import AskedPair
from archredundancy.plan import MergePlan

__all__ = ["PairRuns"]


class PairRuns(AskedPair):
    """The methods of a `ClusterPair` that are about the run of a commit.

    Attributes
    ----------
    run_dir : Path or None
        Folder of runs, locks and backups; None for one of this user on this host.
    allow_commit : bool
        Whether the pair may be changed.
    commit_settings : RunSettings or None
    """

    run_dir: Path | None
    allow_commit: bool
    commit_settings: RunSettings | None

    def verify(self, run: MergePlan | Report | str | Path) -> Report:
        """Compare what the primary has now with what a run promised; changes nothing.

        Parameters
        ----------
        run : MergePlan, Report, str or Path
            A committed plan, its report, or a run folder.

        Raises
        ------
        StoreError
            If there is no such run.
        """
        return verify(self._run_folder(run))

    def plan_rollback(self, run: MergePlan | Report | str | Path) -> RollbackPlan:
        """Return what undoing a run of strategy `rebuild` would do; print it, and read it. Changes nothing.

        Parameters
        ----------
        run : MergePlan, Report, str or Path
            A committed plan, its report, or its run folder.

        Raises
        ------
        CommitError
            If the run has rebuilt nothing.
        StoreError
            If there is no such run.
        """
        return plan_rollback(self._run_folder(run))

    def rollback(
        self,
        run: MergePlan | Report | str | Path,
        *,
        approve: str,
        on_entry: Callable[[Entry], None] | None = None,
    ) -> Report:
        """Undo what a run has rebuilt: its PVs are stored where their old files are, with what was recorded since.

        It runs in a process of its own, as a commit does, and is recovered like one. Where a sample would be lost by
        it, nothing is undone.

        Parameters
        ----------
        run : MergePlan, Report, str or Path
            A committed plan of strategy `rebuild`, its report, or its run folder.
        approve : str
            The id of `plan_rollback` as a person has read and typed it; its `id` itself is not accepted.
        on_entry : callable, optional
            Told of each new line of the rollback's journal.

        Raises
        ------
        ApprovalError
            If the pair may not be changed, or the rollback was not approved.
        CommitError
            If the run has rebuilt nothing.
        StoreError
            If there is no such run.
        """
        self._refuse_reader("undo a run")
        return rollback(self._run_folder(run), approve, settings=self.commit_settings, on_entry=on_entry)

    def recover(
        self, run: MergePlan | Report | str | Path, *, mgmt_idle: bool = False, primary_moved: str | None = None
    ) -> Report:
        """Bring a run to its end whose process died: PVs archiving again first, then proof. Harmless when repeated.

        Parameters
        ----------
        run : MergePlan, Report, str or Path
            A committed plan, its report, or a run folder.
        mgmt_idle : bool
            Whether a person has made sure that the primary is not merging any PV of the run any more.
        primary_moved : str, optional
            URL under which the primary is asked now, where it is the same one with another address; see
            `archredundancy.commit.recover`.

        Raises
        ------
        LockedError
            If the process of the run is alive.
        StoreError
            If there is no such run.
        """
        return recover(self._run_folder(run), mgmt_idle=mgmt_idle, primary_moved=primary_moved)

    def restore(self, run: MergePlan | Report | str | Path, folder: str | Path) -> Restored:
        """Write the backup of a run as PB files, to be copied into the store's folder by hand; asks no cluster.

        Parameters
        ----------
        run : MergePlan, Report, str or Path
            A committed plan, its report, or a run folder.
        folder : str or Path
            A new or empty folder; its `README.md` says where each file belongs.

        Raises
        ------
        StoreError
            If there is no such run, it has no backup, or the folder cannot be written or is not empty.
        VerificationError
            If a copy is not what was written, or not what the primary had.
        """
        return restore(self._run_folder(run), Path(folder))

    def _refuse_reader(self, what: str) -> None:
        """Refuse to change anything through a pair that was opened for reading.

        Raises
        ------
        ApprovalError
            If it was.
        """
        if not self.allow_commit:
            raise ApprovalError(
                "this pair was opened for reading; an operator opens it with allow_commit=True, or sets it in the site "
                f"file, to {what}"
            )

    def _run_folder(self, run: MergePlan | Report | str | Path) -> Path:
        if isinstance(run, Report):
            return run.run
        return find_run(run.id, self.run_dir or default_run_dir()) if isinstance(run, MergePlan) else Path(run)
