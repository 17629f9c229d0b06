"""What is left of a run: stopping one on the way, and why its plan cannot be committed again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from archredundancy.commit.journal.journal import Entry
from archredundancy.commit.journal.states import State
from archredundancy.commit.report.report import Report
from archredundancy.commit.run.batches import is_stop_requested, request_stop
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.settings import PairUrls
from archredundancy.errors import ApprovalError, StoreError
from archredundancy.plan import MergePlan

__all__ = ["refuse_committed", "tell_or_stop"]

logger = logging.getLogger(__name__)


def tell_or_stop(run: Path, follow: Callable[[], Iterable[Entry]], on_entry: Callable[[Entry], None]) -> None:
    """Tell each line of a run's journal once, until it ends; an interrupt asks it to stop after the PV it is at.

    Parameters
    ----------
    run : Path
        The run folder.
    follow : callable
        Gives all lines, those written before included, until the run has ended.
    on_entry : callable

    Raises
    ------
    KeyboardInterrupt
        When interrupted again; the run goes on until it has stopped.
    """
    told = 0
    while True:
        try:
            for entry in follow():
                if entry.number > told:
                    told = entry.number
                    on_entry(entry)
            return
        except KeyboardInterrupt:
            if is_stop_requested(run):
                logger.warning(
                    "the run goes on unwatched, and stops after the PV that is being merged. How far it is: "
                    "`archredundancy report %s`. If its process dies: `archredundancy recover %s`",
                    run,
                    run,
                )
                raise
            request_stop(run)
            logger.warning("stopping after the PV that is being merged; interrupt again to stop watching only")


def refuse_committed(plan: MergePlan, urls: PairUrls, run_dir: Path) -> None:
    """Refuse a plan that a run has begun to merge into this primary, and say what is left of it.

    Of what is left a new plan is made, not the old one continued: in between the clusters have gone on, and what was
    approved was seen before. What is done has nothing to gain, so the same patterns give the rest.

    Raises
    ------
    ApprovalError
        If there is such a run.
    """
    for mark in sorted((run_dir / "committed").glob(f"{plan.id}-*")):
        try:
            run = RunFolder.open(run_dir / mark.read_text())
            report = Report.from_journal(run.journal)
        except StoreError:
            continue  # taken away, or somebody else's; the new run is refused by the mark alone
        if run.urls.primary != urls.primary:
            continue
        left = [pv.pv for pv in report.pvs if pv.state is State.PLANNED]
        some = f"; {len(left)} of its PVs were not begun ({', '.join(left[:3])}{', …' if len(left) > 3 else ''})"
        raise ApprovalError(
            f"plan {plan.id} was committed before, by the run {run.path.name}{some if left else ''}. Plan again, with "
            "the same names or patterns: what is done has nothing to gain, so the new plan is of what is left"
        )
