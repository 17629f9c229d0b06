"""What a commit makes of an appliance that fails in the middle: each fault by name, each seen to have fired."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archredundancy.appliance.server.faults import Fault
from archredundancy.commit import Report, RunSettings, State, recover, run_commit, verify
from archredundancy.commit.steps.context import Context
from archredundancy.commit.strategies.merging import merge
from archredundancy.relay import Relay, RelayRequest, serve_relay
from archredundancy.testing.embedded.bench import PV, QUICK, Bench, open_bench

PAUSE, RESUME, CONSOLIDATE, MERGE = (
    f"/mgmt/bpl/{call}" for call in ("pauseArchivingPV", "resumeArchivingPV", "consolidateDataForPV", "mergeInData")
)
#: An appliance that does not answer is given up after a second.
HASTY = replace(QUICK, answer=1.0, consolidate=1.0, merge=1.0, patience=20, resume=5)
DATA = "/retrieval/data/getData.raw"


def slow(parameter: str) -> Any:
    """Return a parameter whose tests are marked as slow."""
    return pytest.param(parameter, marks=pytest.mark.slow)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("strategy", ["relay", slow("direct")])
@pytest.mark.parametrize("path", [slow(PAUSE), slow(CONSOLIDATE), MERGE, slow(RESUME)])
def test_a_slow_answer_is_waited_for(strategy: str, path: str, bench: Bench) -> None:
    """A call that takes its time is no failure."""
    report = commit_with(bench, strategy, "slow", path, seconds=0.5)
    assert report.ok, report
    bench.check_whole()


@pytest.mark.parametrize("strategy", ["relay", slow("direct")])
@pytest.mark.parametrize("path", [PAUSE, CONSOLIDATE, MERGE, RESUME])
def test_a_refused_call_changes_nothing(strategy: str, path: str, bench: Bench) -> None:
    """After a 503 nothing goes on but the resume, which is asked for until it is done."""
    report = commit_with(bench, strategy, "refused", path)
    assert report.pvs[0].state is State.CLOSED
    assert report.ok == (path == RESUME)
    assert bench.gained == ({"relay": 4, "direct": 5}[strategy] if path == RESUME else 0)
    bench.check_whole()


@pytest.mark.parametrize("fault", [slow("torn"), "timeout-after-work", slow("drip")])
@pytest.mark.parametrize("path", [PAUSE, CONSOLIDATE, RESUME])
def test_work_without_an_answer_is_found_out(fault: str, path: str, bench: Bench) -> None:
    """Whether a call was done is asked of the server: nothing is merged on a guess, and the PV archives again.

    An answer that trickles in is none, however long bytes of it come.
    """
    report = commit_with(bench, "relay", fault, path, settings=HASTY, seconds=0.7)
    assert report.pvs[0].state is State.CLOSED
    assert report.ok == (path == RESUME)
    bench.check_whole()


@pytest.mark.parametrize("strategy", ["relay", slow("direct")])
@pytest.mark.parametrize("fault", ["torn", "timeout-after-work", "drip"])
def test_a_merge_without_an_answer_is_proven_by_reading(strategy: str, fault: str, bench: Bench) -> None:
    """Once every promised sample can be read, the merge is over: it is verified, and the PV archives again."""
    report = commit_with(bench, strategy, fault, MERGE, settings=HASTY, seconds=0.7)
    assert report.ok, report
    assert "may still be running" in report.pvs[0].message
    bench.check_whole()


def test_a_merge_given_up_on_is_ended_by_closing_the_relay(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the relay is closed before it gave all, the primary gives up, its files untouched, and archives again."""
    name = "lts/T/BENCH:2024_02.pb"
    before = bench.pair.primary.files()[name]
    asked = []

    def serve_slowly(*args: Any, on_request: Callable[[RelayRequest], None], **options: Any) -> Relay:
        def note_slowly(request: RelayRequest) -> None:
            on_request(request)
            asked.append(request.request)
            time.sleep(0.8 if request.request == "ncount" else 0)

        return serve_relay(*args, on_request=note_slowly, **options)

    monkeypatch.setattr("archredundancy.relay.serve_relay", serve_slowly)
    report = run_commit(bench.make_run(bench.plan("relay"), HASTY).path)
    assert "ncount" in asked and asked.count("data") < 2
    assert "may still be running" in report.pvs[0].message
    assert report.pvs[0].state is State.CLOSED and not report.ok
    assert bench.pair.primary.files()[name] == before
    assert bench.gained == 0
    bench.check_whole()


@pytest.mark.slow
def test_a_direct_merge_given_up_on_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `direct` nothing ends it: the PV stays paused until the samples are there."""
    switched = slow_secondary(bench, monkeypatch, seconds=3.0)
    report = run_commit(bench.make_run(bench.plan("direct"), HASTY).path)
    assert switched[0].fired
    assert "may still be running" in report.pvs[0].message
    assert report.ok, report
    bench.check_whole()


@pytest.mark.slow
def test_a_direct_merge_that_goes_on_is_left_to_a_person(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The PV stays paused and locked, recovery included, until the samples are there."""
    switched = slow_secondary(bench, monkeypatch, seconds=8.0)
    report = run_commit(bench.make_run(bench.plan("direct"), replace(HASTY, patience=0.2)).path)
    for again in (report, recover(report.run)):
        assert again.pvs[0].state is State.STILL_RUNNING
        assert "Do not resume" in repr(again)
        assert bench.status() == "Paused"
        assert list(bench.run_dir.glob("locks/*.lock"))
    settled = recover(report.run, settings=replace(HASTY, patience=30))
    assert switched[0].fired
    assert settled.ok, settled
    bench.check_whole()


@pytest.mark.parametrize("strategy", ["relay", "direct"])
@pytest.mark.parametrize("fault", ["kill", "kill-after-work"])
@pytest.mark.parametrize("path", [slow(PAUSE), slow(CONSOLIDATE), MERGE, slow(RESUME)])
def test_a_dying_primary_is_archived_again_when_it_is_back(strategy: str, fault: str, path: str, bench: Bench) -> None:
    """The run tells that a person must act; once the primary is back, recovery puts everything right."""
    settings = replace(HASTY, patience=0.2, pause=0.2, resume=0.5)
    report = commit_with(bench, strategy, fault, path, settings=settings)
    assert not report.ok
    assert report.pvs[0].needs_operator
    bench.pair.primary.stop()
    bench.pair.primary.start()
    report = recover(report.run, settings=QUICK)
    if report.pvs[0].needs_operator:
        assert (path, fault) == (MERGE, "kill") and strategy == "direct"
        report = recover(report.run, mgmt_idle=True)
    assert report.pvs[0].state is State.CLOSED
    assert report.ok == ((path, fault) == (MERGE, "kill-after-work") or path == RESUME)
    bench.check_whole()


@pytest.mark.parametrize("strategy", ["relay", "direct"])
@pytest.mark.parametrize("fault", ["torn", "refused"])
def test_reading_that_fails_is_no_proof(
    strategy: str, fault: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the primary's data cannot be read after the merge, partitions are unread, and the PV archives again.

    Verified later, it is proven; recovered later, that is written down, too.
    """
    run = bench.make_run(bench.plan(strategy))
    switched = []

    def merge_and_fail(context: Context, other: str) -> None:
        merge(context, other)
        switched.append(bench.pair.primary.faults.switch_on(fault, DATA, times=1000, after_bytes=5))

    monkeypatch.setattr("archredundancy.commit.strategies.merging.merge", merge_and_fail)
    report = run_commit(run.path)
    assert switched[0].fired
    assert not report.ok
    assert report.pvs[0].state is State.CLOSED
    assert {outcome.result for outcome in report.outcomes[PV]} == {"unread"}
    assert not recover(report.run).ok
    bench.pair.primary.faults.switch_off()
    assert verify(report.run).ok and not Report.from_journal(report.journal).ok
    assert recover(report.run).ok and Report.from_journal(report.journal).ok
    size = report.journal.stat().st_size
    assert recover(report.run).ok and report.journal.stat().st_size == size
    bench.check_whole()


def slow_secondary(bench: Bench, monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[Fault]:
    """Let the secondary answer late when the merge asks it first; the merge then goes on after we gave up."""
    switched = []

    def merge_slowly(context: Context, other: str) -> None:
        switched.append(bench.pair.secondary.faults.switch_on("slow", DATA, seconds=seconds))
        merge(context, other)

    monkeypatch.setattr("archredundancy.commit.strategies.merging.merge", merge_slowly)
    return switched


def commit_with(
    bench: Bench,
    strategy: str,
    fault: str,
    path: str,
    *,
    settings: RunSettings = QUICK,
    seconds: float = 1.0,
) -> Report:
    """Commit while a fault strikes one request, and check that it did."""
    run = bench.make_run(bench.plan(strategy), settings)
    switched = bench.pair.primary.faults.switch_on(fault, path, seconds=seconds, after_bytes=5)
    report = run_commit(run.path)
    assert switched.fired == 1
    return report
