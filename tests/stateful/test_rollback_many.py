"""Several PVs in one rebuild, and in one rollback of it: all of them, or what an interrupted one has left."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archredundancy.commit import Entry, Report, RunFolder, State, plan_rollback, recover, rollback, run_commit
from archredundancy.commit.journal.journal import Journal
from archredundancy.commit.run.batches import request_stop
from archredundancy.errors import CommitError
from archredundancy.plan import MergePlan
from archredundancy.testing.embedded.bench import QUICK
from archredundancy.testing.embedded.many_pvs import ManyPVs, open_many_pvs
from archredundancy.testing.interruptions.crash import run_until


@pytest.fixture
def many(tmp_path: Path) -> Iterator[ManyPVs]:
    with open_many_pvs(tmp_path, 3) as opened:
        yield opened


@pytest.mark.parametrize("root", ["new", pytest.param("same", marks=pytest.mark.slow)])
def test_several_pvs_are_rebuilt_and_rolled_back_in_one_run_each(root: str, many: ManyPVs) -> None:
    """Each is on its own new files, then on its own old ones, and each is told."""
    before = stores(many)
    rebuilt = rebuild(many, root)
    assert many.counts() == [3, 3, 3]
    moved = stores(many)
    assert all((moved[pv] == before[pv]) == (root == "same") for pv in many.names)
    undone = roll_back(rebuilt.run)
    assert undone.ok, undone
    assert many.counts() == [2, 2, 2]
    assert [pv.pv for pv in undone.pvs] == list(many.names) and all(pv.kept_in for pv in undone.pvs)
    assert archived(many)
    with pytest.raises(CommitError, match=f"{rebuilt.run.name} was undone already"):
        plan_rollback(rebuilt.run)


@pytest.mark.slow
def test_a_rollback_that_was_stopped_is_finished_by_another(many: ManyPVs) -> None:
    """What the first has put back is left alone; nothing but the rest is tried."""
    rebuilt = rebuild(many, "new")
    report = commit_first(undo(rebuilt))
    assert [pv.ok for pv in report.pvs] == [True, False, False]
    assert "2 PVs were not begun" in repr(report) and "roll the same run back again" in repr(report)
    assert many.counts() == [2, 3, 3]
    finished = roll_back(rebuilt.run)
    assert finished.ok and [pv.pv for pv in finished.pvs] == list(many.names[1:])
    assert many.counts() == [2, 2, 2] and archived(many)


@pytest.mark.slow
def test_a_rollback_that_died_is_recovered_and_done_again(many: ManyPVs) -> None:
    """Killed while its first PV is on neither of the two; that one goes back to the rebuilt files, and can go again."""
    rebuilt = rebuild(many, "new")
    killed = undo(rebuilt)
    assert run_until(killed.path, "state switching", "after")
    report = recover(killed.path, settings=QUICK)
    assert [pv.state for pv in report.pvs] == [State.CLOSED, State.PLANNED, State.PLANNED]
    assert report.pvs[0].switched_back and archived(many)
    assert many.counts() == [3, 3, 3]
    finished = roll_back(rebuilt.run)
    assert finished.ok and [pv.pv for pv in finished.pvs] == list(many.names)
    assert many.counts() == [2, 2, 2] and archived(many)


def test_only_what_a_run_has_rebuilt_is_rolled_back(many: ManyPVs) -> None:
    """Of a rebuild that was stopped after its first PV that one goes back, and the others are no part of it."""
    run = RunFolder.create(runs(many), planned(many, "new"), many.urls, QUICK)
    assert [pv.ok for pv in commit_first(run).pvs] == [True, False, False]
    undone = roll_back(run.path)
    assert undone.ok and [pv.pv for pv in undone.pvs] == ["BATCH:000"]
    assert many.counts() == [2, 2, 2] and archived(many)


def roll_back(run: Path) -> Report:
    return rollback(run, str(plan_rollback(run).id), settings=QUICK)


def planned(many: ManyPVs, root: str) -> MergePlan:
    return many.pair.plan_merge("BATCH:*", strategy="rebuild", root=root, progress=False)


def rebuild(many: ManyPVs, root: str) -> Report:
    report = run_commit(RunFolder.create(runs(many), planned(many, root), many.urls, QUICK).path)
    assert report.ok, report
    return report


def undo(rebuilt: Report) -> RunFolder:
    """Return the folder of a rollback, ready for its process."""
    undone = RunFolder.open(rebuilt.run)
    return RunFolder.create(undone.run_dir, undone.plan, undone.urls, QUICK, undoes=undone.path.name)


def commit_first(run: RunFolder) -> Report:
    """Let a run do its first PV, and ask it to stop."""
    write = Journal.write

    def write_and_stop(journal: Journal, kind: str, pv: str = "", **facts: Any) -> Entry:
        if facts.get("state") == State.CLOSED:
            request_stop(run.path)
        return write(journal, kind, pv, **facts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "write", write_and_stop)
        return run_commit(run.path)


def runs(many: ManyPVs) -> Path:
    assert many.pair.run_dir is not None
    return Path(many.pair.run_dir)


def stores(many: ManyPVs) -> dict[str, str]:
    """Return the URL of each PV's last store."""
    management = many.pair.primary.management
    assert management is not None
    return {pv: management.type_info(pv).stores[-1].text for pv in many.names}


def archived(many: ManyPVs) -> bool:
    management = many.pair.primary.management
    assert management is not None
    is_free = not list(runs(many).glob("locks/*.lock"))
    return is_free and all(each.status == "Being archived" for each in management.pv_status(many.names))
