"""A report as plain text, with what is to be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archredundancy.commit.journal.pause import Pause
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.verification import Outcome

if TYPE_CHECKING:
    from archredundancy.commit.report.report import PVReport, Report

__all__ = ["COUNTS", "next_steps", "outcome_counts", "pause_words", "report_text", "verdict"]

#: Numbers of an `Outcome` worth telling where they are not zero.
COUNTS = ("gained", "missing", "lost", "accepted", "changed", "invented", "later")
#: Of more partitions than this only those that changed, and then the first, are listed.
_LISTED = 20
#: Of more PVs than this only those are listed with which something is not right.
_LISTED_PVS = 20


def report_text(report: Report) -> str:
    """Return the whole report in lines of text."""
    lines = [verdict(report)]
    lines += [text for text in (report.message, *report.warnings) if text]
    shown_pvs = report.pvs if len(report.pvs) <= _LISTED_PVS else [pv for pv in report.pvs if _is_odd(pv)]
    if hidden := len(report.pvs) - len(shown_pvs):
        done = sum(pv.ok for pv in report.pvs)
        lines += ["", f"{done:,} PVs as promised, and archived again; {hidden - done:,} not begun"]
    for pv in shown_pvs:
        lines += ["", _pv_line(pv)]
        lines += [f"  {line}" for text in (pv.message, *pv.warnings, *_places(pv)) for line in text.splitlines()]
        if pv.pause:
            lines.append(f"  {pause_words(pv.pause)}")
        shown = [outcome for outcome in pv.outcomes if _is_notable(outcome)][:_LISTED]
        lines += [f"  {outcome.partition:<12} {outcome.result:<8} {outcome_counts(outcome)}" for outcome in shown]
        if rest := len(pv.outcomes) - len(shown):
            lines.append(f"  {rest:,} more partitions, {'unchanged' if len(shown) < _LISTED else 'see to_json()'}")
    steps = next_steps(report)
    if steps:
        lines += ["", "What to do:", *(f"  - {step}" for step in steps)]
    return "\n".join([*lines, "", f"Journal: {report.journal}"])


def _is_odd(pv: PVReport) -> bool:
    return bool(pv.warnings) or (not pv.ok and pv.state is not State.PLANNED)


def pause_words(pause: Pause) -> str:
    """Return what the pause cost, in words."""
    return f"{pause} ({pause.seconds:,.3f} s); the next plan of this PV brings what the secondary has of it"


def verdict(report: Report) -> str:
    """Return what became of the run in a sentence."""
    about = f"Plan {report.plan_id} ({report.strategy})"
    done = sum(pv.ok for pv in report.pvs)
    gained = sum(pv.count("gained") for pv in report.pvs)
    if report.ok and report.strategy == "rollback":
        return f"{about}: done and proven, the PVs are on their old files again, with all that was recorded since"
    if report.ok:
        return f"{about}: done and proven, {gained:,} samples gained, nothing lost that was not accepted"
    ended = "" if report.ended else "; the run has not ended"
    return f"{about}: NOT as planned, {done} of {len(report.pvs)} PVs done and proven{ended}"


def _pv_line(pv: PVReport) -> str:
    if pv.needs_operator:
        return f"{pv.pv}: {pv.state}, A PERSON MUST ACT"
    if pv.state is not State.CLOSED:
        return f"{pv.pv}: {'not begun' if pv.state is State.PLANNED else pv.state}"
    if not pv.outcomes:
        return f"{pv.pv}: not merged"
    return f"{pv.pv}: {'as promised, and archived again' if pv.ok else 'archived again, but NOT as promised'}"


def _places(pv: PVReport) -> list[str]:
    """Return where the files of a PV are, if it was moved."""
    stored = [f"It is stored in {pv.stored_in}"] if pv.stored_in else []
    return stored + ([f"What it was stored in before is kept: {pv.kept_in}"] if pv.kept_in else [])


def _is_notable(outcome: Outcome) -> bool:
    return not outcome.ok or any(getattr(outcome, name) for name in COUNTS)


def outcome_counts(outcome: Outcome) -> str:
    """Return the numbers of a partition in words."""
    counts = ", ".join(f"{count:,} {name}" for name in COUNTS if (count := getattr(outcome, name)))
    disordered = ", out of order" if outcome.disordered else ""
    return f"{outcome.before:,} -> {outcome.after:,} samples{f': {counts}' if counts else ''}{disordered}"


def next_steps(report: Report) -> list[str]:
    """Return what a person has to do, most urgent first; nothing if all is well."""
    steps = []
    for pv in report.pvs:
        if pv.state in (State.MERGING, State.MOVING, State.STILL_RUNNING):
            steps.append(
                f"{pv.pv} is paused at the primary, as nobody knows whether its merge, or the moving of its files, is "
                "over. Do not resume, consolidate or merge it. Recover the run again in a while, "
                f"`archredundancy recover {report.run}`; or look into the log of the primary's mgmt, and if it is not "
                "at work on the PV, say so: "
                f"`archredundancy recover {report.run} --mgmt-idle`."
            )
        elif pv.state is State.NOT_SWITCHED_BACK:
            steps.append(
                f"{pv.pv} is paused at the primary, as its message above says why. Do not resume it before its files "
                f"are together again; then recover the run: `archredundancy recover {report.run}`."
            )
        elif pv.state is State.NOT_RESUMED:
            steps.append(
                f"{pv.pv} is not archived by the primary although it was told to. Look after it, then recover the run: "
                f"`archredundancy recover {report.run}`."
            )
        if pv.is_harmed:
            steps.append(
                f"{pv.pv} has not what it should have. Merge and consolidate nothing of it. Its backup is in "
                f"{', '.join(pv.backups) or 'no file'}: `archredundancy restore {report.run} -o FOLDER` writes PB "
                "files and how to put them back; or put these partitions back from a snapshot of the primary's disk."
            )
    if report.ok and report.strategy == "rebuild":
        steps.append(f"To go back to the old files: `archredundancy rollback {report.run}`.")
    if not report.ended or (not steps and report.is_open):
        steps.append(f"Recover the run, unless a process is at work on it: `archredundancy recover {report.run}`.")
    left = [pv.pv for pv in report.pvs if pv.state is State.PLANNED]
    if report.ended and 0 < len(left) < len(report.pvs):
        steps.append(
            f"{len(left):,} PVs were not begun ({', '.join(left[:3])}{', …' if len(left) > 3 else ''}). Plan again, "
            "with the same names or patterns: what is done has nothing to gain. This plan cannot be committed again."
        )
    return steps
