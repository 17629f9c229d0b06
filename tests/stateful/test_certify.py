"""The trial on scratch PVs: what it finds, what it leaves, and what depends on it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archredundancy.appliance import AppliancePair
from archredundancy.cli import main
from archredundancy.client import HttpTransport, ManagementClient
from archredundancy.client.commands.committer import Committer
from archredundancy.commit import (
    Check,
    PairUrls,
    Report,
    RunFolder,
    certify,
    clean_up,
    clean_up_all,
    find_certificate,
    run_commit,
    watch,
)
from archredundancy.commit.certification import trial
from archredundancy.commit.certification.scratch_data import samples_of
from archredundancy.commit.certification.scratch_folder import open_scratch
from archredundancy.commit.run.batches import request_stop
from archredundancy.errors import CommitError, LockedError
from archredundancy.model import DbrType, Samples, parse_time
from archredundancy.pair import ClusterPair
from archredundancy.plan import HazardKind, Status
from archredundancy.testing.embedded.bench import NOW, PV, QUICK, Bench, open_bench
from archredundancy.testing.interruptions.crash import certify_until, run_until
from archredundancy.testing.real.scratch_merges import open_scratch_merges

STS = "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_5MIN"
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_{}"

#: A whole trial takes many processes.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder of runs without any certificate."""
    return tmp_path / "fresh"


@pytest.mark.slow
def test_a_trial_certifies_and_leaves_nothing(bench: Bench, fresh: Path) -> None:
    """All checks pass, the certificate is kept, and of both clusters every file and PV is what it was; folders stay."""
    before = everything(bench)
    found = certify(bench.urls, fresh, settings=QUICK)
    assert found.ok, repr(found)
    assert len(found.checks) == 27
    assert everything(bench) == before
    assert find_certificate(found.versions, fresh) == found.certificate
    assert found.certificate and found.certificate.strategies == ("relay", "direct", "rebuild new", "rebuild same")
    assert not list(fresh.glob("**/locks/*"))
    told = re.findall(r"rootFolder=\$\{ARCHAPPL_LONG_TERM_FOLDER\}(_\w+_[0-9a-f-]+)", found.verdict)
    beside = [path.name for path in (bench.run_dir.parent / "pair" / "primary" / "primary0").glob("lts_*")]
    assert sorted(f"lts{each}" for each in told) == sorted(beside)
    assert len(beside) == 2


@pytest.mark.parametrize("granularity", ["HOUR", "YEAR"])
@pytest.mark.slow
def test_a_trial_works_with_stores_of_any_partition(granularity: str, tmp_path: Path) -> None:
    """What scratch PVs hold is laid out by the partitions of the site's own stores."""
    stores = [STS, LTS.replace("{}", granularity)]
    info = {"pvName": "SITE:OWN", "dataStores": stores, "paused": "false"}
    with AppliancePair(tmp_path / "pair", clock=lambda: NOW) as pair:
        for appliance in (pair.primary, pair.secondary):
            appliance.add_pv(info)
        urls = PairUrls(primary=pair.primary.url, secondary=pair.secondary.url, fixed_now=NOW)
        found = certify(urls, tmp_path / "runs", settings=QUICK)
        assert found.ok, repr(found)


@pytest.mark.slow
def test_a_trial_works_through_any_member(tmp_path: Path, fresh: Path) -> None:
    """Scratch PVs belong to the member that answers."""
    with open_bench(tmp_path, primary_members=("q0", "q1")) as bench:
        found = certify(bench.urls, fresh, settings=QUICK)
        assert found.ok, repr(found)
        assert not [name for each in bench.pair.primary_cluster.values() for name in each.files() if "SCRATCH" in name]


def test_an_appliance_that_merges_otherwise_is_not_certified(
    bench: Bench, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a merge into no store changes something, the trial fails, says where, deletes all, and gives no paper."""
    merge = Committer.merge_in_data
    monkeypatch.setattr(
        Committer, "merge_in_data", lambda self, pv, other, storage, **options: merge(self, pv, other, "LTS", **options)
    )
    before = everything(bench)
    found = certify(bench.urls, fresh, settings=QUICK)
    assert not found.ok
    failed = [check for check in found.checks if not check.ok]
    assert [check.name for check in failed] == [
        'merging into a store that is none says "ok" and does nothing, as recorded'
    ]
    assert "samples instead of" in failed[0].detail
    assert everything(bench) == before
    assert find_certificate(found.versions, fresh) is None


def test_a_trial_that_is_broken_off_deletes_its_pvs(bench: Bench, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle; the last words are that they are gone."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = everything(bench)
    checks: list[Check] = []
    monkeypatch.setattr(Committer, "merge_in_data", interrupt)
    with pytest.raises(KeyboardInterrupt):
        certify(bench.urls, fresh, settings=QUICK, on_check=checks.append)
    assert everything(bench) == before
    assert (checks[-2].ok, checks[-2].detail) == (False, "interrupted")
    assert str(checks[-1]) == "  ok      scratch PVs and their files are deleted, and both clusters say so"


@pytest.mark.slow
def test_a_trial_that_is_broken_off_after_a_rebuild_deletes_its_pvs(
    bench: Bench, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their files lie in two folders then."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = everything(bench)
    monkeypatch.setattr(trial, "rollback", interrupt)
    with pytest.raises(KeyboardInterrupt):
        certify(bench.urls, fresh, settings=QUICK)
    assert everything(bench) == before


@pytest.mark.slow
def test_an_interrupt_of_a_commit_ends_the_trial(bench: Bench, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit takes it as a wish to stop after the PV that it is at; no other strategy is begun then."""
    real = trial.commit_plan

    def interrupted(*arguments: Any, **options: Any) -> Report:
        report = real(*arguments, **options)
        request_stop(report.run)
        return report

    before = everything(bench)
    checks: list[Check] = []
    monkeypatch.setattr(trial, "commit_plan", interrupted)
    with pytest.raises(KeyboardInterrupt):
        certify(bench.urls, fresh, settings=QUICK, on_check=checks.append)
    assert (checks[-2].name, checks[-2].ok) == ("relay: committed, proven, and archived again", False)
    assert everything(bench) == before


@pytest.mark.slow
def test_what_fails_with_one_strategy_is_not_certified(bench: Bench, fresh: Path) -> None:
    """The others are tried all the same, and named; plans by that one are refused."""
    before = everything(bench)
    bench.pair.primary.faults.switch_on("refused", "/mgmt/bpl/changeStore")
    found = certify(bench.urls, fresh, settings=QUICK)
    assert not found.ok
    assert "rebuild same: committed, proven, and archived again" in [
        check.name for check in found.checks if not check.ok
    ]
    assert "CERTIFIED ONLY FOR relay, direct, rebuild new" in found.verdict
    assert everything(bench) == before
    with opened(bench, fresh) as pair:
        plans = {root: pair.plan_merge(PV, "rebuild", root=root, progress=False) for root in ("new", "same")}
    assert {root: plan.status for root, plan in plans.items()} == {"new": Status.READY, "same": Status.REFUSED}
    (hazard,) = [each for each in plans["same"].hazards if each.refuses]
    assert (hazard.kind, "rebuild same was not tried out" in hazard.message) == (HazardKind.NOT_CERTIFIED, True)


@pytest.mark.parametrize(
    "check", ["idle: ", pytest.param("rebuild new: committed", marks=pytest.mark.slow)], ids=["idle", "rebuilt"]
)
def test_what_a_killed_trial_leaves_is_cleaned_up(
    check: str, bench: Bench, fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`certify --clean-up` finds it in the folder of runs, and deletes it wherever it lies."""
    before = everything(bench)
    certify_until(bench.urls, fresh, QUICK, check)
    assert everything(bench) != before
    assert watch(fresh, once=True, say=lambda _: None, expiry=0.1) == []
    options = [
        "--clean-up",
        "--run-dir",
        str(fresh),
        "--primary",
        bench.urls.primary,
        "--secondary",
        bench.urls.secondary,
    ]
    assert run("certify", *options) == 0
    assert capsys.readouterr().out.endswith(": no scratch PV is left\n")
    assert everything(bench) == before
    assert run("certify", *options) == 0
    assert "has left anything" in capsys.readouterr().out
    (folder,) = fresh.glob("*-certify-*")
    assert run("recover", str(folder)) == 0
    assert capsys.readouterr().out == "no scratch PV is left\n"


def test_a_trial_at_work_is_not_cleaned_up(bench: Bench, fresh: Path) -> None:
    """Only one process has it at a time."""
    with open_scratch(bench.urls, fresh, QUICK) as scratch:
        (left,) = clean_up_all(fresh).values()
        assert "still at work" in left[0]
        with pytest.raises(LockedError, match="still at work"):
            clean_up(scratch.runs.parent)
    assert clean_up_all(fresh) == {}


def test_a_pv_that_is_there_is_not_touched(bench: Bench, fresh: Path) -> None:
    """Even under a name of ours: it is not made over, and not deleted with what was made at the other cluster."""
    nothing = {"STS": Samples.empty(DbrType.SCALAR_DOUBLE)}
    with open_scratch(bench.urls, fresh, QUICK) as scratch:
        pv = scratch.name("OURS")
        bench.pair.primary.add_pv({"pvName": pv, "dataStores": [STS], "paused": "true"})
        before = everything(bench)
        scratch.make(scratch.secondary, pv, (STS,), nothing, NOW)
        with pytest.raises(CommitError, match=r"knows .* already"):
            scratch.make(scratch.primary, pv, (STS,), nothing, NOW)
    assert everything(bench) == before


def fail_with_a_dead_run(bench: Bench, run_dir: Path) -> None:
    """Kill the process of a run in the middle of a scenario, and fail."""
    days = [parse_time(f"2024-01-0{day}", now=0) for day in (5, 6, 7)]
    samples = [samples_of(DbrType.SCALAR_DOUBLE, dict.fromkeys(chosen, 1)) for chosen in (days[::2], days)]
    with open_scratch_merges(bench.urls.primary, bench.urls.secondary, run_dir, QUICK, prefix="TEST") as merges:
        plan = merges.pair.plan_merge(merges.make("DEAD", *samples), uncertified=True, progress=False)
        assert run_until(RunFolder.create(merges.run_dir, plan, merges.urls, QUICK).path, "state paused", "after")
        raise ZeroDivisionError


def test_a_scenario_that_fails_with_a_dead_run_is_cleaned_up(bench: Bench, fresh: Path) -> None:
    """The run is recovered first, so that nothing is deleted under a merge; then the PVs go, whatever was raised."""
    before = everything(bench)
    with pytest.raises(ZeroDivisionError):
        fail_with_a_dead_run(bench, fresh)
    assert everything(bench) == before
    assert clean_up_all(fresh) == {}


@pytest.mark.slow
def test_a_merge_that_may_be_running_keeps_its_scratch_pv(bench: Bench, fresh: Path) -> None:
    """Deleted under a merge, its files would come back; the trial says that it has to be recovered, by a person."""
    before = everything(bench)
    # Two merges are tried before the first commit, and two by relay.
    bench.pair.primary.faults.switch_on("hung", "/mgmt/bpl/mergeInData", skip=4, seconds=5.0)
    found = certify(bench.urls, fresh, settings=replace(QUICK, merge=0.5, patience=0.2))
    assert not found.ok and found.certificate is None
    assert [left.partition(": ")[2] for left in found.left] == ["its commit did not come to an end"]
    assert f"archredundancy recover {found.folder}" in found.verdict
    assert len(clean_up(found.folder)) == 1
    assert clean_up(found.folder, mgmt_idle=True) == ()
    assert everything(bench) == before


@pytest.mark.slow
def test_without_a_certificate_plans_are_refused(bench: Bench, fresh: Path) -> None:
    """Until the pair is certified, or a person wants it all the same, which the plan then says."""
    with opened(bench, fresh) as pair:
        refused = pair.plan_merge(PV, progress=False)
        assert refused.status is Status.REFUSED
        assert [hazard.kind for hazard in refused.hazards if hazard.refuses] == [HazardKind.NOT_CERTIFIED]
        wanted = pair.plan_merge(PV, uncertified=True, progress=False)
        assert wanted.status is Status.READY
        assert "It is wanted all the same" in repr(wanted)
        assert pair.certify().ok
        certified = pair.plan_merge(PV, progress=False)
        assert HazardKind.NOT_CERTIFIED not in {hazard.kind for hazard in certified.hazards}
        assert pair.commit(certified, approve=str(certified.id)).ok


def test_an_uncertified_plan_can_be_committed(bench: Bench, fresh: Path) -> None:
    """It was approved with that warning in it."""
    with opened(bench, fresh) as pair:
        plan = pair.plan_merge(PV, uncertified=True, progress=False)
        assert pair.commit(plan, approve=str(plan.id)).ok


def test_a_plan_is_not_committed_where_its_certificate_is_not_known(bench: Bench, fresh: Path) -> None:
    """The versions may have changed since, or the folder of runs is another one; nothing is changed."""
    before = everything(bench)
    run = replace(bench, run_dir=fresh).make_run(bench.plan("relay"))
    report = run_commit(run.path)
    assert "there is no certificate of relay in" in report.pvs[0].message
    assert everything(bench) == before


@pytest.mark.slow
def test_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each check, then the verdict."""
    with pytest.raises(SystemExit) as end:
        main(["certify", "--demo"])
    assert end.value.code == 0
    assert re.search(r"ok +relay: committed.*\nCERTIFIED: primary", capsys.readouterr().out, re.S)


def run(*arguments: str) -> int:
    """Run the command line, and return its exit code."""
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


def opened(bench: Bench, run_dir: Path) -> ClusterPair:
    urls = {"primary": bench.urls.primary, "secondary": bench.urls.secondary}
    return ClusterPair(**urls, fixed_now=NOW, run_dir=run_dir, allow_commit=True, commit_settings=QUICK)


def everything(bench: Bench) -> list[object]:
    """Return all files and PVs of both clusters."""
    sides = [*bench.pair.primary_cluster.values(), bench.pair.secondary]
    with HttpTransport() as transport:
        return [(side.files(), ManagementClient(side.management_url, transport).all_pvs()) for side in sides]
