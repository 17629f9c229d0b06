"""A commit killed at any line of its journal, then recovered: nothing is lost or invented, and the PV is archived."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archredundancy.commit import Report, State, read_journal, recover, run_commit
from archredundancy.testing.bench import Bench, open_bench
from archredundancy.testing.crash import Moment, line_names, run_until

BEFORE_MERGE = [
    "run", "state locked", "state fresh", "store", *["backup primary"] * 2, *["backup secondary"] * 2, "promised",
    "promised", "state backed-up", "intent addExternalArchiverServer", "relay ping",
    "outcome addExternalArchiverServer", "state pausing", "intent pauseArchivingPV", "outcome pauseArchivingPV",
    "state paused", "state consolidating", "intent consolidateDataForPV", "outcome consolidateDataForPV",
    "state consolidated", "before", "backup primary", "backup primary", "state snapshot", "state merging",
    "intent mergeInData",
]  # fmt: skip
RELAY_ASKED = ["relay ncount", "relay ncount", "relay ncount", "relay data", "relay ncount", "relay data"]
AFTER_MERGE = [
    "outcome mergeInData", "state merged", "verified", "state verified", "state resuming", "intent resumeArchivingPV",
    "outcome resumeArchivingPV", "state archiving", "note", "state closed", "end",
]  # fmt: skip
#: Every line of the journal of one merge. With `direct` three partitions are rewritten, of which one only has ties.
LINES = {
    "relay": [*BEFORE_MERGE, *RELAY_ASKED, *AFTER_MERGE],
    "direct": [
        *BEFORE_MERGE[:4],
        *["backup primary"] * 3,
        *["backup secondary"] * 3,
        *BEFORE_MERGE[8:12],
        *BEFORE_MERGE[13:23],
        *["backup primary"] * 3,
        *BEFORE_MERGE[25:],
        *AFTER_MERGE,
    ],
}
#: After these nobody can know whether the merge goes on: announced, or given all it needs, it was not heard of again.
OPERATOR = {("relay", "after", 34), ("direct", "after", 30)}
#: After these lines it is always killed; all other kills count as slow.
ALWAYS = {
    "relay": {"state fresh", "intent pauseArchivingPV", "state paused", "intent mergeInData", "relay data"},
    "direct": {"intent consolidateDataForPV", "intent mergeInData", "outcome mergeInData", "state resuming"},
}


def points() -> Iterator[Any]:
    """Yield every kill: strategy, moment, line."""
    for strategy, names in LINES.items():
        for line, name in enumerate(names, 1):
            for moment in ("before", "after"):
                always = name in ALWAYS[strategy] and moment == "after"
                marks = [] if always else [pytest.mark.slow]
                yield pytest.param(strategy, moment, line, marks=marks, id=f"{strategy}-{moment}-{line}-{name}")


@pytest.mark.parametrize("strategy", list(LINES))
def test_every_line_has_its_kills(strategy: str, tmp_path: Path) -> None:
    """The journal of the whole merge has exactly the lines that the kill tests go through."""
    with open_bench(tmp_path) as bench:
        run = bench.make_run(bench.plan(strategy))
        assert run_commit(run.path).ok
    assert line_names(read_journal(run.journal)) == LINES[strategy]


@pytest.mark.parametrize(("strategy", "moment", "line"), list(points()))
def test_killed_and_recovered(strategy: str, moment: Moment, line: int, tmp_path: Path) -> None:
    """Killed at a line of the journal and recovered, the run has lost and invented nothing, and the PV is archived."""
    with open_bench(tmp_path) as bench:
        run = bench.make_run(bench.plan(strategy))
        assert run_until(run.path, line, moment)
        report = recover(run.path)
        if report.pvs[0].needs_operator:
            assert (strategy, moment, line) in OPERATOR
            assert report.pvs[0].state is State.STILL_RUNNING
            assert bench.status() == "Paused"
            report = recover(run.path, mgmt_idle=True)
        check_recovered(bench, report)


@pytest.mark.parametrize(
    ("strategy", "line"),
    [
        ("relay", 16),
        pytest.param("direct", 20, marks=pytest.mark.slow),
        pytest.param("relay", 31, marks=pytest.mark.slow),
        pytest.param("direct", 31, marks=pytest.mark.slow),
    ],
)
def test_a_recovery_killed_at_any_line_is_made_good_by_the_next(strategy: str, line: int, tmp_path: Path) -> None:
    """Each recovery is killed one line further on, until one comes to its end."""
    with open_bench(tmp_path) as bench:
        run = bench.make_run(bench.plan(strategy))
        assert run_until(run.path, line, "after")
        kills = 0
        while run_until(run.path, len(read_journal(run.journal)) + 1 + kills // 2, "after", recovery=True):
            kills += 1
            assert kills < 30
        assert kills >= 3
        check_recovered(bench, recover(run.path))


def check_recovered(bench: Bench, report: Report) -> None:
    """Check that all is as it should be, and that the report says no more than what is true."""
    bench.check_whole()
    assert report.ended
    assert report.pvs[0].state is State.CLOSED
    assert not report.pvs[0].is_harmed
    assert bench.gained in (0, 4, 5)
    assert report.ok == (bench.gained >= 4)
    assert not list(bench.run_dir.glob("locks/*"))
