"""Recovery while something is lacking: the secondary, a copy, an answer. The PV comes first, and nothing is made up."""

from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from archredundancy.client import HttpTransport
from archredundancy.client.http.transport import Reply
from archredundancy.commit import RunFolder, State, recover, run_commit, verify
from archredundancy.commit.steps.context import Context
from archredundancy.commit.strategies.merging import merge
from archredundancy.errors import ReadTimeout
from archredundancy.testing.embedded.bench import PV, QUICK, SECONDARY, Bench, open_bench
from archredundancy.testing.embedded.many_pvs import open_many_pvs
from archredundancy.testing.interruptions.crash import run_until
from archredundancy.testing.interruptions.journal_lines import LINES


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("strategy", ["relay", pytest.param("direct", marks=pytest.mark.slow), "rebuild same"])
@pytest.mark.parametrize("line", ["state paused", "outcome resumeArchivingPV"])
def test_a_pv_is_archived_again_though_the_secondary_is_away(strategy: str, line: str, bench: Bench) -> None:
    """While both are down nobody records, so the primary does not wait for the other one, nor does a check of it."""
    name, _, root = strategy.partition(" ")
    run = bench.make_run(bench.plan(name, **({"root": root} if root else {})))
    assert run_until(run.path, LINES[strategy].index(line) + 1, "after")
    bench.pair.secondary.stop()
    report = recover(run.path)
    assert report.pvs[0].state is State.CLOSED and report.ended
    assert report.ok == (line != "state paused")
    assert verify(run.path).ok == report.ok
    bench.check_whole()


@pytest.mark.parametrize("strategy", ["relay", "direct"])
def test_a_person_is_believed_though_a_copy_is_damaged(strategy: str, bench: Bench) -> None:
    """Without the promised samples nobody can see whether the merge is over; who says that it is need not see them."""
    run = bench.make_run(bench.plan(strategy))
    assert run_until(run.path, LINES[strategy].index("outcome mergeInData"), "after")
    for copy in run.path.glob("pv-*/promised/*"):
        copy.write_bytes(b"")
    report = recover(run.path)
    assert report.pvs[0].state is State.STILL_RUNNING
    assert "is not what was written" in report.pvs[0].message
    assert bench.status() == "Paused"
    report = recover(run.path, mgmt_idle=True)
    assert report.pvs[0].state is State.CLOSED
    bench.check_whole()


@pytest.mark.parametrize("newest", ["11:59:45", "11:59:55"])
def test_samples_of_a_secondary_that_is_away_are_not_called_invented(
    newest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `direct` brings from after the horizon is proven once the secondary is read, or may have been recorded."""

    def merge_and_lose(context: Context, other: str) -> None:
        merge(context, other)
        bench.pair.secondary.stop()

    monkeypatch.setattr("archredundancy.commit.strategies.merging.merge", merge_and_lose)
    offered = {"LTS": [*SECONDARY["LTS"][:-1], f"2024-03-20T{newest}"]}
    with open_bench(tmp_path, secondary=offered) as bench:
        report = run_commit(bench.make_run(bench.plan("direct")).path)
        assert not report.pvs[0].is_harmed
        unread = [(each.partition, each.gained, each.later) for each in report.outcomes[PV] if each.result == "unread"]
        assert unread == ([("2024_03", 2, 1)] if newest == "11:59:45" else [])
        assert (f"archredundancy recover {report.run}" in repr(report)) == bool(unread)
        bench.pair.secondary.start()
        assert verify(report.run).ok
        bench.check_whole()


@pytest.mark.parametrize("seconds", [0.4, pytest.param(1e9, marks=pytest.mark.slow)], ids=["late", "never"])
def test_a_pause_that_comes_after_it_was_given_up_is_undone(
    seconds: float, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The primary may do it after it was asked how the PV is; if it is never seen to, a person is told to look."""
    command = HttpTransport.command
    timers = []

    def command_late(transport: HttpTransport, url: str, params: Any = (), **options: Any) -> Reply:
        if not url.endswith("/pauseArchivingPV"):
            return command(transport, url, params, **options)
        timers.append(Timer(seconds, command, (transport, url, params), options))
        timers[0].start()
        raise ReadTimeout("no answer", url=url)

    monkeypatch.setattr(HttpTransport, "command", command_late)
    report = run_commit(bench.make_run(bench.plan("relay")).path)
    if seconds > 1:
        timers[0].cancel()
    timers[0].join()
    assert report.pvs[0].state is State.CLOSED and not report.ok
    assert any("was not seen to be done" in text for text in report.pvs[0].warnings) == (seconds > 1)
    bench.check_whole()


def test_a_pv_that_cannot_be_verified_does_not_hide_the_others(tmp_path: Path) -> None:
    """Its partitions are unread, and say why; the other ones are compared all the same."""
    with open_many_pvs(tmp_path, 3) as many:
        plan = many.pair.plan_merge("BATCH:*", progress=False)
        run = RunFolder.create(tmp_path / "runs", plan, many.urls, QUICK)
        assert run_commit(run.path).ok
        for copy in run.path.glob("pv-002/promised/*"):
            copy.write_bytes(b"")
        report = verify(run.path)
        assert [pv.ok for pv in report.pvs] == [True, False, True]
        bad = report.pvs[1]
        assert bad.is_unproven and "is not what was written" in bad.message
        assert {(each.result, each.reason) for each in bad.outcomes} == {("unread", bad.message)}
