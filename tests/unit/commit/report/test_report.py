"""Reports are made from the journal alone, and say what a person has to do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archredundancy.commit import Report, State
from archredundancy.commit.journal.journal import Journal
from archredundancy.commit.proof.verification import Outcome, Result, unread

HEAD = {
    "schema": 1,
    "plan": "7f3a-91c2",
    "strategy": "relay",
    "pvs": ["A:B", "C:D"],
    "host": "h",
    "owner": "o",
    "pid": 1,
}
GOOD = Outcome(partition="2024_02", result=Result.GAINED, before=1000, after=1250, gained=250)
SAME = Outcome(partition="2024_01", result=Result.SAME, before=10, after=10)
BAD = Outcome(partition="2024_03", result=Result.LOST, before=10, after=9, lost=1)
PAUSED = ("intent", "A:B", {"call": "pauseArchivingPV"})

Lines = list[tuple[str, str, dict[str, Any]]]
Write = Callable[..., Report]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Returns the report of a journal with the given lines, each (kind, pv, facts)."""

    def make(*lines: tuple[str, str, dict[str, Any]], head: dict[str, Any] | None = None) -> Report:
        path = tmp_path / "journal.jsonl"
        with Journal(path, clock=lambda: 0) as journal:
            journal.write("run", **(head or HEAD))
            for kind, pv, facts in lines:
                journal.write(kind, pv, **facts)
        return Report.from_journal(path)

    return make


def done(pv: str, *outcomes: Outcome, state: State = State.CLOSED) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("verified", pv, {"partitions": [outcome.to_json() for outcome in outcomes]}),
        ("state", pv, {"state": state}),
    ]


END = ("end", "", {})


def test_a_run_that_has_begun_nothing_says_so(write: Write) -> None:
    """Stopped, or failed, before its first PV: not done, but nothing is amiss either."""
    report = write(END)
    assert not report.ok
    assert report.verdict == "Plan 7f3a-91c2 (relay): ended before a PV was begun, 0 of 2 PVs done and proven"


def test_a_run_that_went_well(write: Write) -> None:
    """All PVs closed and proven, and the run ended: that is ok, and there is nothing to do."""
    report = write(*done("A:B", GOOD, SAME), *done("C:D", GOOD), END)
    assert report.ok and report.ended
    assert report.outcomes == {"A:B": (GOOD, SAME), "C:D": (GOOD,)}
    text = repr(report)
    assert "7f3a-91c2 (relay): done and proven, 500 samples gained" in text
    assert "2024_02      gained   1,000 -> 1,250 samples: 250 gained" in text
    assert "1 more partition, unchanged" in text
    assert "What to do" not in text


def test_a_run_that_has_not_ended_is_not_ok(write: Write) -> None:
    """Without its last line nothing is certain; it is to be recovered."""
    report = write(*done("A:B", GOOD), *done("C:D", GOOD))
    assert not report.ok and not report.ended
    assert "not at its end, 2 of 2 PVs done and proven so far" in repr(report)
    assert f"`archredundancy recover {report.run}` leaves a living process alone" in repr(report)


def test_a_merge_that_is_at_work_is_left_alone(write: Write) -> None:
    """While the run has not ended nobody is told to say that the primary is idle; what is paused is told."""
    report = write(("state", "A:B", {"state": State.MERGING}))
    text = repr(report)
    assert "--mgmt-idle" not in text and "Do not resume" in text and "A PERSON MUST ACT" not in text
    assert "PAUSED at the primary: A:B" in text and "PAUSED at the primary: A:B" in report.to_html()
    assert "still to come: 1 PV (C:D)" in text
    assert json.loads(report.to_json())["pvs"][0]["paused"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "A:B: never paused, but not merged"),
        ([PAUSED], "A:B: archived again, but not merged"),
        ([PAUSED, ("state", "A:B", {"state": State.MERGED})], "A:B: archived again, but NOT PROVEN"),
    ],
)
def test_what_is_known_of_a_pv_without_a_proof(lines: Lines, told: str, write: Write) -> None:
    """Whether it was paused, and whether a merge was made; an unproven one is to be proven, others planned again."""
    report = write(*lines, ("state", "A:B", {"state": State.CLOSED}), END)
    text = repr(report)
    assert told in text and "No PV is paused by this run." in text
    assert ("1 PV was not done as promised (A:B)" in text) == ("PROVEN" not in told)
    assert (f"`archredundancy recover {report.run}`" in text) == ("PROVEN" in told)


def test_a_run_that_was_stopped_between_pvs_is_no_failure_of_them(write: Write) -> None:
    """What is done is done; the rest is named once, and needs another plan."""
    text = repr(write(*done("A:B", GOOD), END))
    assert "stopped on the way, 1 of 2 PVs done and proven, 250 samples gained" in text
    assert "not begun, and as before: 1 PV (C:D)" in text
    assert "1 PV was not begun (C:D). To go on, plan again, with the same names" in text


def test_harm_is_told_with_the_backup(write: Write) -> None:
    """Lost samples are named, with where they still are, and what not to do."""
    copy = {"side": "primary", "partition": "2024_03", "file": "pv-001/primary/2024_03.2.raw", "sha256": "0"}
    report = write(("backup", "A:B", copy), *done("A:B", GOOD, BAD), END)
    assert not report.ok and report.pvs[0].is_harmed
    text = repr(report)
    assert "archived again, but NOT as promised" in text
    assert "1 lost" in text
    assert "Merge and consolidate nothing of it" in text and "pv-001/primary/2024_03.2.raw" in text
    assert "not begun, and as before: 1 PV (C:D)" in text and "Recover" not in text


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.MERGING, "nobody knows whether its merge, or the moving of its files, is over"),
        (State.STILL_RUNNING, "Do not resume"),
        (State.NOT_SWITCHED_BACK, "before its files are together again"),
        (State.NOT_RESUMED, "is not archived by the primary although it was told to"),
        (State.PAUSED, "Recover the run"),
    ],
)
def test_a_pv_left_over_calls_a_person(state: State, told: str, write: Write) -> None:
    """What has to be done stands in text and HTML."""
    report = write(("state", "A:B", {"state": state}), END)
    assert not report.ok
    assert told in repr(report)
    assert told in report.to_html()
    assert report.pvs[0].needs_operator == (state is not State.PAUSED)


def test_failures_are_told(write: Write) -> None:
    """The last message of a PV, and that of the run as a whole, are in the report."""
    report = write(
        ("note", "A:B", {"failure": "stale-plan", "message": "not what it was:\n  2024_02 gain: 2 -> 1"}),
        ("state", "A:B", {"state": State.CLOSED}),
        ("note", "", {"failure": "connection", "message": "nobody at http://p"}),
        END,
    )
    assert report.pvs[0].message.startswith("not what it was")
    assert report.message == "nobody at http://p"
    assert "  2024_02 gain: 2 -> 1" in repr(report) and "nobody at http://p" in repr(report)


def test_the_last_recovery_counts(write: Write) -> None:
    """What a recovery wrote after the run is what is told."""
    report = write(
        ("state", "A:B", {"state": State.STILL_RUNNING}),
        END,
        ("recovery", "", {**HEAD, "mgmt_idle": True}),
        *done("A:B", GOOD),
        *done("C:D", GOOD),
        END,
    )
    assert report.ok


def test_nothing_is_shown_raw_in_html(write: Write) -> None:
    """Names and messages are escaped; there is no script and nothing from elsewhere."""
    head = {**HEAD, "pvs": ["<b>PV</b>"]}
    note = {"failure": "x", "message": "<script>alert(1)</script>"}
    html = write(("note", "<b>PV</b>", note), ("state", "<b>PV</b>", {"state": State.CLOSED}), END, head=head).to_html()
    assert "<script" not in html and "<b>PV" not in html
    assert "&lt;script&gt;" in html and "&lt;b&gt;PV" in html
    assert "http" not in html


def test_json_has_everything(write: Write) -> None:
    """Programs read the same that people do."""
    data = json.loads(write(*done("A:B", GOOD, BAD), END).to_json())
    assert data["ok"] is False and data["plan"] == "7f3a-91c2"
    assert data["pvs"][0]["partitions"][1] == BAD.to_json()
    assert data["pvs"][1]["state"] == "planned"


def test_what_the_pause_cost_is_told(write: Write) -> None:
    """From when to when and how long, in text, page and JSON, and that the next plan brings it."""
    pause = {"start": "2024-03-20T12:00:00.000000000Z", "end": "2024-03-20T12:00:10.500000000Z", "is_over": True}
    note = ("note", "A:B", {"message": "a new sample has come", "pause": pause})
    report = write(*done("A:B", GOOD)[:1], note, *done("A:B", GOOD), *done("C:D", GOOD), END)
    told = "not recorded by the primary from 2024-03-20T12:00:00.000000000Z to its first sample since, at 2024"
    assert told in repr(report) and told in report.to_html()
    assert "(10.500 s); the next plan of this PV brings" in repr(report)
    assert json.loads(report.to_json())["pvs"][0]["pause"] == {**pause, "seconds": 10.5}
    assert report.pvs[1].pause is None


def test_a_pause_after_which_nothing_came_is_told_as_such(write: Write) -> None:
    """Then its end is when it was resumed."""
    pause = {"start": "2024-03-20T12:00:00.000000000Z", "end": "2024-03-20T12:00:10.500000000Z", "is_over": False}
    report = write(("note", "A:B", {"message": "", "pause": pause}), ("state", "A:B", {"state": State.CLOSED}), END)
    assert "no sample has come since" in repr(report)


def test_warnings_are_no_failures(write: Write) -> None:
    """What a person should know is told, of the run and of a PV, and the run is as good as it is."""
    report = write(
        ("note", "", {"message": "the site file is gone", "warning": True}),
        ("note", "A:B", {"message": "the secondary says 'Paused'", "warning": True}),
        *done("A:B", GOOD),
        *done("C:D", GOOD),
        END,
    )
    assert report.ok
    assert report.warnings == ("the site file is gone",)
    assert report.pvs[0].warnings == ("the secondary says 'Paused'",) and not report.pvs[0].message
    for text in (repr(report), report.to_html().replace("&#x27;", "'"), report.to_json()):
        assert "the site file is gone" in text and "the secondary says 'Paused'" in text


def test_a_page_is_static_and_follows_light_and_dark(write: Write) -> None:
    """It stands alone: no script, nothing from elsewhere."""
    page = write(*done("A:B", GOOD, BAD), END).to_page()
    assert page.startswith("<!doctype html>") and "color-scheme" in page
    assert "<script" not in page and "http" not in page and "2024_03" in page


def test_commands_can_be_copied_from_html(write: Write) -> None:
    """They are marked as code."""
    report = write(("state", "A:B", {"state": State.STILL_RUNNING}), END)
    assert f"<code>archredundancy recover {report.run} --mgmt-idle</code>" in report.to_html()
    assert json.loads(report.to_json())["what_to_do"][0].startswith("A:B is paused at the primary")


def test_an_empty_journal_makes_a_report(tmp_path: Path) -> None:
    """A run that died before its first line did nothing, and is not ok."""
    path = tmp_path / "journal.jsonl"
    path.touch()
    report = Report.from_journal(path)
    assert not report.ok and report.pvs == ()


def test_what_could_not_be_read_is_told_with_the_reason(write: Write) -> None:
    """It had samples, and nobody knows what it has: no count, but why; in text, page and JSON."""
    missed = unread("2024_02", 1000, "the connection broke")
    report = write(*done("A:B", missed), *done("C:D", GOOD), END)
    assert "unread   it had 1,000 samples, and could not be read: the connection broke" in repr(report)
    assert "unread: the connection broke" in report.to_html()
    assert "the connection broke" in report.to_json()


def test_a_report_names_its_clusters_and_where_files_are(write: Write) -> None:
    """Who is handed it knows of which pair it is; without their names in the journal it tells none."""
    moved = ("state", "A:B", {"state": State.REVIEWED, "stored_in": "pb://new"})
    lines = (moved, *done("A:B", GOOD), *done("C:D", GOOD), END)
    report = write(*lines, head=HEAD | {"primary": "http://p:17665", "secondary": "http://s:17665"})
    assert repr(report).endswith("\nPrimary http://p:17665, secondary http://s:17665")
    assert "Primary http://p:17665, secondary http://s:17665</p>" in report.to_html()
    assert "<p>A:B: It is stored in pb://new</p>" in report.to_html()
    assert json.loads(report.to_json())["primary"] == "http://p:17665"
    assert "Primary" not in repr(write(*lines))
