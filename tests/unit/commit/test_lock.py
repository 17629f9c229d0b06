"""Locks: one run for each PV of a primary, told who, and never lost between renewal and release."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from archredundancy.commit import RunFolder
from archredundancy.commit.lock import PVLocks
from archredundancy.errors import LockedError

Make = Callable[[], RunFolder]


def lock_files(run: RunFolder) -> list[Path]:
    return sorted(run.run_dir.glob("locks/*"))


def test_a_lock_says_who_has_it(make_run: Make) -> None:
    """Owner, host, time, expiry, run and PV are in the file."""
    run = make_run()
    PVLocks(run).take("P", "A:B")
    (file,) = lock_files(run)
    data = json.loads(file.read_text())
    assert data["run"] == run.path.name and data["pv"] == "A:B"
    assert data["since"] < data["expires"]
    assert data["host"] and data["owner"]


def test_another_run_is_refused(make_run: Make) -> None:
    """The error names the other run; its lock stays as it was."""
    first, second = make_run(), make_run()
    PVLocks(first).take("P", "A:B")
    before = lock_files(first)[0].read_bytes()
    with pytest.raises(LockedError, match=f"locked by the run {first.path.name}.*wait for its end"):
        PVLocks(second).take("P", "A:B")
    PVLocks(second).release("A:B")
    assert [file.read_bytes() for file in lock_files(first)] == [before]


def test_an_expired_lock_is_not_taken(make_run: Make) -> None:
    """The PV of a dead run may be paused, so its lock counts; the error says to recover that run."""
    first, second = make_run(), make_run()
    PVLocks(first).take("P", "A:B")
    (file,) = lock_files(first)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"expires": "2020-01-01T00:00:00.000000000Z"}))
    with pytest.raises(LockedError, match=f"recover that run: .*{first.path.name}"):
        PVLocks(second).take("P", "A:B")


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


def test_renewing_puts_off_the_expiry(make_run: Make) -> None:
    """Only that changes, and only in the run's own locks."""
    first, second = make_run(), make_run()
    locks = PVLocks(first)
    locks.take("P", "A:B")
    PVLocks(second).take("P", "A:C")
    before = {file: json.loads(file.read_text()) for file in lock_files(first)}
    locks.renew()
    after = {file: json.loads(file.read_text()) for file in lock_files(first)}
    assert after.keys() == before.keys()
    for file, data in after.items():
        assert {**data, "expires": 0} == {**before[file], "expires": 0}
        assert (data["expires"] > before[file]["expires"]) is (data["pv"] == "A:B")
