"""A commit killed at any line of its journal, then recovered: nothing is lost or invented, and the PV is archived."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archredundancy.commit import Report, State, read_journal, recover, run_commit
from archredundancy.testing.embedded.bench import Bench, open_bench
from archredundancy.testing.interruptions.crash import Moment, line_names, run_until
from archredundancy.testing.interruptions.journal_lines import LINES

#: After these nobody can know whether the merge goes on: announced, or given all it needs, it was not heard of again.
OPERATOR = {
    ("relay", "after", LINES["relay"].index("outcome mergeInData")),
    ("direct", "after", LINES["direct"].index("intent mergeInData") + 1),
}
#: After these lines it is always killed; all other kills count as slow.
ALWAYS = {
    "relay": {"state fresh", "intent pauseArchivingPV", "state paused", "intent mergeInData", "relay data"},
    "direct": {"intent consolidateDataForPV", "intent mergeInData", "outcome mergeInData", "state resuming"},
}


def points() -> Iterator[Any]:
    """Yield every kill: strategy, moment, line."""
    for strategy, always_after in ALWAYS.items():
        for line, name in enumerate(LINES[strategy], 1):
            for moment in ("before", "after"):
                always = name in always_after and moment == "after"
                marks = [] if always else [pytest.mark.slow]
                yield pytest.param(strategy, moment, line, marks=marks, id=f"{strategy}-{moment}-{line}-{name}")


@pytest.mark.parametrize("strategy", list(ALWAYS))
def test_every_line_has_its_kills(strategy: str, tmp_path: Path) -> None:
    """The journal of the whole merge has exactly the lines that the kill tests go through."""
    with open_bench(tmp_path) as bench:
        run = bench.make_run(bench.plan(strategy))
        assert run_commit(run.path).ok
    assert line_names(read_journal(run.journal)) == LINES[strategy]


@pytest.mark.parametrize(("strategy", "moment", "line"), list(points()))
def test_killed_and_recovered(
    strategy: str, moment: Moment, line: int, tmp_path: Path, tried: Callable[[int], None]
) -> None:
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
    tried(1)


@pytest.mark.parametrize(
    ("strategy", "line"),
    [
        pytest.param("relay", 16, marks=pytest.mark.slow),
        pytest.param("direct", 20, marks=pytest.mark.slow),
        pytest.param("relay", 31, marks=pytest.mark.slow),
        pytest.param("direct", 31, marks=pytest.mark.slow),
    ],
)
def test_a_recovery_killed_at_any_line_is_made_good_by_the_next(
    strategy: str, line: int, tmp_path: Path, tried: Callable[[int], None]
) -> None:
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
    tried(1 + kills)


def check_recovered(bench: Bench, report: Report) -> None:
    """Check that all is as it should be, and that the report says no more than what is true."""
    bench.check_whole()
    assert report.ended
    assert report.pvs[0].state in (State.CLOSED, State.PLANNED)
    assert not report.pvs[0].is_harmed
    assert bench.gained in (0, 4, 5)
    assert report.ok == (bench.gained >= 4)
    assert not list(bench.run_dir.glob("locks/*"))
