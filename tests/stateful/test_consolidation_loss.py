"""What the primary loses while it moves its own samples for a merge: saved before, missed after, told in the report."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import archredundancy as ar
from archredundancy.client import HttpTransport
from archredundancy.commit import Report, RunFolder, State, recover, restore, run_commit, verify
from archredundancy.commit.backup.saved_copy import open_saved_copy
from archredundancy.commit.sides import Side
from archredundancy.model import FailureKind, Granularity, ReadFailure, Samples, SideEvidence, TimeRange, parse_time
from archredundancy.plan import HazardKind
from archredundancy.plan.forecast.hashing import sample_hashes
from archredundancy.survey import survey_side
from archredundancy.testing.embedded.bench import NOW, PV, QUICK, STORES, Bench, Trial, open_bench, record
from archredundancy.testing.interruptions.crash import run_until
from archredundancy.testing.interruptions.journal_lines import EVERY, LINES
from archredundancy.testing.interruptions.pair_apart import open_apart

#: All of it.
YEAR = TimeRange(start=parse_time("2024-01-01", now=0), end=parse_time("2025-01-01", now=0))
QUICK_CASES = {("relay", Granularity.HOUR), ("rollback new", Granularity.HOUR)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("move", ["pause", "consolidation"])
@pytest.mark.parametrize(
    ("strategy", "granularity"),
    [
        pytest.param(strategy, length, marks=[] if (strategy, length) in QUICK_CASES else pytest.mark.slow)
        for strategy in EVERY
        for length in (Granularity.HOUR, Granularity.DAY, Granularity.MONTH, Granularity.YEAR)
    ],
)
def test_a_disk_that_fills_up_at_the_primary_harms_and_the_report_says_how_to_undo_it(
    strategy: str, granularity: Granularity, move: str, tmp_path: Path
) -> None:
    """Where samples cannot be read any more, message and report name their backup and the command that restores it."""
    filled = "mts/*" if move == "pause" else "lts_rebuilt_*" if strategy == "rollback new" else "lts/*"
    with open_apart(tmp_path, granularity) as pair:
        run = pair.make_run_of(strategy)
        had, recorded = pair.samples(), Samples.concatenate([pair.before, *pair.recorded])
        pair.primary.switch_on("disk-full", filled, {"after_bytes": 5})
        report = run_commit(run.path)
        assert pair.primary.fired() > 0
        pair.restart()
        # A rollback that goes well takes away what the rebuild had added.
        check_told(pair, run, report, recorded if report.ok else had)


@pytest.mark.parametrize("moment", [pytest.param("before", marks=pytest.mark.slow), "after"])
def test_recovery_finds_what_a_consolidation_lost_for_a_run_that_was_killed(moment: str, tmp_path: Path) -> None:
    """Killed around the answer to the consolidation, before anything was compared: recovery compares."""
    with open_apart(tmp_path, Granularity.HOUR) as pair:
        run = pair.make_run_of("relay")
        pair.primary.switch_on("disk-full", "lts/*", {"after_bytes": 5})
        assert run_until(run.path, LINES["relay"].index("outcome consolidateDataForPV") + 1, moment)
        report = recover(run.path, settings=QUICK)
        assert report.pvs[0].is_harmed
        check_told(pair, run, report, pair.before)


def test_a_rollback_says_what_the_primary_lost_of_what_was_recorded_since(tmp_path: Path) -> None:
    """Torn at the first of two files that are moved into the rebuilt one, which the second then hides."""
    stores = (STORES[0].replace("HOUR", "5MIN"), STORES[1].replace("DAY", "HOUR"), STORES[2])
    held = {"LTS": ["2024-01-05", "2024-02-20"], "STS": ["2024-03-20T11:20:00"]}
    with open_bench(tmp_path, held, stores=stores) as bench:
        rebuilt = bench.make_run(bench.plan("rebuild"))
        assert run_commit(rebuilt.path).ok
        primary = bench.pair.primary
        for times in (["2024-03-20T11:59:58", "2024-03-20T11:59:59"], ["2024-03-20T12:00:01"]):
            record(primary, primary.files(), times, Granularity.MIN5)
        had = bench.samples()
        fault = primary.faults.switch_on("disk-full", "lts_rebuilt_*", after_bytes=5)
        run = RunFolder.create(bench.run_dir, rebuilt.plan, bench.urls, QUICK, undoes=rebuilt.path.name)
        report = run_commit(run.path)
        assert fault.fired == 1
        assert report.pvs[0].count("lost") == 2
        check_told(bench, run, report, had)


def test_a_rollback_that_cannot_read_what_was_recorded_since_does_not_begin(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not seen is not saved, so its loss could not be told; only the engine's memory may be unread."""

    def look_away(*arguments: Any) -> SideEvidence:
        side = survey_side(*arguments)
        early = side.reading.samples.slice(0, len(side.reading.samples) - 1)
        spoiled = TimeRange(start=int(early.time[-1]) + 1, end=side.reading.asked.end)
        failure = ReadFailure(range=spoiled, kind=FailureKind.UNREACHABLE, message="gone for a moment")
        return replace(side, reading=replace(side.reading, samples=early, failures=(failure,)))

    rebuilt = bench.make_run(bench.plan("rebuild"))
    assert run_commit(rebuilt.path).ok
    bench.record("2024-03-20T11:59:58")
    monkeypatch.setattr("archredundancy.commit.strategies.rolling_back.survey_side", look_away)
    run = RunFolder.create(bench.run_dir, rebuilt.plan, bench.urls, QUICK, undoes=rebuilt.path.name)
    (pv,) = run_commit(run.path).pvs
    assert "could not be read whole (gone for a moment)" in pv.message
    assert (pv.was_paused, bench.status()) == (False, "Being archived")


def check_told(pair: Trial, run: RunFolder, report: Report, had: Samples) -> None:
    """Check that the PV archives, and that what it lost is called lost, and is in the backup that is named."""
    (pv,) = report.pvs
    assert (report.ended, pv.state, pair.status()) == (True, State.CLOSED, "Being archived")
    has = set(sample_hashes(pair.samples()).tolist())
    lost = [each for each in sample_hashes(had).tolist() if each not in has]
    assert pv.is_harmed == bool(lost) == verify(run.path).pvs[0].is_harmed
    if not lost:
        return
    command = f"archredundancy restore {run.path} -o FOLDER"
    (backup,) = [file for file in pv.backups if pv.outcomes[-1].partition in file]
    assert not report.ok and pv.count("lost") == len(lost)
    assert backup in pv.message and command in pv.message
    assert backup in repr(report) and f"`{command}` writes PB files and how to put them back" in repr(report)
    restored = restore(run.path, pair.run_dir / "back")
    assert "in which the primary lost samples" in (restored.folder / "README.md").read_text()
    copy = open_saved_copy(restored.folder).readers[""].read(PV, whole(had))
    assert set(lost) <= set(sample_hashes(copy.samples).tolist())


def test_what_was_lost_can_be_merged_back_from_the_restored_files(bench: Bench, tmp_path: Path) -> None:
    """Once the primary has moved on, a plan with the restored files as its source brings every sample back."""
    bench.pair.primary.faults.switch_on("disk-full", "lts/*", after_bytes=5)
    report = run_commit(bench.make_run(bench.plan("relay")).path)
    assert report.pvs[0].is_harmed
    move_on(bench)
    folder = restore(report.run, tmp_path / "back").folder
    with ar.ClusterPair(
        bench.urls.primary, bench.urls.secondary, fixed_now=NOW, run_dir=bench.run_dir, allow_commit=True
    ) as pair:
        plan = pair.plan_merge(PV, source=folder, start="2024-03-01", end="2024-03-19")
    again = run_commit(bench.make_run(plan).path)
    assert again.ok, again
    assert bench.gained == 0
    bench.check_whole()


#: A month of an older store, the newest sample of it, and a file of a younger one that was left behind in between.
LEFT_BEHIND = {
    "LTS": ["2024-01-05", "2024-02-03", "2024-02-20", "2024-03-02"],
    "MTS": ["2024-02-10T00:00:03", "2024-02-10T00:00:03.5", "2024-02-10T07:00:00", "2024-03-18T01:00:00"],
    "STS": ["2024-03-20T10:00:00", "2024-03-20T11:59:50"],
}
#: The same where only a part of a file is hidden, as after a merge without consolidation.
OVERTAKEN = {
    "LTS": ["2024-01-05", "2024-02-03", "2024-02-20", "2024-03-18T03:00:00"],
    "MTS": ["2024-03-18T01:00:00", "2024-03-18T02:00:00", "2024-03-18T05:00:00"],
    "STS": ["2024-03-20T10:00:00", "2024-03-20T11:59:50"],
}
#: And where the younger store is the youngest.
IN_STS = {
    "LTS": ["2024-01-05", "2024-02-03", "2024-02-20"],
    "MTS": ["2024-03-18T01:00:00", "2024-03-19T07:00:00"],
    "STS": ["2024-02-10T00:10:00", "2024-02-10T00:20:00", "2024-03-20T10:00:00", "2024-03-20T11:59:50"],
}


@pytest.mark.parametrize(
    ("stored", "hidden"), [(LEFT_BEHIND, 3), (OVERTAKEN, 2), (IN_STS, 2)], ids=["left behind", "overtaken", "in STS"]
)
def test_samples_that_the_primary_does_not_show_are_not_consolidated_away(
    stored: dict[str, list[str]], hidden: int, tmp_path: Path
) -> None:
    """A plan is refused for them; where they came since, the commit finds them, saves them, and changes nothing."""
    with open_bench(tmp_path, stored) as bench:
        files = bench.pair.primary.files()
        end = parse_time("2024-02-28", now=0)
        refusals = [hazard for hazard in bench.plan("relay", end=end).hazards if hazard.refuses]
        assert [hazard.kind for hazard in refusals] == [HazardKind.HIDDEN]
        assert refusals[0].message.startswith(f"The primary stores {hidden} samples, of ")
        report = run_commit(bench.make_run(bench.plan("relay", end=end, unaware=True)).path)
        (pv,) = report.pvs
        assert f"stores {hidden} samples of T:BENCH that it does not show" in pv.message
        assert (pv.state, pv.pause, bench.status()) == (State.CLOSED, None, "Being archived")
        assert bench.pair.primary.files() == files
        folder = report.run / "pv-001" / "hidden"
        assert f"--source {folder}" in pv.message
        saved = open_saved_copy(folder).readers[""].read(PV, YEAR).samples
        texts = {text for texts in stored.values() for text in texts}
        shown = set(bench.before.time.tolist())
        assert set(saved.time.tolist()) == {parse_time(text, now=0) for text in texts} - shown
        assert len(saved) == hidden


def test_what_only_a_younger_store_has_is_backed_up_before_it_is_moved(tmp_path: Path) -> None:
    """Alone in its partition of the older store, not rewritten, and from before the horizon: yet it will be moved."""
    stores = tuple(url.replace("PARTITION_MONTH", "PARTITION_DAY") for url in STORES)
    primary = {"LTS": ["2024-01-05", "2024-01-06"], "MTS": ["2024-03-19"], "STS": ["2024-03-20T11:59:50"]}
    secondary = {"LTS": ["2024-01-05T10:00:00", "2024-03-19"]}
    with open_bench(tmp_path, primary, secondary, stores=stores) as bench:
        report = run_commit(bench.make_run(bench.plan("relay")).path)
        assert report.ok, report
        assert [file.rpartition("/")[2] for file in report.pvs[0].backups if "03_19" in file] == ["2024_03_19.1.raw"]
        bench.check_whole()


def test_what_was_left_for_long_in_a_younger_store_is_backed_up_before_it_is_moved(tmp_path: Path) -> None:
    """Much older than that store keeps any, as where its moves have failed for months, and alone in its month."""
    stored = {"LTS": ["2023-01-05", "2023-02-20"], "MTS": ["2023-07-07T01:00:00"], "STS": ["2024-03-20T11:59:50"]}
    with open_bench(tmp_path, stored, {"LTS": ["2023-01-07", "2023-07-07T01:00:00"]}) as bench:
        report = run_commit(bench.make_run(bench.plan("relay")).path)
        assert report.ok, report
        assert [file.rpartition("/")[2] for file in report.pvs[0].backups if "2023_07" in file] == ["2023_07.1.raw"]
        bench.check_whole()


def move_on(bench: Bench) -> None:
    """Let the primary move what is left in its younger stores, as it does by itself in time."""
    with HttpTransport() as transport:
        side = Side.connect("primary", bench.urls.primary, transport)

        def call(name: str, status: str) -> None:
            url = f"{bench.urls.primary}/mgmt/bpl/{name}"
            transport.command(url, [("pv", PV), ("storage", "LTS")], timeout=10)
            while side.status(PV) != status:
                pass

        call("pauseArchivingPV", "Paused")
        call("consolidateDataForPV", "Paused")
        call("resumeArchivingPV", "Being archived")


def whole(samples: Samples) -> TimeRange:
    return TimeRange(start=int(samples.time.min()), end=int(samples.time.max()) + 1)
