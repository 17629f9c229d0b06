"""What a journal says about a PV: what was done, what was given away, what was kept."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archredundancy.commit.journal.history import PVHistory, digest_from_json, digest_to_json
from archredundancy.commit.journal.journal import Journal, read_journal
from archredundancy.commit.journal.states import State
from archredundancy.model import format_time
from archredundancy.plan import Digest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def history(path: Path, *lines: tuple[str, dict[str, Any]]) -> PVHistory:
    with Journal(path) as journal:
        for kind, facts in lines:
            journal.write(kind, "A", **facts)
            journal.write(kind, "B", **{**facts, "state": State.CLOSED} if "state" in facts else facts)
    return PVHistory("A", read_journal(path))


def test_other_pvs_do_not_matter(path: Path) -> None:
    """Of lines of several PVs only the PV's own count."""
    found = history(path, ("state", {"state": State.LOCKED}), ("state", {"state": State.FRESH}))
    assert found.state is State.FRESH
    assert found.reached(State.LOCKED) and not found.reached(State.CLOSED)
    assert PVHistory("C", found.entries).state is State.PLANNED


def test_a_call_is_intended_before_it_has_an_outcome(path: Path) -> None:
    """What was about to be done may have been done."""
    found = history(
        path,
        ("intent", {"call": "pauseArchivingPV"}),
        ("intent", {"call": "mergeInData"}),
        ("outcome", {"call": "mergeInData", "ok": True}),
    )
    assert found.intended("pauseArchivingPV") and found.outcome("pauseArchivingPV") is None
    assert found.outcome("mergeInData") == {"call": "mergeInData", "ok": True}
    assert not found.intended("resumeArchivingPV")


@pytest.mark.parametrize(
    ("asked", "gave_all"),
    [([], False), ([(0, 10)], False), ([(0, 10), (20, 30)], True), ([(0, 30)], True), ([(11, 30), (0, 9)], False)],
)
def test_what_the_relay_gave(asked: list[tuple[int, int]], gave_all: bool, path: Path) -> None:
    """It gave all once every promised sample was in a range that was asked for; counting gives nothing."""
    span = {"start": format_time(0), "end": format_time(99)}
    lines = [
        ("relay", {"request": "ncount", "count": 3, **span}),
        ("relay", {"request": "ping", "start": None, "end": None}),
    ]
    lines += [
        ("relay", {"request": "data", "count": 1, "start": format_time(start), "end": format_time(end)})
        for start, end in asked
    ]
    assert history(path, *lines).gave_all(np.array([0, 10, 20])) is gave_all


@pytest.mark.parametrize(
    ("asked", "about_all"), [([], False), ([(0, 9)], False), ([(0, 9), (10, 19)], True), ([(5, 19)], False)]
)
def test_what_the_relay_was_asked_about(asked: list[tuple[int, int]], about_all: bool, path: Path) -> None:
    """A merge asks for the number of samples in the time of every file; what it gets tells nothing of others."""
    lines = [
        ("relay", {"request": "ncount", "count": 0, "start": format_time(start), "end": format_time(end)})
        for start, end in asked
    ]
    lines.append(("relay", {"request": "data", "count": 1, "start": format_time(0), "end": format_time(99)}))
    assert history(path, *lines).asked_about([0, 10]) is about_all


def test_the_latest_copy_counts(path: Path) -> None:
    """A copy made after the consolidation stands for the one made before the pause."""
    copy = {"side": "primary", "partition": "2024", "file": "1", "sha256": "a"}
    found = history(
        path,
        ("backup", copy),
        ("backup", {**copy, "file": "2"}),
        ("backup", {**copy, "side": "secondary"}),
        ("promised", {**copy, "side": "promised", "file": "3"}),
    )
    assert {
        side: each["2024"].file for side in ("primary", "secondary", "promised") if (each := found.copies(side))
    } == {
        "primary": "2",
        "secondary": "1",
        "promised": "3",
    }


def test_digests_go_through_the_journal(path: Path) -> None:
    """64 bits survive, and the newest sample is known."""
    digest = Digest(n=3, first=1, last=2**62, sum64=2**64 - 1)
    assert digest_from_json(digest_to_json(digest)) == digest
    digests = {"2023": digest_to_json(Digest()), "2024": digest_to_json(digest)}
    found = history(path, ("before", {"digests": digests, "unread": ["2022"]}))
    assert found.before == {"2023": Digest(), "2024": digest}
    assert found.newest == 2**62
    assert found.unread_before == {"2022"}
    assert PVHistory("C", found.entries).newest is None
