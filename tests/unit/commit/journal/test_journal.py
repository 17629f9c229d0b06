"""The journal: whole lines or none, in order, readable after any crash."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from archredundancy.commit.disk.claims import look_at, take_claim
from archredundancy.commit.disk.lines import DurableLines
from archredundancy.commit.journal.journal import SCHEMA, Journal, read_journal, read_on, unsaved_of
from archredundancy.errors import LockedError, StoreError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_a_line_is_on_the_disk_when_write_returns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is flushed and synchronised before the next thing can happen."""
    synced = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(path.read_bytes().count(b"\n")))
    with Journal(path) as journal:
        for _ in range(3):
            journal.write("note", message="x")
    assert synced[-3:] == [1, 2, 3]


def test_lines_say_number_time_kind_and_pv(path: Path) -> None:
    """A line is one JSON object; names beyond ASCII are escaped."""
    with Journal(path, clock=lambda: 0) as journal:
        journal.write("state", "A:µ", state="locked")
    assert json.loads(path.read_text(encoding="ascii")) == {
        "n": 1,
        "time": "1970-01-01T00:00:00.000000000Z",
        "kind": "state",
        "pv": "A:µ",
        "state": "locked",
    }
    (entry,) = read_journal(path)
    assert (entry.number, entry.kind, entry.pv, entry.facts) == (1, "state", "A:µ", {"state": "locked"})
    assert "state A:µ state=locked" in str(entry)


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_cut_last_line_is_no_line(cut: int, path: Path) -> None:
    """Wherever a crash cuts the last line, the others are read, and writing goes on behind them."""
    with Journal(path) as journal:
        journal.write("note", message="first")
        whole = path.read_bytes()
        journal.write("note", message="second")
    path.write_bytes(path.read_bytes()[: len(whole) + cut])
    assert [entry.facts["message"] for entry in read_journal(path)] == ["first"]
    with Journal(path) as journal:
        journal.write("note", message="third")
    assert [(entry.number, entry.facts["message"]) for entry in read_journal(path)] == [(1, "first"), (2, "third")]


def test_a_journal_that_was_opened_only_is_empty(path: Path) -> None:
    """A crash before the first line leaves an empty journal, which can be read and gone on with."""
    Journal(path).__exit__(None, None, None)
    assert read_journal(path) == []


@pytest.mark.parametrize("line", [b"rubbish\n", b"[]\n", b'{"n": 1}\n', b"\xff\n"])
def test_a_damaged_line_is_told(line: bytes, path: Path) -> None:
    """A whole line that is none of ours is no cut one: somebody has to look."""
    path.write_bytes(line)
    with pytest.raises(StoreError, match="a line that cannot be read"):
        read_journal(path)


@pytest.mark.parametrize("schema", [SCHEMA + 1, 0, "1", None])
@pytest.mark.parametrize("read", [read_journal, lambda path: read_on(path, 0), Journal])
def test_a_journal_of_another_schema_is_refused(schema: object, read: Callable[[Path], object], path: Path) -> None:
    """Its lines may mean something else; the error names what it has, what is read, and what to do."""
    with Journal(path) as journal:
        journal.write("run", schema=SCHEMA)
        journal.write("recovery", schema=schema)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"has schema {schema!r}, and .* reads schema {SCHEMA}.* use the version that"):
        read(path)
    assert path.read_bytes() == before


def test_no_journal_is_told(path: Path) -> None:
    """The error names the file."""
    with pytest.raises(StoreError, match=r"journal\.jsonl cannot be read"):
        read_journal(path)


def test_numbers_that_are_none_are_not_written(path: Path) -> None:
    """NaN is no JSON; the line is refused rather than spoilt."""
    with Journal(path) as journal, pytest.raises(ValueError, match="not JSON compliant"):
        journal.write("note", value=float("nan"))


def test_threads_take_turns(path: Path) -> None:
    """Lines of several threads are whole and numbered without a gap."""
    with Journal(path) as journal:
        threads = [Thread(target=lambda: [journal.write("note") for _ in range(20)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [entry.number for entry in read_journal(path)] == list(range(1, 81))


def test_signs_of_life_come_now_and_then(path: Path) -> None:
    """While the context lasts there are heartbeats, here and in the claim; after it there are none."""
    claim = take_claim(path.parent, look_at(path.parent))
    with Journal(path, claim=claim) as journal:
        with journal.heartbeat(seconds=0.01):
            while look_at(path.parent).facts["beat"] < 3:
                pass
        life = look_at(path.parent)
        assert {entry.kind for entry in read_journal(path)} == {"heartbeat"}
        assert len(read_journal(path)) >= 2
    assert look_at(path.parent) == life


def test_a_journal_that_was_taken_over_is_left_alone(path: Path) -> None:
    """Not a line more, and the heart stops without a word."""
    claim = take_claim(path.parent, look_at(path.parent))
    with Journal(path, claim=claim) as journal:
        journal.write("run")
        take_claim(path.parent, look_at(path.parent))
        with pytest.raises(LockedError, match="was taken over"):
            journal.write("state", "A", state="paused")
        with journal.heartbeat(seconds=0.001):
            time.sleep(0.02)
    assert [entry.kind for entry in read_journal(path)] == ["run"]


def test_a_call_is_not_made_if_the_run_was_taken_over_while_it_was_announced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is suspended at any point finds out before it changes something."""
    claim = take_claim(path.parent, look_at(path.parent))
    append = DurableLines.append

    def append_late(lines: DurableLines, line: bytes) -> None:
        take_claim(path.parent, look_at(path.parent))
        append(lines, line)

    with Journal(path, claim=claim) as journal:
        monkeypatch.setattr(DurableLines, "append", append_late)
        with pytest.raises(LockedError, match="was taken over"):
            journal.about("A").intent("mergeInData", pv="A")
    assert [entry.kind for entry in read_journal(path)] == ["intent"]


def test_as_the_last_resort_a_claim_need_not_be_read(path: Path) -> None:
    """Where its folder cannot be reached, bringing PVs back goes on; a claim that is revoked still ends it."""
    claim = take_claim(path.parent, look_at(path.parent))
    file = path.parent / "claims" / "000001"
    with Journal(path, claim=claim) as journal:
        content = file.read_bytes()
        file.unlink()
        with pytest.raises(FileNotFoundError):
            journal.write("note")
        journal.be_last_resort(OSError("gone"))
        journal.write("state", "A", state="resuming")
        file.write_bytes(content)
        take_claim(path.parent, look_at(path.parent))
        with pytest.raises(LockedError, match="was taken over"):
            journal.write("state", "A", state="archiving")
    assert [entry.kind for entry in read_journal(path)] == ["state"]


def test_lines_are_remembered_as_they_are_on_the_disk(path: Path) -> None:
    """What was written, and what was there before, is the same from memory as from the file."""
    for _ in range(2):
        with Journal(path) as journal:
            journal.write("before", "A", digests={"2024": [1, 2, 3, "0f"]}, unread=["2023"])
            assert list(journal.entries_about("A")) == read_journal(path)


def test_lines_are_found_by_their_pv_and_can_be_let_go(path: Path) -> None:
    """Of a PV that is done nothing is kept in memory; the file keeps all, and numbers go on."""
    with Journal(path) as journal:
        for pv in ("A", "", "B", "A"):
            journal.write("note", pv)
        assert [entry.number for entry in journal.entries_about("A")] == [1, 4]
        journal.let_go("A")
        assert not journal.entries_about("A") and len(journal.entries_about("B")) == 1
        assert journal.write("note", "A").number == 5
    assert [entry.pv for entry in read_journal(path)] == ["A", "", "B", "A", "A"]


def test_a_journal_is_read_on_from_where_it_was_left(path: Path) -> None:
    """Whole lines only: half a line is read when the rest of it is there."""
    with Journal(path) as journal:
        journal.write("note", message="first")
        journal.write("note", message="second")
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    first, end = read_on(path, 0)
    assert [entry.facts["message"] for entry in first] == ["first"] and read_on(path, end) == ([], end)
    path.write_bytes(whole)
    second, end = read_on(path, end)
    assert [entry.facts["message"] for entry in second] == ["second"] and end == len(whole)


def test_the_last_resort_goes_on_without_the_disk(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Lines that the disk does not take are told in the log and a second place, and saved once it takes them again."""
    monkeypatch.setenv("XDG_STATE_HOME", str(path.parent / "home"))
    second = unsaved_of(path.parent)
    with Journal(path) as journal:
        journal.write("run")
        with monkeypatch.context() as full:
            full.setattr(DurableLines, "append", fail)
            with pytest.raises(OSError, match="no room"):
                journal.write("note")
            journal.be_last_resort(OSError("no room"))
            journal.write("state", "A", state="resuming")
            assert [entry.kind for entry in journal.entries_about("A")] == ["state"]
            assert [entry.kind for entry in read_journal(path)] == ["run"]
            assert [entry.kind for entry in read_journal(second)] == ["state"]
            assert str(second) in caplog.text and '"resuming"' in caplog.text
        journal.write("state", "A", state="archiving")
        assert list(journal.entries_about("A")) == read_journal(path)[1:]


def fail(lines: DurableLines, line: bytes) -> None:
    raise OSError("no room")


def test_only_its_owner_can_read_it(path: Path) -> None:
    """It says how clusters are reached."""
    Journal(path).__exit__(None, None, None)
    assert path.stat().st_mode & 0o777 == 0o600


def test_calls_are_recorded_with_their_pv(path: Path) -> None:
    """The record of a committer writes intents and outcomes of one PV."""
    with Journal(path) as journal:
        record = journal.about("A")
        record.intent("pauseArchivingPV", pv="A")
        record.outcome("pauseArchivingPV", ok=True)
    assert [(entry.kind, entry.pv, dict(entry.facts)) for entry in read_journal(path)] == [
        ("intent", "A", {"call": "pauseArchivingPV"}),
        ("outcome", "A", {"call": "pauseArchivingPV", "ok": True}),
    ]
