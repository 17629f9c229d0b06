"""`commit_plan` and `rollback`: a run in a process of its own, followed to its end."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archredundancy.commit.journal.journal import Entry
from archredundancy.commit.launch.approval import check_approval, refuse_committed
from archredundancy.commit.launch.detached import Detached, start_detached
from archredundancy.commit.launch.follow import follow, tell_or_stop
from archredundancy.commit.report.report import Report
from archredundancy.commit.run_folder.run_folder import RunFolder, default_run_dir
from archredundancy.commit.settings import PairUrls, RunSettings
from archredundancy.errors import StoreError
from archredundancy.plan import MergePlan

__all__ = ["commit_plan", "run_to_its_end", "start_run"]

logger = logging.getLogger(__name__)


def commit_plan(
    plan: MergePlan,
    urls: PairUrls,
    approve: str,
    run_dir: Path | None = None,
    *,
    settings: RunSettings | None = None,
    on_entry: Callable[[Entry], None] | None = None,
) -> Report:
    """Commit a plan in a process of its own, and follow its journal until it ends.

    If the caller dies, the process goes on. Interrupted once (Ctrl-C), it asks the process to stop after the PV that it
    is at, and follows it to there; interrupted again, it only stops following.

    Parameters
    ----------
    plan : MergePlan
    urls : PairUrls
    approve : str
        The plan's id as a person has typed it; `plan.id` itself is not accepted.
    run_dir : Path, optional
        Where run folders, locks and what was committed are kept, for all who commit at this site; by default a folder
        of this user on this host, with a warning.
    settings : RunSettings, optional
    on_entry : callable, optional
        Told of each new line of the journal.

    Returns
    -------
    Report
        Also of a run that failed; its `ok` tells.

    Raises
    ------
    ApprovalError
        If the plan may not be committed.
    InputError
        If a URL holds a secret.
    StoreError
        If the run folder cannot be written, or the process ended without a word.
    """
    check_approval(plan, approve)
    if run_dir is not None:
        refuse_committed(plan, urls, run_dir)
    run = RunFolder.create(run_dir or default_run_dir(), plan, urls, settings or RunSettings())
    return run_to_its_end(run, on_entry)


def run_to_its_end(run: RunFolder, on_entry: Callable[[Entry], None] | None) -> Report:
    """Start the process of a run, follow it to its end, and return its report.

    Raises
    ------
    StoreError
        If it ended without a word.
    """
    with closing(start_run(run)) as process:
        tell_or_stop(run.path, lambda: follow(run.journal, process.is_alive), on_entry or _ignore)
    if not run.journal.exists():
        said = (run.path / "process.log").read_text().strip()
        raise StoreError(
            f"the process of the run {run.path} ended without a word in its journal: {said}", path=str(run.path)
        )
    report = Report.from_journal(run.journal)
    if not report.ended:
        logger.warning("the process of the run %s has died", run.path)
    return report


def _ignore(_entry: Entry) -> None:
    """Tell nobody."""


def start_run(run: RunFolder) -> Detached:
    """Start the process of a run, which nothing that ends the caller ends.

    Raises
    ------
    StoreError
        If no process can be started.
    """
    # The same code as here, however it was found.
    root = Path(__file__).parents[3]
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        return start_detached(
            [sys.executable, "-m", "archredundancy.commit", str(run.path)],
            environment={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            folder=run.path,
            log=run.path / "process.log",
        )
    except OSError as error:
        raise StoreError(f"the process of the run {run.path} cannot be started: {error}", path=str(run.path)) from error
