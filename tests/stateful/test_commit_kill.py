"""A commit killed at any line of its journal, then recovered: nothing is lost or invented, and the PV is archived."""

from pathlib import Path

import pytest

from archredundancy.commit import Report, State, read_journal, recover, run_commit
from archredundancy.testing.bench import Bench, open_bench
from archredundancy.testing.crash import Moment, run_until

#: How many lines the journal of one merge has; a test below sees to it that this is true.
LINES = {"relay": 44, "direct": 40}
#: The kills after which nobody can know whether the merge goes on: announced, or given all, it was never heard of again.
OPERATOR = {"relay": [("after", "relay data 2024_03")], "direct": [("after", "intent mergeInData")]}

#: Every seventh kill always; all others are slow.
POINTS = [
    pytest.param(
        strategy, moment, line, marks=[] if line % 7 == 3 else [pytest.mark.slow], id=f"{strategy}-{moment}-{line}"
    )
    for strategy, lines in LINES.items()
    for line in range(1, lines + 1)
    for moment in ("before", "after")
]


@pytest.mark.parametrize("strategy", list(LINES))
def test_every_line_has_its_kills(strategy: str, tmp_path: Path) -> None:
    """The journal of the whole merge has exactly the lines that the kill tests go through."""
    with open_bench(tmp_path) as bench:
        run = bench.make_run(bench.plan(strategy))
        assert run_commit(run.path).ok
    assert sum(entry.kind != "heartbeat" for entry in read_journal(run.journal)) == LINES[strategy]


@pytest.mark.parametrize(("strategy", "moment", "line"), POINTS)
def test_killed_and_recovered(strategy: str, moment: Moment, line: int, tmp_path: Path) -> None:
    """Killed at a line of the journal and recovered, the run has lost and invented nothing, and the PV is archived."""
    with open_bench(tmp_path) as bench:
        run = bench.make_run(bench.plan(strategy))
        assert run_until(run.path, line, moment)
        report = recover(run.path)
        if report.pvs[0].needs_operator:
            assert (moment, last_line(run.journal)) in OPERATOR[strategy]
            assert report.pvs[0].state is State.STILL_RUNNING
            assert bench.status() == "Paused"
            report = recover(run.path, mgmt_idle=True)
        bench.check_whole()
        assert report.ended and report.pvs[0].state is State.CLOSED
        assert_proven_if_merged(bench, report)
        assert not list(bench.run_dir.glob("locks/*"))


def last_line(journal: Path) -> str:
    """Return what was written last before the recovery, in short."""
    entries = read_journal(journal)
    last = entries[next(n for n, entry in enumerate(entries) if entry.kind == "recovery") - 1]
    if last.kind == "relay":
        return f"relay {last.facts['request']} {last.facts['start'][:7].replace('-', '_')}"
    return f"{last.kind} {last.facts.get('call', last.facts.get('state', ''))}"


def assert_proven_if_merged(bench: Bench, report: Report) -> None:
    """Check that a report says that all is well exactly if the promised samples are there."""
    assert bench.gained in (0, 4, 5)
    assert report.ok == (bench.gained >= 4)
    assert not report.pvs[0].is_harmed
