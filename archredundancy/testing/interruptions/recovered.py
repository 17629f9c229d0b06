"""What must be true when a merge that was interrupted has been recovered."""

from __future__ import annotations

from typing import Any

from archredundancy.commit import Report, Result, RunFolder, State, recover, verify
from archredundancy.model import DbrType, Samples, chunk_key
from archredundancy.testing.embedded.bench import QUICK
from archredundancy.testing.interruptions.pair_apart import OTHER, Apart

__all__ = ["check_recovered", "settle"]


def settle(pair: Apart, run: RunFolder) -> Report:
    """Start what is dead, recover a run as a person would, and check that all is as it should be.

    Raises
    ------
    AssertionError
        If something is not.
    """
    pair.bring_back()
    report = recover(run.path, settings=QUICK)
    if report.pvs and report.pvs[0].needs_operator:
        _expect(state=(report.pvs[0].state, State.STILL_RUNNING), status=(pair.status(), "Paused"))
        pair.restart()  # what was killed merges no more, and recovery sees that it is another process
        report = recover(run.path, settings=QUICK)
    if any(outcome.result is Result.UNREAD for outcomes in report.outcomes.values() for outcome in outcomes):
        report = verify(run.path)  # what could not be read at the end can be read now
    check_recovered(pair, report)
    return report


def check_recovered(pair: Apart, report: Report) -> None:
    """Check that nothing is lost or invented, that the PV is archived, and that the report tells the truth.

    Raises
    ------
    AssertionError
        If something is not so.
    """
    recorded = Samples.concatenate([Samples.empty(DbrType.SCALAR_DOUBLE), *pair.recorded])
    pair.check_whole(recorded)
    gained = pair.gained - len(recorded)
    is_undone = report.strategy == "rollback"
    is_begun = report.pvs[0].state is not State.PLANNED or (gained > 0) != is_undone
    _expect(
        ended=(report.ended, True),
        state=(report.pvs[0].state, State.CLOSED if is_begun else State.PLANNED),
        harmed=(report.pvs[0].is_harmed, False),
        ok=(report.ok, gained == 0 if is_undone else gained >= 4),
        locks=(list(pair.run_dir.glob("locks/*")), []),
        untouched=(pair.primary.files(chunk_key(OTHER)), pair.untouched),
    )


def _expect(**pairs: tuple[Any, Any]) -> None:
    wrong = {name: is_and_due for name, is_and_due in pairs.items() if is_and_due[0] != is_and_due[1]}
    if wrong:
        raise AssertionError(f"these are not as they should be (is, should be): {wrong}")
