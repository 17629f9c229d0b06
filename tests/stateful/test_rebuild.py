"""Whole rebuilds and rollbacks against the embedded pair: what arrives, what is refused, and what is switched back."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.client import Committer, HttpTransport
from archredundancy.client.commands.store_calls import StoreCommitter
from archredundancy.commit import (
    Report,
    RunFolder,
    State,
    commit_plan,
    plan_rollback,
    read_journal,
    recover,
    rollback,
    run_commit,
    verify,
)
from archredundancy.commit.steps import recording
from archredundancy.commit.steps.context import Context
from archredundancy.commit.strategies.relocation import import_samples
from archredundancy.errors import ApprovalError, CommitError
from archredundancy.model import DbrType, Extras, Samples, parse_time
from archredundancy.plan.forecast.hashing import attribute_hashes, sample_hashes
from archredundancy.relay import Relay
from archredundancy.testing.embedded.bench import PV, QUICK, Bench, open_bench
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

ROOTS = ("new", "same")
MONTH = "T/BENCH:{}.pb"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("root", [pytest.param("new", marks=pytest.mark.slow), "same"])
def test_a_rebuild_fills_what_a_merge_does_not_reach(root: str, tmp_path: Path) -> None:
    """Missing partitions before, between and after the primary's, whole years, and last seconds of both sides."""
    primary = {"LTS": ["2023-05-31T23:59:59.9", "2024-02-03"], "STS": ["2024-03-20T11:59:50"]}
    secondary = {"LTS": ["2023-01-15", "2023-05-31T23:59:59.7", "2023-08-01", "2024-03-01T00:00:00.000000001"]}
    with open_bench(tmp_path, primary, secondary) as bench:
        plan = bench.plan("rebuild", root=root)
        report = commit_plan(plan, bench.urls, str(plan.id), bench.run_dir, settings=QUICK)
        assert report.ok, report
        assert (bench.gained, plan.totals.gain) == (4, 4)
        bench.check_whole()
        assert verify(report.run).ok
        assert bench.plan("rebuild", root=root).status == "nothing to do"


@pytest.mark.parametrize("root", ROOTS)
def test_attributes_arrive_in_the_files(root: str, tmp_path: Path) -> None:
    """Repeat counts and changed fields, of both sides; only the first sample of all cannot be read whole."""
    with open_bench(tmp_path) as bench:
        mine = rich(["2024-02-03", "2024-02-20", "2024-02-21"])
        theirs = rich(["2024-02-10", "2024-02-11"], HIHI=7)
        for appliance, samples in ((bench.pair.primary, mine), (bench.pair.secondary, theirs)):
            appliance.put_file("LTS", MONTH.format("2024_02"), file_of(samples))
        before = bench.samples()
        report = commit(bench, root=root)
        assert report.ok, report
        after = attribute_hashes(bench.samples())
        assert np.isin(attribute_hashes(before), after).all()
        assert np.isin(attribute_hashes(theirs), after).all()


@pytest.mark.parametrize("root", ROOTS)
def test_an_attribute_that_did_not_arrive_is_seen_and_switched_back(
    root: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof covers what a sample carries besides its value."""
    bench.pair.primary.put_file("LTS", MONTH.format("2024_02"), file_of(rich(["2024-02-03", "2024-02-20"])))
    had = bench.samples()
    real = StoreCommitter.import_data

    def lose(committer: StoreCommitter, *arguments: Any, **options: Any) -> Any:
        reply = real(committer, *arguments, **options)
        name = next(
            name for name in bench.pair.primary.files() if name.endswith("2024_02.pb") and is_current(name, root)
        )
        strip_file(bench, name)
        return reply

    monkeypatch.setattr(StoreCommitter, "import_data", lose)
    report = commit(bench, root=root)
    assert not report.ok
    assert report.pvs[0].switched_back
    assert "goes back to the old ones" in report.pvs[0].message
    assert np.array_equal(attribute_hashes(bench.samples()), attribute_hashes(had))
    assert bench.status() == "Being archived"


@pytest.mark.parametrize("root", ROOTS)
def test_the_report_says_where_files_are(root: str, bench: Bench) -> None:
    """The old files are where the report says, byte for byte; and how to go back to them."""
    report = commit(bench, root=root)
    (pv,) = report.pvs
    assert stored(bench) == pv.stored_in
    assert f"archredundancy rollback {report.run}" in repr(report)
    assert pv.stored_in in repr(report) and pv.kept_in in repr(report)
    assert json.loads(report.to_json())["pvs"][0]["kept_in"] == pv.kept_in
    assert ("_rebuilt_" in pv.stored_in, "_before_" in pv.kept_in) == (root == "new", root == "same")


def test_a_window_and_exclusions_are_honoured(bench: Bench) -> None:
    """Only what is wanted is added to the new files, and all that the primary had is there."""
    report = commit(bench, start=parse_time("2024-03-01", now=0))
    assert report.ok, report
    assert bench.gained == 2
    bench.check_whole()


@pytest.mark.parametrize("root", ROOTS)
def test_a_folder_that_is_not_empty_is_refused(root: str, bench: Bench) -> None:
    """Files of the PV in the folder to be filled, or moved to, would be mixed with its own: nothing is begun."""
    plan = bench.plan("rebuild", root=root)
    where = {"new": "rebuilt", "same": "before"}[root]
    folder = lts(bench).with_name(f"lts_{where}_{plan.id}") / "T"
    folder.mkdir(parents=True)
    foreign = folder / "BENCH:2024_01.pb"
    foreign.write_bytes(ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=PV, year=2024).encode() + b"\n")
    report = run_commit(bench.make_run(plan).path)
    assert "is not empty" in report.pvs[0].message
    assert report.pvs[0].switched_back
    assert bench.gained == 0
    bench.check_whole()


def leave_one_behind(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let changeStore say "ok" with the file of the first month left where it was."""
    real = StoreCommitter.change_store

    def leave_one(committer: StoreCommitter, *arguments: Any, **options: Any) -> Any:
        kept = lts(bench) / MONTH.format("2024_01")
        data = kept.read_bytes()
        reply = real(committer, *arguments, **options)
        (new,) = lts(bench).parent.glob("lts_before_*")
        (new / MONTH.format("2024_01")).unlink()
        kept.write_bytes(data)
        return reply

    monkeypatch.setattr(StoreCommitter, "change_store", leave_one)


def test_a_pv_whose_files_stay_behind_is_written_anew_from_the_backup(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder has all of its files, so a third one gets all that it had; the PV archives, and nobody need act."""
    leave_one_behind(bench, monkeypatch)
    run = bench.make_run(bench.plan("rebuild", root="same"), replace(QUICK, resume=0.5))
    report = run_commit(run.path)
    (pv,) = report.pvs
    assert (pv.state, pv.switched_back, pv.is_harmed, report.ok) == (State.CLOSED, True, False, False)
    assert stored(bench) == pv.stored_in and f"_rescued_{report.plan_id}" in pv.stored_in
    assert "whole in neither" in pv.warnings[-1] and pv.stored_in in pv.warnings[-1]
    assert (lts(bench) / MONTH.format("2024_01")).exists()
    assert bench.gained == 0
    bench.check_whole()


@pytest.mark.parametrize("are_kept", [True, False])
def test_what_samples_carry_besides_is_compared_where_they_are_written_anew(
    are_kept: bool, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where repeat counts got lost on the way it is told; the PV archives all the same, and its old files have them."""
    bench.pair.primary.put_file("LTS", MONTH.format("2024_01"), file_of(rich(["2024-01-05", "2024-01-06"])))
    bench.__dict__["before"] = bench.samples()
    leave_one_behind(bench, monkeypatch)
    if not are_kept:
        monkeypatch.setattr("archredundancy.commit.strategies.switching_back.import_samples", import_bare)
    run = bench.make_run(bench.plan("rebuild", root="same"), replace(QUICK, resume=2))
    (pv,) = run_commit(run.path).pvs
    assert "_rescued_" in pv.stored_in and pv.state is State.CLOSED
    assert any("2 samples of what was written anew came without" in text for text in pv.warnings) == (not are_kept)
    bench.check_whole()


def import_bare(context: Context, samples: Samples, relay: Relay) -> None:
    extras = samples.extras
    counts, changes = np.full_like(extras.repeat_count, -1), np.full_like(extras.field_change, -1)
    bare = replace(extras, repeat_count=counts, field_change=changes)
    import_samples(context, replace(samples, extras=bare), relay)


@pytest.mark.slow
def test_files_that_stay_behind_are_seen_and_nobody_writes_over_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor can they be written anew: the PV stays paused until a person has typed the commands that the report gives."""
    leave_one_behind(bench, monkeypatch)
    with monkeypatch.context() as broken:
        broken.setattr(StoreCommitter, "import_data", no_luck)
        run = bench.make_run(bench.plan("rebuild", root="same"), replace(QUICK, resume=0.5))
        report = run_commit(run.path)
    assert report.pvs[0].state is State.NOT_SWITCHED_BACK
    assert report.pvs[0].needs_operator
    assert bench.status() == "Paused"
    (new,) = lts(bench).parent.glob("lts_before_*")
    name = MONTH.format("2024_01")
    folder = "${ARCHAPPL_LONG_TERM_FOLDER}"
    command = f"mv -n {folder}/{name} {folder}_before_{report.plan_id}/{name}"
    assert command in report.pvs[0].message.splitlines()
    subprocess.run(
        ["bash", "-c", command], env={"ARCHAPPL_LONG_TERM_FOLDER": str(lts(bench)), **os.environ}, check=True
    )
    assert (new / name).exists()
    assert recover(report.run).pvs[0].state is State.CLOSED
    bench.check_whole()


def no_luck(*_arguments: Any, **_options: Any) -> Any:
    raise CommitError("no luck")


@pytest.mark.parametrize("root", ROOTS)
def test_a_broken_configuration_is_mended(root: str, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store URL that cannot be read makes the PV unreadable; the saved PVTypeInfo is put back."""

    def break_it(committer: StoreCommitter, pv: str, *arguments: Any, **options: Any) -> None:
        call(bench, "changeStore", storage="LTS", newbackend="rubbish")
        raise CommitError("no luck")

    monkeypatch.setattr(StoreCommitter, "import_data", break_it)
    report = commit(bench, root=root)
    assert report.pvs[0].state is State.CLOSED
    assert report.pvs[0].switched_back
    bench.check_whole()


@pytest.mark.parametrize("answer", ["unfinished", "nothing"])
@pytest.mark.parametrize("root", ROOTS)
def test_an_import_that_brings_less_is_switched_back(
    root: str, answer: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import of half the samples, or of none, is answered "ok"; it is seen by reading."""
    real = Relay.offer

    def offer_less(relay: Relay, samples: Any) -> None:
        real(
            relay, {pv: each.slice(0, len(each) // 2 if answer == "unfinished" else 0) for pv, each in samples.items()}
        )

    monkeypatch.setattr(Relay, "offer", offer_less)
    report = commit(bench, root=root)
    assert report.pvs[0].switched_back and not report.ok
    assert report.pvs[0].count("missing") == 4 and not report.pvs[0].is_harmed
    assert bench.gained == 0
    bench.check_whole()


def test_a_rollback_does_not_go_on_while_nobody_records(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secondary cannot be asked while the primary consolidates: the PV stays on the rebuilt files, and archives."""
    monkeypatch.setattr(recording, "_SECONDS", 0.05)
    done = commit(bench)
    run = RunFolder.create(bench.run_dir, RunFolder.open(done.run).plan, bench.urls, QUICK, undoes=done.run.name)
    consolidate = Committer.consolidate

    def stop_and_consolidate(committer: Any, *arguments: Any, **options: Any) -> Any:
        bench.pair.secondary.faults.switch_on("refused", "/mgmt/bpl/getPVStatus", times=1000)
        reply = consolidate(committer, *arguments, **options)
        while not any(entry.facts.get("warning") for entry in read_journal(run.journal)):
            pass
        return reply

    monkeypatch.setattr(Committer, "consolidate", stop_and_consolidate)
    report = run_commit(run.path)
    assert "so nobody records it now" in report.pvs[0].message
    assert (report.pvs[0].state, stored(bench)) == (State.CLOSED, done.pvs[0].stored_in)
    bench.pair.secondary.faults.switch_off()
    bench.check_whole()


@pytest.mark.parametrize("root", [pytest.param("new", marks=pytest.mark.slow), "same"])
def test_a_rollback_goes_back_with_what_was_recorded_since(root: str, bench: Bench) -> None:
    """Old files as they were, plus the samples since the rebuild; what it had added is gone from answers, not lost."""
    report = commit(bench, root=root)
    bench.record("2024-03-20T11:59:58", "2024-03-20T11:59:59")
    undone = undo(report)
    assert undone.ok, undone
    after = bench.samples()
    assert len(after) == len(bench.before) + 2
    assert np.isin(sample_hashes(bench.before), sample_hashes(after)).all()
    assert stored(bench) == report.pvs[0].kept_in == undone.pvs[0].stored_in
    assert bench.status() == "Being archived"
    assert "2 samples recorded since" in said(undone)
    assert verify(undone.run).ok and not verify(report.run).ok
    assert recover(undone.run).ok


def test_only_an_operator_rolls_back(bench: Bench) -> None:
    """A pair that was opened for reading refuses; one opened for commits takes the report, and tells each line."""
    report = commit(bench)
    urls = {"primary": bench.urls.primary, "secondary": bench.urls.secondary}
    lines: list[str] = []
    with ar.ClusterPair(**urls) as reader, pytest.raises(ApprovalError, match="to undo a run"):
        reader.rollback(report, approve="any")
    with ar.ClusterPair(**urls, allow_commit=True, commit_settings=QUICK) as operator:
        plan = operator.plan_rollback(report)
        undone = operator.rollback(report, approve=str(plan.id), on_entry=lambda entry: lines.append(entry.kind))
    assert undone.ok, undone
    assert (lines[0], lines[-1]) == ("run", "end")
    assert undone.run.name.endswith("-rollback")
    assert bench.gained == 0


def test_a_rollback_wants_the_id_that_a_person_has_read(bench: Bench) -> None:
    """Neither nothing, nor the id of the plan that was committed, nor what the rollback's own plan holds will do."""
    report = commit(bench)
    plan = plan_rollback(report.run)
    files = bench.pair.primary.files()
    for approve in ("", report.plan_id, plan.id):
        with pytest.raises(ApprovalError, match="does not approve the rollback"):
            rollback(report.run, approve, settings=QUICK)
    assert bench.pair.primary.files() == files
    text = repr(plan)
    assert text.startswith(f"Rollback {plan.id} of the run {report.run.name}: nothing has been changed yet")
    assert f"archredundancy rollback {report.run} --approve {plan.id}" in text
    assert report.pvs[0].stored_in in text and report.pvs[0].kept_in in text and "4 samples" in text
    assert undo(report).ok


@pytest.mark.slow
def test_a_rolled_back_pv_can_be_rebuilt_again(bench: Bench) -> None:
    """By another plan, which knows what was recorded since."""
    first = commit(bench)
    assert undo(first).ok
    assert commit(bench, quiet_margin=59.0).ok
    assert bench.gained == 4
    bench.check_whole()


def test_a_rollback_that_would_lose_samples_is_refused(bench: Bench) -> None:
    """Samples that came into the rebuilt files by other ways cannot be put into the old ones; nothing is touched."""
    report = commit(bench)
    name = next(name for name in bench.pair.primary.files() if name.endswith("2024_02.pb") and "rebuilt" in name)
    path = lts(bench).parent / name
    path.write_bytes(path.read_bytes() + encode_line("2024-02-28"))
    had = bench.samples()
    undone = undo(report)
    assert not undone.ok
    assert "T:BENCH got 1 sample by other ways than recording" in undone.pvs[0].message
    assert stored(bench) == report.pvs[0].stored_in
    assert len(bench.samples()) == len(had)
    assert {entry.facts["call"] for entry in read_journal(undone.journal) if entry.kind == "intent"} == set()


def test_a_rebuild_of_a_pv_without_samples_is_rolled_back(tmp_path: Path) -> None:
    """Then there is nothing at all where it is stored, as before."""
    with open_bench(tmp_path, {"LTS": []}) as bench:
        report = commit(bench)
        assert report.ok and bench.gained > 0
        undone = undo(report)
        assert undone.ok and verify(undone.run).ok, undone
        assert bench.gained == 0 and bench.status() == "Being archived"


def test_old_files_that_have_changed_are_not_gone_back_to(bench: Bench) -> None:
    """The PV stays on the rebuilt files, with all that it has."""
    report = commit(bench)
    path = lts(bench) / MONTH.format("2024_01")
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"\n", 0, -1) + 1])
    undone = undo(report)
    assert not undone.ok
    assert "are not what they were (1 sample missing" in undone.pvs[0].message
    assert f"`archredundancy restore {report.run} -o FOLDER`" in undone.pvs[0].message
    assert undone.pvs[0].switched_back
    assert stored(bench) == report.pvs[0].stored_in
    bench.check_whole()


def failed(bench: Bench) -> Path:
    """Return the folder of a rebuild that ended before anything was done."""
    plan = bench.plan("rebuild")
    call(bench, "pauseArchivingPV")
    run = bench.make_run(plan)
    run_commit(run.path)
    return run.path


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda bench: run_commit(bench.make_run(bench.plan("relay")).path).run, "only a rebuild keeps the old files"),
        (lambda bench: undo(commit(bench)).run, "is a rollback"),
        (failed, "has rebuilt no PV"),
    ],
    ids=["relay", "rollback", "failed"],
)
def test_what_was_not_rebuilt_cannot_be_rolled_back(make: Callable[[Bench], Path], match: str, bench: Bench) -> None:
    """There are no old files to go back to."""
    run = make(bench)
    with pytest.raises(CommitError, match=match):
        plan_rollback(run)


@pytest.mark.slow
def test_a_rebuild_is_rolled_back_once(bench: Bench) -> None:
    """Then nothing of it is left to be undone."""
    report = commit(bench)
    assert undo(report).ok
    with pytest.raises(CommitError, match="was undone already"):
        undo(report)
    bench.check_whole()


@pytest.mark.parametrize("root", ROOTS)
def test_a_rebuild_works_through_a_member_that_does_not_own_the_pv(root: str, tmp_path: Path) -> None:
    """An import is not passed on by other members, so the owner is asked."""
    with open_bench(tmp_path, primary_members=("q0", "q1")) as bench:
        report = commit(bench, root=root)
        assert report.ok, report
        assert bench.gained == 4
        bench.check_whole()
        assert not any("BENCH" in name for name in bench.pair.primary_cluster["q0"].files())
        assert undo(report).ok


def undo(report: Report) -> Report:
    return rollback(report.run, str(plan_rollback(report.run).id), settings=QUICK)


def commit(bench: Bench, **options: Any) -> Report:
    return run_commit(bench.make_run(bench.plan("rebuild", **options)).path)


def rich(times: list[str], **fields: int) -> Samples:
    """Return samples with everything that a merge would drop."""
    moments = [parse_time(time, now=0) for time in times]
    names = tuple((name, str(value)) for name, value in fields.items())
    rows = [(row, names if row else (), 5 + row, 1, -1) for row in range(len(moments))]
    return Samples.build(
        DbrType.SCALAR_DOUBLE, moments, [float(row) for row in range(len(moments))], extras=Extras.build(rows)
    )


def file_of(samples: Samples) -> bytes:
    return encode_chunk(ChunkHeader(dbr_type=samples.dbr_type, pv=PV, year=2024), samples)


def encode_line(time: str) -> bytes:
    samples = Samples.build(DbrType.SCALAR_DOUBLE, [parse_time(time, now=0)], [1.0])
    return file_of(samples).split(b"\n", 1)[1]


def strip_file(bench: Bench, name: str) -> None:
    path = lts(bench).parent / name
    (chunk,) = [each for each in read_chunks(path.read_bytes()) if len(each.samples)]
    bare = Samples.build(DbrType.SCALAR_DOUBLE, chunk.samples.time, chunk.samples.value)
    path.write_bytes(file_of(bare))


def is_current(name: str, root: str) -> bool:
    return ("rebuilt" in name) if root == "new" else name.startswith("lts/")


def lts(bench: Bench) -> Path:
    return bench.run_dir.parent / "pair" / "primary" / "primary0" / "lts"


def stored(bench: Bench) -> str:
    with HttpTransport() as transport:
        return next(
            store.text
            for store in bench._side("primary", transport).manager.type_info(PV).stores
            if store.name == "LTS"
        )


def said(report: Report) -> str:
    return " ".join(str(entry.facts.get("message", "")) for entry in read_journal(report.journal))


def call(bench: Bench, name: str, **params: str) -> None:
    with HttpTransport() as transport:
        reply = transport.command(f"{bench.urls.primary}/mgmt/bpl/{name}", [("pv", PV), *params.items()])
    assert reply.status == 200
