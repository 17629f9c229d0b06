"""What a person has to do after a run, in sentences with the commands to type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from archredundancy.commit.journal.states import State
from archredundancy.display.texts import plural

if TYPE_CHECKING:
    from archredundancy.commit.report.report import PVReport, Report

__all__ = ["next_steps", "some_of"]

#: So many names stand for more.
_NAMED = 3


def next_steps(report: Report) -> list[str]:
    """Return what a person has to do, most urgent first; nothing if all is well."""
    if not report.ended:
        return [*_wait_or_recover(report), *_put_back(report)]
    steps = [step for pv in report.pvs for step in _care_for(report, pv)] + list(_put_back(report))
    if report.ok and report.strategy == "rebuild":
        steps.append(f"To go back to the old files: `archredundancy rollback {report.run}` tells what that would do.")
    if not steps and report.is_open:
        steps += _wait_or_recover(report)
    return [*steps, *_prove(report), *_go_on(report)]


def some_of(pvs: Sequence[PVReport]) -> str:
    """Return the first names, in brackets."""
    return f"({', '.join(pv.pv for pv in pvs[:_NAMED])}{', …' if len(pvs) > _NAMED else ''})"


def _wait_or_recover(report: Report) -> Iterator[str]:
    yield (
        "A process may be at work on the run. Do not resume, pause or merge its PVs by hand. Recover the run: "
        f"`archredundancy recover {report.run}` leaves a living process alone, and brings the run of a dead one to its "
        "end."
    )


def _care_for(report: Report, pv: PVReport) -> Iterator[str]:
    if pv.state in (State.MERGING, State.MOVING, State.STILL_RUNNING):
        yield (
            f"{pv.pv} is paused at the primary, as nobody knows whether its merge, or the moving of its files, is "
            "over. Do not resume, consolidate or merge it. Recover the run again in a while, "
            f"`archredundancy recover {report.run}`: a new start of the primary's mgmt settles it. Or look into its "
            "log, and if it is not at work on the PV, say so: "
            f"`archredundancy recover {report.run} --mgmt-idle`."
        )
    elif pv.state is State.NOT_SWITCHED_BACK:
        yield (
            f"{pv.pv} is paused at the primary, as its message above says why, with the commands for it where they are "
            "known. Do not resume it before its files are together again; then recover the run: "
            f"`archredundancy recover {report.run}`."
        )
    elif pv.state is State.NOT_RESUMED:
        yield (
            f"{pv.pv} is not archived by the primary although it was told to. Look after it, then recover the run: "
            f"`archredundancy recover {report.run}`."
        )


def _put_back(report: Report) -> Iterator[str]:
    for pv in report.pvs:
        if pv.is_harmed:
            yield (
                f"{pv.pv} has not what it should have. Merge and consolidate nothing of it. Its backup is in "
                f"{', '.join(pv.backups) or 'no file'}: `archredundancy restore {report.run} -o FOLDER` writes PB "
                "files and how to put them back; or put these partitions back from a snapshot of the primary's disk."
            )


def _prove(report: Report) -> Iterator[str]:
    pvs = [pv for pv in report.pvs if pv.is_unproven]
    if pvs:
        yield (
            f"What was merged of {plural(len(pvs), 'PV')} is not proven {some_of(pvs)}. Once both clusters answer, "
            f"`archredundancy recover {report.run}` compares it, and writes it down."
        )


def _go_on(report: Report) -> Iterator[str]:
    """Tell how to get the rest done."""
    failed = [pv for pv in report.pvs if pv.state is State.CLOSED and not (pv.ok or pv.is_harmed or pv.is_unproven)]
    left = [pv for pv in report.pvs if pv.state is State.PLANNED]
    told = [
        f"{plural(len(pvs), 'PV')} {'was' if len(pvs) == 1 else 'were'} {what} {some_of(pvs)}"
        for pvs, what in ((failed, "not done as promised"), (left, "not begun"))
        if pvs
    ]
    if told:
        mend = "Mend the cause, if a message above names one, and then" if failed else "To go on,"
        again = (
            "roll the same run back again"
            if report.strategy == "rollback"
            else "plan again, with the same names or patterns: what is done has nothing to gain"
        )
        yield f"{', and '.join(told)}. {mend} {again}."
