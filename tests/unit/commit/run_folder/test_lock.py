"""Locks: one run for each PV of a primary, told who; only its run gives it back."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from archredundancy.commit import RunFolder
from archredundancy.commit.run_folder.lock import PVLocks, unfinished_run
from archredundancy.errors import LockedError

Make = Callable[[], RunFolder]


def lock_files(run: RunFolder) -> list[Path]:
    return sorted(run.run_dir.glob("locks/*"))


def test_a_lock_says_who_has_it(make_run: Make) -> None:
    """Owner, host, time, run and PV are in the file, which everybody may read."""
    run = make_run()
    PVLocks(run).take("P", "A:B")
    (file,) = lock_files(run)
    data = json.loads(file.read_text())
    assert data["run"] == run.path.name and data["pv"] == "A:B"
    assert data["since"] and data["host"] and data["owner"]
    assert file.stat().st_mode & 0o444 == 0o444


def test_another_run_is_refused(make_run: Make) -> None:
    """The error names the other run; its lock stays as it was."""
    first, second = make_run(), make_run()
    PVLocks(first).take("P", "A:B")
    before = lock_files(first)[0].read_bytes()
    with pytest.raises(LockedError, match=f"locked by the run {first.path.name}.*wait for its end, or if it is dead"):
        PVLocks(second).take("P", "A:B")
    PVLocks(second).release("A:B")
    assert [file.read_bytes() for file in lock_files(first)] == [before]


def test_of_several_runs_one_gets_a_pv(make_run: Make) -> None:
    """However close together they try."""
    runs = [make_run() for _ in range(8)]
    refused: list[str] = []

    def attempt(run: RunFolder) -> None:
        try:
            PVLocks(run).take("P", "A:B")
        except LockedError as error:
            refused.append(str(error))

    threads = [Thread(target=attempt, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    assert len(lock_files(runs[0])) == 1


def test_a_pv_leads_to_the_run_that_has_it(make_run: Make) -> None:
    """So plans can be refused as long as a merge may still be running."""
    run = make_run()
    assert unfinished_run(run.run_dir, "A:B") is None
    PVLocks(run).take("P", "A:B")
    assert unfinished_run(run.run_dir, "A:B") == unfinished_run(run.run_dir, "A:B", "P") == run.path
    assert unfinished_run(run.run_dir, "A:B", "Q") is unfinished_run(run.run_dir, "A:C") is None
    PVLocks(run).release("A:B")
    assert unfinished_run(run.run_dir, "A:B") is None


def test_other_pvs_and_primaries_are_free(make_run: Make) -> None:
    """A lock is of one PV of one primary."""
    first, second = make_run(), make_run()
    PVLocks(first).take("P", "A:B")
    PVLocks(second).take("P", "A:C")
    PVLocks(second).take("Q", "A:B")
    assert len(lock_files(first)) == 3


def test_a_run_may_take_its_lock_again(make_run: Make) -> None:
    """What a run has already it is not refused."""
    run = make_run()
    PVLocks(run).take("P", "A:B")
    PVLocks(run).take("P", "A:B")
    assert len(lock_files(run)) == 1


def test_releasing_leaves_nothing(make_run: Make) -> None:
    """A released PV can be taken by another run; releasing twice does no harm."""
    first, second = make_run(), make_run()
    locks = PVLocks(first)
    locks.take("P", "A:B")
    locks.release("A:B")
    locks.release("A:B")
    assert lock_files(first) == []
    PVLocks(second).take("P", "A:B")
