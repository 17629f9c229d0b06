"""A report as plain text, with what is to be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archredundancy.commit.journal.pause import Pause
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.verification import Outcome, Result
from archredundancy.commit.report.next_steps import next_steps, some_of
from archredundancy.display.texts import plural

if TYPE_CHECKING:
    from archredundancy.commit.report.report import PVReport, Report

__all__ = ["COUNTS", "outcome_counts", "pause_words", "paused_words", "places", "report_text", "run_lines", "verdict"]

#: Numbers of an `Outcome` worth telling where they are not zero.
COUNTS = ("gained", "missing", "lost", "accepted", "changed", "invented", "later")
#: What is told under another name in a sentence.
_WORDS = {"later": "recorded since"}
#: Of more partitions than this only those that changed, and then the first, are listed.
_LISTED = 20
#: Of more PVs than this only those are listed with which something is not right.
_LISTED_PVS = 20


def report_text(report: Report) -> str:
    """Return the whole report in lines of text."""
    lines = [verdict(report), *([] if report.ok else [paused_words(report)])]
    lines += [text for text in (report.message, *report.warnings) if text]
    done, left = [pv for pv in report.pvs if pv.ok], [pv for pv in report.pvs if pv.state is State.PLANNED]
    is_short = len(report.pvs) - len(left) <= _LISTED_PVS
    if not is_short:
        lines += ["", f"{plural(len(done), 'PV')} as promised, and archived again"]
    for pv in report.pvs:
        if (is_short and pv not in left) or _is_odd(pv):
            lines += _pv_lines(pv, ended=report.ended)
    if left and report.ended:
        lines += ["", f"not begun, and as before: {plural(len(left), 'PV')} {some_of(left)}"]
    elif left:
        lines += ["", f"still to come: {plural(len(left), 'PV')} {some_of(left)}"]
    steps = next_steps(report)
    if steps:
        lines += ["", "What to do:", *(f"  - {step}" for step in steps)]
    return "\n".join([*lines, "", *run_lines(report)])


def run_lines(report: Report) -> list[str]:
    """Return where the run is kept, and to which clusters it was."""
    clusters = [f"Primary {report.primary}, secondary {report.secondary}"] if report.primary else []
    return [f"Run: {report.run}", *clusters]


def _pv_lines(pv: PVReport, *, ended: bool) -> list[str]:
    """Return all that is told of a PV."""
    lines = ["", _pv_line(pv, ended=ended)]
    lines += [f"  {line}" for text in (pv.message, *pv.warnings, *places(pv)) for line in text.splitlines()]
    if pv.pause:
        lines.append(f"  {pause_words(pv.pause)}")
    shown = [outcome for outcome in pv.outcomes if _is_notable(outcome)][:_LISTED]
    lines += [f"  {outcome.partition:<12} {outcome.result:<8} {outcome_counts(outcome)}" for outcome in shown]
    if rest := len(pv.outcomes) - len(shown):
        told = "unchanged" if len(shown) < _LISTED else "see `--json`"
        lines.append(f"  {plural(rest, 'more partition' if shown else 'partition')}, {told}")
    return lines


def _is_odd(pv: PVReport) -> bool:
    return bool(pv.warnings) or (not pv.ok and pv.state is not State.PLANNED)


def pause_words(pause: Pause) -> str:
    """Return what the pause cost, in words."""
    return f"{pause} ({pause.seconds:,.3f} s); the next plan of this PV brings what the secondary has of it"


def verdict(report: Report) -> str:
    """Return what became of the run in a sentence."""
    about = f"Plan {report.plan_id} ({report.strategy})"
    begun = [pv for pv in report.pvs if pv.state is not State.PLANNED]
    proven = f"{sum(pv.ok for pv in report.pvs)} of {plural(len(report.pvs), 'PV')} done and proven"
    gained = sum(pv.count("gained") for pv in report.pvs)
    if report.ok and report.strategy == "rollback":
        return f"{about}: done and proven, the PVs are on their old files again, with all that was recorded since"
    if report.ok:
        return f"{about}: done and proven, {gained:,} samples gained, nothing lost that was not accepted"
    if not report.ended:
        return f"{about}: not at its end, {proven} so far"
    if not begun:
        return f"{about}: ended before a PV was begun, {proven}"
    if all(pv.ok for pv in begun):
        return f"{about}: stopped on the way, {proven}, {gained:,} samples gained"
    return f"{about}: NOT as planned, {proven}"


def paused_words(report: Report) -> str:
    """Return which PVs the primary does not archive because of the run."""
    paused = [pv.pv for pv in report.pvs if pv.is_paused]
    return f"PAUSED at the primary: {', '.join(paused)}" if paused else "No PV is paused by this run."


def _pv_line(pv: PVReport, *, ended: bool) -> str:
    if pv.needs_operator and ended:
        return f"{pv.pv}: {pv.state}, A PERSON MUST ACT"
    if pv.state is not State.CLOSED:
        return f"{pv.pv}: {pv.state}"
    if pv.ok:
        return f"{pv.pv}: as promised, and archived again"
    if pv.outcomes and not pv.is_unproven:
        return f"{pv.pv}: archived again, but NOT as promised"
    archived = "archived again" if pv.was_paused else "never paused"
    return f"{pv.pv}: {archived}, but {'NOT PROVEN' if pv.is_changed else 'not merged'}"


def places(pv: PVReport) -> list[str]:
    """Return where the files of a PV are, if it was moved."""
    stored = [f"It is stored in {pv.stored_in}"] if pv.stored_in else []
    return stored + ([f"What it was stored in before is kept: {pv.kept_in}"] if pv.kept_in else [])


def _is_notable(outcome: Outcome) -> bool:
    return not outcome.ok or any(getattr(outcome, name) for name in COUNTS)


def outcome_counts(outcome: Outcome) -> str:
    """Return the numbers of a partition in words."""
    counts = ", ".join(f"{count:,} {_WORDS.get(name, name)}" for name in COUNTS if (count := getattr(outcome, name)))
    disordered = ", out of order" if outcome.disordered else ""
    why = f": {outcome.reason}" if outcome.reason else ""
    if outcome.result is Result.UNREAD and not outcome.after:
        return f"it had {plural(outcome.before, 'sample')}, and could not be read{why}"
    return f"{outcome.before:,} -> {outcome.after:,} samples{f': {counts}' if counts else ''}{disordered}{why}"
