"""The pause is a hole: the secondary records meanwhile, the report tells how long it was, the next merge closes it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.client import HttpTransport
from archredundancy.client.commands.committer import Committer
from archredundancy.commit import (
    PairUrls,
    RunFolder,
    State,
    pause_holes,
    read_journal,
    recover,
    run_commit,
)
from archredundancy.commit.sides import Side
from archredundancy.commit.steps import recording
from archredundancy.commit.steps.long_call import LongCall
from archredundancy.commit.strategies import merging
from archredundancy.errors import CommitError
from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Samples, format_time
from archredundancy.plan import build_plan
from archredundancy.segments import Segments
from archredundancy.survey import survey_for_merge
from archredundancy.testing.embedded.bench import NOW, PV, QUICK, Bench, open_bench
from archredundancy.testing.interruptions.crash import run_until
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

#: What the IOC gave while the primary was paused, and its first sample that the primary stored again.
MEANWHILE = [NOW + second * NS_PER_SECOND for second in (1, 11, 21, 31, 41)]
FIRST = NOW + 51 * NS_PER_SECOND
LATER = NOW + 4 * 3600 * NS_PER_SECOND


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


def test_a_pause_that_cannot_be_kept_ends_no_run(bench: Bench) -> None:
    """The folder of pauses may not be ours to write: the PV is closed all the same, and a person is told."""
    run = bench.make_run(bench.plan("relay"))
    (bench.run_dir / "pauses").write_bytes(b"")
    report = run_commit(run.path)
    assert report.ok and report.pvs[0].pause is not None
    assert "the next plan of this PV does not tell of it" in report.pvs[0].warnings[0]
    assert not list(bench.run_dir.glob("locks/*"))


@pytest.mark.parametrize("is_killed", [False, True], ids=["in one go", "recovered"])
def test_the_hole_of_a_pause_is_told_kept_and_closed_by_the_next_merge(
    is_killed: bool, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The primary's `startup` stays, and yet nothing is missing afterwards."""
    live_on(bench, monkeypatch)
    run = bench.make_run(bench.plan("relay"))
    if is_killed:
        assert run_until(run.path, 18, "after")
        report = recover(run.path)
    else:
        report = run_commit(run.path)
        assert report.ok, report
    pause = report.pvs[0].pause
    assert pause is not None and (pause.start, pause.end, pause.is_over) == (NOW, FIRST, True)
    assert "(51.000 s); the next plan of this PV brings" in repr(report)
    holes = pause_holes(bench.run_dir, PV)
    assert holes == Segments.of((NOW, FIRST))
    assert missing_in(bench, holes) == len(MEANWHILE)
    assert gaps_in(bench, holes) == 1

    with HttpTransport() as transport:
        sides = [Side.connect(name, getattr(bench.urls, name), transport) for name in ("primary", "secondary")]
        found = survey_for_merge(PV, *sides, LATER, pause_holes=holes)
        plan = build_plan([replace(found, accepts_uncertified=True)], strategy="relay")
    urls = PairUrls(primary=bench.urls.primary, secondary=bench.urls.secondary, fixed_now=LATER)
    again = run_commit(RunFolder.create(bench.run_dir, plan, urls, QUICK).path)
    assert again.ok, again
    assert missing_in(bench, holes) == 0
    assert ("startup", "true") in [field for fields in bench.samples().extras.fields for field in fields]
    assert gaps_in(bench, holes) == 0


@pytest.mark.parametrize("what", ["paused", "away"])
def test_a_secondary_that_stops_recording_before_the_merge_ends_the_pause(
    what: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen while the primary consolidates: nothing is merged, and the PV archives again."""
    monkeypatch.setattr(recording, "_SECONDS", 0.05)
    consolidate = Committer.consolidate

    def consolidate_slowly(committer: Committer, *args: Any, **options: Any) -> Any:
        stop_secondary(bench, what)
        reply = consolidate(committer, *args, **options)
        wait_for_warning(bench)
        return reply

    monkeypatch.setattr(Committer, "consolidate", consolidate_slowly)
    report = run_commit(bench.make_run(bench.plan("relay")).path)
    assert "so nobody records it now; its files were not changed" in report.pvs[0].message
    assert "archiving is resumed as soon as that is safe" in report.pvs[0].warnings[0]
    assert report.pvs[0].state is State.CLOSED
    assert bench.gained == 0
    bench.check_whole()


def test_a_consolidation_is_not_waited_for_once_the_secondary_stops_recording(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be answered in ten minutes; the PV archives again as soon as its samples are seen to be moved."""
    monkeypatch.setattr(recording, "_SECONDS", 0.05)
    bench.pair.primary.faults.switch_on("timeout-after-work", "/mgmt/bpl/consolidateDataForPV")
    consolidate = Committer.consolidate

    def stop_and_consolidate(committer: Committer, *args: Any, **options: Any) -> Any:
        stop_secondary(bench, "paused")
        return consolidate(committer, *args, **options)

    monkeypatch.setattr(Committer, "consolidate", stop_and_consolidate)
    report = run_commit(bench.make_run(bench.plan("relay"), replace(QUICK, consolidate=600)).path)
    entries = read_journal(report.journal)
    calls = [(entry.kind, entry.facts["call"]) for entry in entries if entry.kind in ("intent", "outcome")]
    assert ("intent", "consolidateDataForPV") in calls and ("outcome", "consolidateDataForPV") not in calls
    assert "so nobody records it now" in report.pvs[0].message
    assert (report.pvs[0].state, report.pvs[0].is_harmed, bench.gained) == (State.CLOSED, False, 0)
    bench.check_whole()


def test_an_error_of_a_long_call_is_raised_where_it_is_waited_for() -> None:
    """It happens in a thread, and is no less an error for that; only a call that was given up has no outcome."""
    written: list[str] = []

    class Written:
        def intent(self, call: str, **_facts: Any) -> None:
            written.append(f"intent {call}")

        def outcome(self, call: str, **_facts: Any) -> None:
            written.append(f"outcome {call}")

    def fail() -> Any:
        call.intent("consolidate")
        call.outcome("consolidate")
        raise CommitError("no luck")

    call = LongCall(Written())
    with pytest.raises(CommitError, match="no luck"):
        call.wait(fail, lambda: None, 0.01)
    assert written == ["intent consolidate", "outcome consolidate"]


def test_a_secondary_that_stops_recording_during_the_merge_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The merge goes on to its end, is proven, and the report says what happened."""
    monkeypatch.setattr(recording, "_SECONDS", 0.05)
    merge = Committer.merge_in_data

    def merge_slowly(committer: Committer, *args: Any, **options: Any) -> Any:
        stop_secondary(bench, "paused")
        reply = merge(committer, *args, **options)
        wait_for_warning(bench)
        return reply

    monkeypatch.setattr(Committer, "merge_in_data", merge_slowly)
    report = run_commit(bench.make_run(bench.plan("relay")).path)
    assert report.ok, report
    assert "the secondary says 'Paused' of T:BENCH; the change of its files has begun" in report.pvs[0].warnings[0]
    assert "has begun, and goes on to its end" in repr(report)
    bench.check_whole()


def test_a_secondary_that_does_not_record_keeps_the_primary_from_being_paused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked right before the pause, which is then not sent."""
    ready = merging.RelayMerge.ready

    def stop_and_be_ready(method: Any, *args: Any) -> Any:
        stop_secondary(bench, "paused")
        return ready(method, *args)

    monkeypatch.setattr(merging.RelayMerge, "ready", stop_and_be_ready)
    report = run_commit(bench.make_run(bench.plan("relay")).path)
    assert "so nobody would record it now" in report.pvs[0].message
    calls = {entry.facts["call"] for entry in read_journal(report.journal) if entry.kind == "intent"}
    assert "pauseArchivingPV" not in calls
    assert report.pvs[0].pause is None


def live_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the secondary record five samples before the primary is resumed, and that one store the next."""
    status = Side.status
    stored = []

    def resume_and_store(side: Side, pv: str) -> str:
        found = status(side, pv)
        resumed = any(
            entry.kind == "outcome" and entry.facts["call"] == "resumeArchivingPV"
            for journal in bench.run_dir.glob("*/journal.jsonl")
            for entry in read_journal(journal)
        )
        if resumed and not stored:
            stored.append(True)
            first = Extras.build([(0, (("cnxlostepsecs", "0"), ("startup", "true")), -1, 0, -1)])
            bench.pair.primary.put_file("STS", "T/BENCH:2024_03_20_12.pb", encoded([FIRST], first))
            name = "T/BENCH:2024_03.pb"
            (chunk,) = read_chunks(bench.pair.secondary.files()[f"lts/{name}"])
            old = chunk.samples
            times = [*old.time.tolist(), *MEANWHILE, FIRST]
            values = [*np.asarray(old.value).tolist(), 1, 2, 3, 4, 5, 6]
            bench.pair.secondary.put_file("LTS", name, encoded(times, None, values))
        return found

    monkeypatch.setattr(Side, "status", resume_and_store)


def encoded(times: list[int], extras: Extras | None, values: list[float] | None = None) -> bytes:
    samples = Samples.build(DbrType.SCALAR_DOUBLE, times, values or [6] * len(times), extras=extras)
    return encode_chunk(ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=PV, year=2024), samples)


def missing_in(bench: Bench, holes: Segments) -> int:
    """Return how many of the secondary's samples in the holes the primary lacks."""
    times = bench.samples("secondary").time
    inside = times[holes.contains(times)]
    return int((~np.isin(inside, bench.samples().time)).sum())


def gaps_in(bench: Bench, holes: Segments) -> int:
    """Return how many gaps of the primary a comparison shows in the holes."""
    start, end = NOW - 1800 * NS_PER_SECOND, FIRST + 600 * NS_PER_SECOND
    with ar.ClusterPair(bench.urls.primary, bench.urls.secondary, fixed_now=LATER) as pair:
        gaps = pair.compare(PV, format_time(start), format_time(end)).gaps
    found = Segments.from_arrays(gaps.start[gaps.side == 0], gaps.end[gaps.side == 0])
    return int(found.meets(holes).sum())


def stop_secondary(bench: Bench, what: str) -> None:
    if what == "away":
        bench.pair.secondary.faults.switch_on("refused", "/mgmt/bpl/getPVStatus", times=1000)
        return
    with HttpTransport() as transport:
        transport.command(f"{bench.urls.secondary}/mgmt/bpl/pauseArchivingPV", [("pv", PV)], timeout=10)
        side = Side.connect("secondary", bench.urls.secondary, transport)
        while side.status(PV) != "Paused":
            pass


def wait_for_warning(bench: Bench) -> None:
    (journal,) = bench.run_dir.glob("*/journal.jsonl")
    while not any(entry.facts.get("warning") for entry in read_journal(journal)):
        pass
