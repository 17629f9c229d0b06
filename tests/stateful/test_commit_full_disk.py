"""A disk that fills up while a PV is paused: the PV archives again, and it is told why, wherever that is possible."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archredundancy.client.commands.command_reply import CommandReply
from archredundancy.client.commands.committer import Committer
from archredundancy.commit import State, read_journal, recover, run_commit
from archredundancy.commit.disk.lines import DurableLines
from archredundancy.commit.journal.journal import unsaved_of
from archredundancy.testing.embedded.bench import Bench, open_bench


def slow(line: int) -> Any:
    return pytest.param(line, marks=pytest.mark.slow)


#: Lines of the journal of a relay merge, counted from 1, while the PV is paused.
WHILE_PAUSED = (17, 18, 19, 20, 22, 24, 25, 26, 27, 34, 35, 36)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("line", [14, slow(17), 19, 25, slow(34)])
def test_the_reserve_brings_a_pv_home(line: int, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full from a line on: nothing new is begun, the PV archives again, and all of it is in the journal."""
    run = bench.make_run(bench.plan("relay"))
    put = DurableLines._put

    def put_if_room(lines: DurableLines, data: bytes) -> None:
        if lines.has_reserve and Path(lines._reserve.with_suffix("")).read_bytes().count(b"\n") + 1 >= line:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        put(lines, data)

    monkeypatch.setattr(DurableLines, "_put", put_if_room)
    report = run_commit(run.path)
    assert report.ended and report.pvs[0].state is State.CLOSED
    if line < 26:
        assert "is full" in report.pvs[0].message
        assert bench.gained == 0
    else:
        assert report.ok
    bench.check_whole()
    assert not unsaved_of(run.path).exists()


@pytest.mark.parametrize("line", [line if line in (19, 27) else slow(line) for line in WHILE_PAUSED])
def test_a_journal_that_takes_no_line_keeps_no_pv_paused(
    line: int, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The PV archives again though nothing can be written; it is told elsewhere, and recovered when there is room."""
    run = bench.make_run(bench.plan("relay"))
    with monkeypatch.context() as full:
        full.setattr(DurableLines, "append", refusing_from(line))
        assert not run_commit(run.path).ended
    assert bench.status() == "Being archived"
    told = read_journal(unsaved_of(run.path))
    assert "make room, then recover the run" in told[-2].facts["message"] and told[-1].kind == "end"
    assert [entry.kind for entry in read_journal(run.journal)][line - 1 :] == []
    assert list(bench.run_dir.glob("locks/*.lock"))
    report = recover(run.path)
    assert report.pvs[0].state is State.CLOSED and report.ended
    assert not list(bench.run_dir.glob("locks/*.lock"))
    bench.check_whole()


def test_a_file_server_that_fails_keeps_no_pv_paused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can tell whether the run was taken over, and who took it over would let the PV be archived, too."""
    run = bench.make_run(bench.plan("relay"))
    claim = run.path / "claims" / "000001"
    pause = Committer.pause

    def pause_and_fail(committer: Committer, pv: str) -> CommandReply:
        reply = pause(committer, pv)
        claim.rename(claim.with_name("away"))
        return reply

    monkeypatch.setattr(Committer, "pause", pause_and_fail)
    report = run_commit(run.path)
    assert "make room, then recover the run" in report.message
    assert bench.status() == "Being archived"
    claim.with_name("away").rename(claim)
    assert recover(run.path).pvs[0].state is State.CLOSED
    bench.check_whole()


def refusing_from(line: int) -> Any:
    append = DurableLines.append

    def append_or_fail(lines: DurableLines, data: bytes) -> None:
        if lines._reserve.with_suffix("").read_bytes().count(b"\n") + 1 >= line:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        append(lines, data)

    return append_or_fail
