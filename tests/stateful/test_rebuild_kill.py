"""A rebuild or rollback killed at any line of its journal, then recovered: all that the PV had is there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from archredundancy.commit import Report, RunFolder, State, read_journal, recover, run_commit
from archredundancy.model import Samples
from archredundancy.testing.embedded.bench import QUICK, Bench, open_bench
from archredundancy.testing.interruptions import journal_lines
from archredundancy.testing.interruptions.crash import Moment, line_names, run_until

#: Every line of the journal of each kind of run.
LINES = {
    "new": journal_lines.LINES["rebuild new"],
    "same": journal_lines.LINES["rebuild same"],
    "rollback": journal_lines.ROLLBACK,
}
#: After this nobody can know whether files are being moved: announced, it was not heard of again.
OPERATOR = {("same", "after", LINES["same"].index("intent changeStore") + 1)}
#: After these lines it is always killed; all other kills count as slow.
ALWAYS = {
    "new": {"state switching", "relay data", "state rebuilt"},
    "same": {"state looking", "intent changeStore", "state moved"},
    "rollback": {"outcome modifyStoreURLForPV", "expected", "state verified"},
}
SINCE = ("2024-03-20T11:59:58", "2024-03-20T11:59:59")


def points() -> Iterator[Any]:
    """Yield every kill: kind of run, moment, line."""
    for kind, names in LINES.items():
        for line, name in enumerate(names, 1):
            for moment in ("before", "after"):
                always = name in ALWAYS[kind] and moment == "after"
                marks = [] if always else [pytest.mark.slow]
                yield pytest.param(kind, moment, line, marks=marks, id=f"{kind}-{moment}-{line}-{name}")


@pytest.mark.parametrize("kind", list(LINES))
def test_every_line_has_its_kills(kind: str, tmp_path: Path) -> None:
    """The journal of the whole run has exactly the lines that the kill tests go through."""
    with opened(kind, tmp_path) as (_, run, _):
        assert run_commit(run.path).ok
    assert line_names(read_journal(run.journal)) == LINES[kind]


@pytest.mark.parametrize(("kind", "moment", "line"), list(points()))
def test_killed_and_recovered(
    kind: str, moment: Moment, line: int, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    """Killed at a line of the journal and recovered, the PV has all it had, nothing is invented, and it is archived."""
    with opened(kind, tmp_path) as (bench, run, since):
        assert run_until(run.path, line, moment)
        report = recover(run.path)
        if report.pvs[0].needs_operator:
            assert (kind, moment, line) in OPERATOR
            assert report.pvs[0].state is State.STILL_RUNNING
            assert bench.status() == "Paused"
            report = recover(run.path, mgmt_idle=True)
        check_recovered(bench, report, since)
    tried(1)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("same", "state importing"),
        pytest.param("new", "state rebuilt", marks=pytest.mark.slow),
        pytest.param("same", "outcome changeStore", marks=pytest.mark.slow),
        pytest.param("rollback", "state importing", marks=pytest.mark.slow),
    ],
)
def test_a_recovery_killed_at_any_line_is_made_good_by_the_next(
    kind: str, name: str, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    """Each recovery is killed one line further on, until one comes to its end."""
    with opened(kind, tmp_path) as (bench, run, since):
        assert run_until(run.path, LINES[kind].index(name) + 1, "after")
        kills = 0
        while run_until(run.path, len(read_journal(run.journal)) + 1 + kills // 2, "after", recovery=True):
            kills += 1
            assert kills < 30
        assert kills >= 3
        check_recovered(bench, recover(run.path), since)
    tried(1 + kills)


@contextmanager
def opened(kind: str, root: Path) -> Iterator[tuple[Bench, RunFolder, Samples | None]]:
    """Give a bench, a run that is to be begun, and what was recorded since the rebuild that a rollback follows."""
    with open_bench(root) as bench:
        if kind != "rollback":
            yield bench, bench.make_run(bench.plan("rebuild", root=kind)), None
            return
        undone = bench.make_run(bench.plan("rebuild"))
        assert run_commit(undone.path).ok
        since = bench.record(*SINCE)
        yield bench, RunFolder.create(bench.run_dir, undone.plan, bench.urls, QUICK, undoes=undone.path.name), since


def check_recovered(bench: Bench, report: Report, since: Samples | None) -> None:
    """Check that all is as it should be, and that the report says no more than what is true."""
    bench.check_whole(since)
    assert report.ended
    assert report.pvs[0].state in (State.CLOSED, State.PLANNED)
    assert not report.pvs[0].is_harmed
    added = bench.gained - (0 if since is None else len(since))
    assert added in (0, 4)
    assert report.ok == (added == (4 if since is None else 0))
    assert not list(bench.run_dir.glob("locks/*"))
