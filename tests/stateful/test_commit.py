"""Whole commits against the embedded pair, and what they refuse."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from archredundancy.client import HttpTransport
from archredundancy.client.commands.committer import Committer
from archredundancy.commit import (
    Report,
    RunFolder,
    State,
    commit_plan,
    find_run,
    read_journal,
    recover,
    run_commit,
    verify,
)
from archredundancy.commit.journal.journal import Journal
from archredundancy.commit.run_folder.lock import PVLocks
from archredundancy.commit.strategies import merging
from archredundancy.errors import ApprovalError, LockedError
from archredundancy.model import Samples
from archredundancy.plan.forecast.hashing import sample_hashes
from archredundancy.testing.embedded.bench import PRIMARY, PV, QUICK, SECONDARY, STORES, Bench, open_bench, put_samples


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("strategy", ["relay", "direct"])
def test_a_commit_in_its_own_process_does_what_was_promised(strategy: str, bench: Bench) -> None:
    """The primary has all it had and all that was promised, the PV is archived, and the report says so."""
    before, offered = bench.samples(), bench.samples("secondary")
    plan = bench.plan(strategy)
    lines: list[str] = []
    report = commit_plan(
        plan, bench.urls, str(plan.id), bench.run_dir, settings=QUICK, on_entry=lambda entry: lines.append(entry.kind)
    )
    after = bench.samples()
    assert report.ok, report
    assert lines[0] == "run" and lines[-1] == "end"
    assert has(after, before)
    assert has(Samples.concatenate([before, offered]), after)
    # With `direct` the sample from after the horizon comes as well, unpromised.
    assert len(after) == len(before) + (4 if strategy == "relay" else 5)
    assert bench.status() == "Being archived"
    assert not list(bench.run_dir.glob("locks/*"))
    assert find_run(plan.id, bench.run_dir) == report.run


@pytest.mark.parametrize("strategy", ["relay", "direct"])
def test_a_commit_works_through_a_member_that_does_not_own_the_pv(strategy: str, tmp_path: Path) -> None:
    """Whatever has to be done is done by the owner: its files gain what was promised, the other member has none."""
    with open_bench(tmp_path, primary_members=("q0", "q1")) as bench:
        assert commit(bench, strategy).ok
        assert bench.gained == (4 if strategy == "relay" else 5)
        bench.check_whole()
        files = {identity: set(appliance.files()) for identity, appliance in bench.pair.primary_cluster.items()}
    assert "lts/T/BENCH:2024_02.pb" in files["q1"]
    assert not any("BENCH" in name for name in files["q0"])


def test_a_plan_for_a_pv_whose_member_is_down_is_refused(tmp_path: Path) -> None:
    """Its samples cannot be read through the other member; when it is back, the same plan is ready."""
    with open_bench(tmp_path, primary_members=("q0", "q1")) as bench:
        ready = bench.plan("relay")
        bench.pair.primary_cluster["q1"].stop()
        assert (ready.status, bench.plan("relay").status) == ("ready", "refused")
        assert bench.status() == "Appliance Down"
        bench.pair.primary_cluster["q1"].start()
        assert bench.plan("relay").status == "ready"


def test_a_pv_with_a_single_store_needs_no_consolidation(tmp_path: Path) -> None:
    """The appliance refuses to consolidate into the youngest store, from where all that it holds has come."""
    with open_bench(tmp_path, primary={"LTS": PRIMARY["LTS"]}) as bench:
        put_samples(bench.pair.primary, {"LTS": PRIMARY["LTS"]}, stores=STORES[-1:])
        run = bench.make_run(bench.plan("relay"))
        assert run_commit(run.path).ok
        assert "consolidateDataForPV" not in run.journal.read_text()
        bench.check_whole()
        assert bench.gained > 0


def test_the_relay_leaves_other_partitions_alone(bench: Bench) -> None:
    """Files of partitions that gain nothing are what they were byte for byte, the sample of a last second included."""
    before = bench.pair.primary.files()
    assert commit(bench, "relay").ok
    after = bench.pair.primary.files()
    for name in ("2023_12", "2024_01"):
        assert after[f"lts/T/BENCH:{name}.pb"] == before[f"lts/T/BENCH:{name}.pb"]


def test_the_run_folder_has_backups_of_both_sides(bench: Bench) -> None:
    """What has not changed since before the pause is not copied again; what may still have grown is."""
    report = commit(bench, "relay")
    files = sorted(path.name for path in report.run.glob("pv-001/primary/*"))
    assert files == ["2024_02.1.raw", "2024_03.1.raw", "2024_03.2.raw"]
    assert sorted(path.name for path in report.run.glob("pv-001/secondary/*")) == ["2024_02.1.raw", "2024_03.1.raw"]


def test_the_journal_holds_no_secret(bench: Bench) -> None:
    """The relay's path, which is a key to the samples while it runs, is nowhere in the run folder."""
    report = commit(bench, "relay")
    intents = [entry.facts for entry in read_journal(report.journal) if entry.kind == "intent"]
    (other,) = [facts["other"] for facts in intents if facts["call"] == "mergeInData"]
    assert other.startswith("127.0.0.1:") and "/" not in other


def test_an_accepted_loss_is_told_as_such(tmp_path: Path) -> None:
    """Samples of a last second that the plan accepted as lost are gone, counted, and all is as promised."""
    primary = {"LTS": [*PRIMARY["LTS"][:4], "2024-02-29T23:59:59.25"]}
    with open_bench(tmp_path, primary, SECONDARY) as bench:
        assert bench.plan("relay").status == "refused"
        report = commit(bench, "relay", accept_loss=1)
        assert report.ok, report
        assert sum(outcome.accepted for outcome in report.outcomes[PV]) == 1


def test_a_plan_cannot_be_committed_twice(bench: Bench) -> None:
    """A second run of the same plan changes nothing, whatever the clusters hold by then."""
    plan = bench.plan("relay")
    first, second = bench.make_run(plan), bench.make_run(plan)
    assert run_commit(first.path).ok
    files = bench.pair.primary.files()
    report = run_commit(second.path)
    assert not report.ok and "was committed before" in report.pvs[0].message
    assert bench.pair.primary.files() == files
    assert no_changing_call(second)


def test_a_stale_plan_is_refused_with_its_differences(bench: Bench) -> None:
    """When the secondary has another sample by now, nothing is done, and the report says where."""
    plan = bench.plan("relay")
    name = "T/BENCH:2024_02.pb"
    data = bench.pair.secondary.files()[f"lts/{name}"]
    bench.pair.secondary.put_file("LTS", name, data[: data.rindex(b"\n", 0, -1) + 1])
    run = bench.make_run(plan)
    report = run_commit(run.path)
    assert not report.ok and report.pvs[0].state is State.CLOSED
    assert "2024_02" in report.pvs[0].message
    assert no_changing_call(run)


def test_a_pv_paused_by_others_stays_paused(bench: Bench) -> None:
    """A PV that somebody has paused since is refused, and not resumed either: that pause is not ours."""
    plan = bench.plan("relay")
    call(bench, "pauseArchivingPV")
    run = bench.make_run(plan)
    report = run_commit(run.path)
    assert not report.ok and "paused" in report.pvs[0].message
    assert bench.status() == "Paused"
    assert recover(run.path).pvs[0].state is State.CLOSED
    assert bench.status() == "Paused"
    assert no_changing_call(run)


def test_a_secondary_that_does_not_record_stops_the_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the secondary's recording ends between check and pause, the primary is resumed and nothing is merged."""
    run = bench.make_run(bench.plan("relay"))
    pause = Committer.pause

    def pause_both(committer: Committer, pv: str) -> object:
        call(bench, "pauseArchivingPV", bench.urls.secondary)
        return pause(committer, pv)

    monkeypatch.setattr(Committer, "pause", pause_both)
    before = bench.samples()
    report = run_commit(run.path)
    assert "nobody would record it" in report.pvs[0].message
    assert bench.status() == "Being archived"
    assert has(bench.samples(), before) and has(before, bench.samples())


def test_a_locked_pv_is_left_alone(bench: Bench) -> None:
    """While another run has the PV, nothing is done; the other's lock stays."""
    plan = bench.plan("relay")
    first, second = bench.make_run(plan), bench.make_run(plan)
    PVLocks(first).take(key_of(bench), PV)
    report = run_commit(second.path)
    assert first.path.name in report.pvs[0].message
    assert len(list(bench.run_dir.glob("locks/*.lock"))) == 1
    assert no_changing_call(second)


def test_a_secondary_known_by_a_local_name_is_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loopback address of the secondary would mean the primary itself on another host; nothing is paused."""
    real = merging._is_loopback
    monkeypatch.setattr(merging, "_is_loopback", lambda url: real(url) and "/mgmt" not in url)
    run = bench.make_run(bench.plan("direct"))
    report = run_commit(run.path)
    assert "means that host itself" in report.pvs[0].message
    assert no_changing_call(run)


def test_a_pause_that_the_engine_is_slow_to_follow_is_undone(tmp_path: Path) -> None:
    """A PV whose configuration says paused is resumed, though the engine has not yet stopped when we give up."""
    with open_bench(tmp_path, lag=1.5) as bench:
        settings = replace(QUICK, pause=0.2, resume=20)
        report = run_commit(bench.make_run(bench.plan("relay"), settings).path)
        assert "did not stop archiving" in report.pvs[0].message
        assert report.pvs[0].state is State.CLOSED
        time.sleep(2)
        assert bench.status() == "Being archived"


def test_an_alias_is_refused(bench: Bench) -> None:
    """A PV has one lock, whatever it is called: a merge is planned under its real name."""
    call(bench, "addAlias", bench.urls.primary, aliasname="T:ALIAS")
    call(bench, "addAlias", bench.urls.secondary, aliasname="T:ALIAS")
    plan = bench.plan("relay", pv="T:ALIAS")
    assert plan.status == "refused"
    run = bench.make_run(replace(plan, pvs=(replace(plan.pvs[0], hazards=()),)))
    report = run_commit(run.path)
    assert "T:ALIAS is an alias of T:BENCH" in report.pvs[0].message
    assert no_changing_call(run)


def test_a_run_is_begun_only_once(bench: Bench) -> None:
    """A run folder with a journal is not committed again."""
    run = bench.make_run(bench.plan("relay"))
    Journal(run.journal).__exit__(None, None, None)
    with pytest.raises(Exception, match="was begun before"):
        run_commit(run.path)


def test_a_run_at_work_is_not_recovered(bench: Bench) -> None:
    """Recovery keeps its hands off a run whose process is alive."""
    run = bench.make_run(bench.plan("relay"))
    with run.owned(), pytest.raises(LockedError, match="still at work"):
        recover(run.path)


def test_recovering_a_finished_run_changes_nothing(bench: Bench) -> None:
    """Not even the journal is written to."""
    report = commit(bench, "relay")
    journal = report.journal.read_bytes()
    assert recover(report.run).ok
    assert report.journal.read_bytes() == journal


def test_verifying_sees_what_happened_since(bench: Bench) -> None:
    """A sample that has vanished since the merge is lost, in a partition that was merged and in one that was not."""
    report = commit(bench, "relay")
    assert verify(report.run).ok
    for name in ("2024_01", "2024_02"):
        path = f"T/BENCH:{name}.pb"
        data = bench.pair.primary.files()[f"lts/{path}"]
        bench.pair.primary.put_file("LTS", path, data[: data.rindex(b"\n", 0, -1) + 1])
    found = verify(report.run)
    assert not found.ok
    assert {outcome.partition: outcome.result for outcome in found.outcomes[PV] if not outcome.ok} == {
        "2024_01": "lost",
        "2024_02": "lost",
    }
    assert "Merge and consolidate nothing of it" in repr(found)


@pytest.mark.parametrize("wrong", ["", "nonsense", None, 7])
def test_only_the_typed_id_approves(wrong: object, bench: Bench) -> None:
    """Anything but the id is refused before a run folder is made, and so is `plan.id` itself."""
    plan = bench.plan("relay")
    for approve in (wrong, plan.id):
        with pytest.raises(ApprovalError, match=r"approve"):
            commit_plan(plan, bench.urls, approve, bench.run_dir)  # type: ignore[arg-type]
    assert [path.name for path in bench.run_dir.iterdir()] == ["certificates"]


def test_refused_and_empty_plans_are_not_committed(tmp_path: Path) -> None:
    """A plan with a refusal, and one with nothing to gain, cannot be approved."""
    with open_bench(tmp_path, {"LTS": [*PRIMARY["LTS"][:4], "2024-02-29T23:59:59.25"]}) as bench:
        plan = bench.plan("relay")
        with pytest.raises(ApprovalError, match="would-lose-samples"):
            commit_plan(plan, bench.urls, str(plan.id), bench.run_dir)
    with open_bench(tmp_path / "same", {"LTS": SECONDARY["LTS"]}) as bench:
        plan = bench.plan("relay")
        with pytest.raises(ApprovalError, match="nothing to gain"):
            commit_plan(plan, bench.urls, str(plan.id), bench.run_dir)


def test_a_changed_plan_file_is_refused(bench: Bench) -> None:
    """What was approved is what is done: a plan changed in the run folder is no plan any more."""
    run = bench.make_run(bench.plan("relay"))
    file = run.path / "plan.json"
    data = json.loads(file.read_text())
    data["pvs"][0]["storage"] = "MTS"
    file.write_text(json.dumps(data))
    with pytest.raises(Exception, match="was changed"):
        run_commit(run.path)


def commit(bench: Bench, strategy: str, **options: object) -> Report:
    return run_commit(bench.make_run(bench.plan(strategy, **options)).path)


def has(whole: Samples, part: Samples) -> bool:
    return bool(np.isin(sample_hashes(part), sample_hashes(whole)).all())


def no_changing_call(run: RunFolder) -> bool:
    calls = {entry.facts["call"] for entry in read_journal(run.journal) if entry.kind == "intent"}
    return calls <= {"addExternalArchiverServer"}


def key_of(bench: Bench) -> str:
    """Return what a run calls the primary."""
    from hashlib import sha256

    return sha256(f"{bench.urls.primary}/mgmt/bpl".encode()).hexdigest()[:16]


def call(bench: Bench, name: str, url: str = "", **params: str) -> None:
    with HttpTransport() as transport:
        reply = transport.get(f"{url or bench.urls.primary}/mgmt/bpl/{name}", [("pv", PV), *params.items()])
    assert reply.status == 200
