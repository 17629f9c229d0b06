"""A run as one line for each PV, from the lines of its journal."""

from typing import Any

import pytest

from archredundancy.commit.journal.journal import Entry
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.verification import Outcome, Result
from archredundancy.commit.report.progress import Progress

GAINED = Outcome(partition="2024", result=Result.GAINED, before=2, after=5, gained=3)
SAME = Outcome(partition="2024", result=Result.SAME, before=2, after=2)

UNREAD = Outcome(partition="2024", result=Result.UNREAD, before=2, after=0)


def entry(kind: str, pv: str = "A", second: float = 0.0, **facts: Any) -> Entry:
    time = f"2026-11-22T22:00:{second:012.9f}Z"
    return Entry(number=1, time=time, kind=kind, pv=pv, facts=facts)


def last_line(*entries: Entry, strategy: str = "relay") -> str | None:
    """Return what is told of a PV when it is closed."""
    progress = Progress()
    progress.line(entry("run", "", folder="/runs/1", pvs=["A", "B"], strategy=strategy))
    assert [line for each in entries if (line := progress.line(each))] == []
    return progress.line(entry("state", state=State.CLOSED))


def verified(outcome: Outcome) -> Entry:
    return entry("verified", partitions=[outcome.to_json()])


def test_the_pause_is_from_the_call_to_the_answer_of_the_resumption() -> None:
    """Not what came before, nor how long it took to see that archiving goes on."""
    line = last_line(
        entry("state", second=1, state=State.PAUSING),
        entry("intent", second=2, call="pauseArchivingPV"),
        verified(GAINED),
        entry("outcome", second=4.56, call="resumeArchivingPV", ok=True),
        entry("state", second=9, state=State.ARCHIVING),
    )
    assert line == "1/2  A  as promised, 3 gained, paused for 2.6 s"


@pytest.mark.parametrize(
    ("strategy", "entries", "told"),
    [
        ("relay", [], "not merged"),
        ("relay", [entry("note", failure="x", message="why\nmore")], "not merged: why"),
        ("rebuild", [verified(GAINED)], "as promised, 3 gained"),
        ("rollback", [verified(SAME)], "on its old files again"),
        ("rollback", [verified(SAME), entry("state", state=State.SWITCHED_BACK)], "NOT as promised"),
    ],
)
def test_the_verdict(strategy: str, entries: list[Entry], told: str) -> None:
    """By what was compared; a PV that was switched back is not where it should be, however whole it is."""
    assert last_line(*entries, strategy=strategy) == f"1/2  A  {told}"


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (
            [entry("state", state=State.MERGED), entry("note", failure="x", message="a copy is gone")],
            ": a copy is gone",
        ),
        ([entry("state", state=State.MERGED), verified(UNREAD)], ""),
    ],
)
def test_what_was_merged_and_not_compared_is_not_proven(entries: list[Entry], told: str) -> None:
    """It is neither "not merged" nor "not as promised": its samples are there, and nobody has seen whether all are."""
    assert last_line(*entries) == f"1/2  A  NOT PROVEN{told}"


def test_a_pv_that_waits_for_a_person_is_told_at_the_end() -> None:
    """It comes to no end of its own, and its pause is not over."""
    progress = Progress()
    told = [
        progress.line(each)
        for each in (
            entry("run", "", folder="/runs/1", pvs=["A"]),
            entry("state", state=State.STILL_RUNNING),
            entry("note", failure="x", message="it may still be running"),
            entry("end", ""),
        )
    ]
    assert told[1:] == [None, None, "1/1  A  still-running, A PERSON MUST ACT: it may still be running"]
