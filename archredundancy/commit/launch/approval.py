"""Whether a plan may be committed: approved by a person, not refused, and not committed before."""

from __future__ import annotations

from pathlib import Path

from archredundancy.commit.journal.states import State
from archredundancy.commit.report.report import Report
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.settings import PairUrls
from archredundancy.errors import ApprovalError, StoreError
from archredundancy.plan import MergePlan, Status

__all__ = ["check_approval", "refuse_committed"]


def check_approval(plan: MergePlan, approve: str) -> None:
    """Refuse a plan that may not be committed, or was not approved by a person.

    Raises
    ------
    ApprovalError
        If so.
    """
    if type(approve) is not str:
        raise ApprovalError(
            "approve takes the plan's id as a person has read and typed it, such as approve='7f3a-91c2'; plan.id "
            f"itself is not accepted, nor a {type(approve).__name__}"
        )
    if approve != plan.id:
        raise ApprovalError(
            f"approve={approve!r} is not the id of this plan; print it, read it, and type the id it begins with"
        )
    if plan.status is Status.REFUSED:
        reasons = "\n".join(f"  {hazard}" for hazard in plan.hazards if hazard.refuses)
        raise ApprovalError(f"plan {plan.id} is refused:\n{reasons}")
    if plan.status is Status.NOTHING_TO_DO:
        raise ApprovalError(f"plan {plan.id} has nothing to gain, so there is nothing to commit")


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
