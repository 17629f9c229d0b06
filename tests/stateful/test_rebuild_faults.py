"""What a rebuild or rollback makes of an appliance that fails in the middle: each fault by name, each seen to fire."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archredundancy.commit import Report, RunFolder, State, recover, run_commit
from archredundancy.testing.embedded.bench import QUICK, Bench, open_bench

POINT, MOVE, IMPORT = (f"/mgmt/bpl/{call}" for call in ("modifyStoreURLForPV", "changeStore", "importDataFromPlugin"))
DATA = "/retrieval/data/getData.raw"
#: An appliance that does not answer is given up after a second.
HASTY = replace(QUICK, answer=1.0, consolidate=1.0, merge=1.0, patience=5, resume=5)
#: One that died is not waited for.
IMPATIENT = replace(HASTY, patience=0.2, pause=0.2, resume=0.5)
CALLS = [("new", POINT), ("new", IMPORT), ("same", POINT), ("same", MOVE), ("same", IMPORT)]
#: Also tried where not everything is.
ALWAYS = {("new", IMPORT, "torn"), ("same", MOVE, "timeout-after-work"), ("same", MOVE, "kill-after-work")}


def cases(*faults: str) -> list[object]:
    """Return every call with every fault; most count as slow."""
    found = [(root, path, fault) for root, path in CALLS for fault in faults]
    return [pytest.param(*case, marks=[] if case in ALWAYS else [pytest.mark.slow]) for case in found]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(("root", "path", "fault"), cases("torn", "refused", "starting", "hung", "timeout-after-work"))
def test_a_call_that_fails_is_switched_back(root: str, path: str, fault: str, bench: Bench) -> None:
    """Whatever was done of it, the PV archives again on files that have all it had, and the report says which."""
    report = commit_with(bench, root, fault, path)
    if (path, fault) == (POINT, "torn"):  # the answer is empty, so nothing of it can be missing
        assert report.ok
        return
    if report.pvs[0].needs_operator:
        # A move that was never begun cannot be told from one that goes on.
        assert (path, fault) == (MOVE, "hung")
        report = recover(report.run, mgmt_idle=True)
    assert report.pvs[0].state is State.CLOSED
    assert report.pvs[0].switched_back and not report.ok
    assert not report.pvs[0].is_harmed
    assert bench.gained == 0
    bench.check_whole()


@pytest.mark.parametrize(("root", "path", "fault"), cases("kill", "kill-after-work"))
def test_a_dying_primary_is_archived_again_when_it_is_back(root: str, path: str, fault: str, bench: Bench) -> None:
    """The run tells that a person must act; once the primary is back, recovery puts everything right."""
    report = commit_with(bench, root, fault, path, impatient=True)
    assert not report.ok
    assert report.pvs[0].needs_operator
    bench.pair.primary.stop()
    bench.pair.primary.start()
    report = recover(report.run, settings=QUICK)
    if report.pvs[0].needs_operator:
        assert (path, fault) == (MOVE, "kill")
        report = recover(report.run, mgmt_idle=True, settings=QUICK)
    assert report.pvs[0].state is State.CLOSED
    assert report.pvs[0].switched_back
    assert bench.gained == 0
    bench.check_whole()


@pytest.mark.parametrize("root", ["new", pytest.param("same", marks=pytest.mark.slow)])
def test_a_disk_that_fills_up_during_the_import_does_no_harm(root: str, bench: Bench) -> None:
    """New files that are cut short are left where they are, and nothing goes on there."""
    where, consolidated = {"new": ("lts_rebuilt_*", 0), "same": ("lts/*", 3)}[root]
    report = commit_with(bench, root, "disk-full", where, skip=consolidated)
    assert report.pvs[0].state is State.CLOSED
    assert report.pvs[0].switched_back
    assert bench.gained == 0
    bench.check_whole()


@pytest.mark.slow
def test_files_parted_by_a_disk_that_fills_up_are_written_anew_from_the_backup(bench: Bench) -> None:
    """A part of them is in one folder and a part in the other, though "ok" was the answer: a third one gets all."""
    report = commit_with(bench, "same", "disk-full", "lts_before_*")
    (pv,) = report.pvs
    assert (pv.state, pv.switched_back, pv.is_harmed, report.ok) == (State.CLOSED, True, False, False)
    assert "_rescued_" in pv.stored_in
    assert bench.gained == 0
    bench.check_whole()


@pytest.mark.parametrize("fault", ["torn", pytest.param("refused", marks=pytest.mark.slow)])
def test_reading_that_fails_is_no_proof(fault: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the new files cannot be read, the PV goes back to the old ones as soon as those can be."""
    from archredundancy.commit.strategies import rebuild

    real, switched = rebuild.prove, []

    def fail_to_read(context: object) -> None:
        switched.append(bench.pair.primary.faults.switch_on(fault, DATA, times=40, after_bytes=5))
        real(context)  # type: ignore[arg-type]

    monkeypatch.setattr(rebuild, "prove", fail_to_read)
    report = run_commit(bench.make_run(bench.plan("rebuild"), QUICK).path)
    assert switched[0].fired
    assert report.pvs[0].switched_back or report.pvs[0].needs_operator
    bench.pair.primary.faults.switch_off()
    recover(report.run)
    assert bench.gained == 0
    bench.check_whole()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (POINT, "timeout-after-work"),
        pytest.param(POINT, "kill", marks=pytest.mark.slow),
        pytest.param(POINT, "refused", marks=pytest.mark.slow),
        pytest.param(IMPORT, "refused", marks=pytest.mark.slow),
        pytest.param(DATA, "kill", marks=pytest.mark.slow),
    ],
)
def test_a_rollback_that_fails_stays_on_the_rebuilt_files(path: str, fault: str, bench: Bench) -> None:
    """Nothing is lost by trying."""
    undone = bench.make_run(bench.plan("rebuild"), HASTY)
    assert run_commit(undone.path).ok
    settings = IMPATIENT if fault == "kill" else HASTY
    since = bench.record("2024-03-20T11:59:58") if path == IMPORT else None
    run = RunFolder.create(bench.run_dir, undone.plan, bench.urls, settings, undoes=undone.path.name)
    switched = bench.pair.primary.faults.switch_on(fault, path, after_bytes=5, seconds=2.0)
    report = run_commit(run.path)
    assert switched.fired == 1
    if fault == "kill":
        bench.pair.primary.stop()
        bench.pair.primary.start()
        report = recover(report.run, settings=QUICK)
    assert not report.ok
    assert bench.gained == 4 + (0 if since is None else 1)
    bench.check_whole(since)


def commit_with(bench: Bench, root: str, fault: str, path: str, *, impatient: bool = False, skip: int = 0) -> Report:
    """Rebuild while a fault strikes one request, and check that it did."""
    run = bench.make_run(bench.plan("rebuild", root=root), IMPATIENT if impatient else HASTY)
    switched = bench.pair.primary.faults.switch_on(fault, path, seconds=2.0, after_bytes=5, skip=skip)
    report = run_commit(run.path)
    assert switched.fired >= 1
    return report
