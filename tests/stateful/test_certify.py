"""The trial on scratch PVs: what it finds, what it leaves, and what depends on it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archredundancy.appliance import AppliancePair
from archredundancy.cli import main
from archredundancy.client import HttpTransport, ManagementClient
from archredundancy.client.committer import Committer
from archredundancy.commit import PairUrls, State, certify, clean_up, find_certificate, run_commit
from archredundancy.commit.certification import trial
from archredundancy.commit.certification.scratch import ScratchPVs
from archredundancy.pair import ClusterPair
from archredundancy.plan import HazardKind, Status
from archredundancy.testing.bench import NOW, PV, QUICK, Bench, open_bench

STS = "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_5MIN"
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_{}"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder of runs without any certificate."""
    return tmp_path / "fresh"


def test_a_trial_certifies_and_leaves_nothing(bench: Bench, fresh: Path) -> None:
    """All checks pass, the certificate is kept, and every file and PV of both clusters is what it was."""
    before = everything(bench)
    found = certify(bench.urls, fresh, settings=QUICK)
    assert found.ok, repr(found)
    assert len(found.checks) == 15
    assert everything(bench) == before
    assert find_certificate(found.versions, fresh) == found.certificate
    assert not list(fresh.glob("**/locks/*"))


@pytest.mark.parametrize("granularity", ["HOUR", "DAY", "YEAR"])
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
    """Ctrl-C in the middle."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = everything(bench)
    monkeypatch.setattr(Committer, "merge_in_data", interrupt)
    with pytest.raises(KeyboardInterrupt):
        certify(bench.urls, fresh, settings=QUICK)
    assert everything(bench) == before


def test_what_a_dead_trial_leaves_is_deleted_by_recovery(
    bench: Bench, fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The journal tells which PVs were made; `archredundancy recover` with the trial's folder deletes them."""
    before = everything(bench)
    with monkeypatch.context() as patch:
        patch.setattr(ScratchPVs, "delete", lambda self, pvs: iter(["it died"]))
        found = certify(bench.urls, fresh, settings=QUICK)
    assert not found.ok and everything(bench) != before
    assert f"archredundancy recover {found.folder}" in found.verdict
    with pytest.raises(SystemExit) as end:
        main(["recover", str(found.folder)])
    assert (end.value.code, capsys.readouterr().out) == (0, "no scratch PV is left\n")
    assert everything(bench) == before
    assert clean_up(found.folder) == ()


@pytest.mark.slow
def test_a_merge_that_may_be_running_keeps_its_scratch_pv(
    bench: Bench, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleted under a merge, its files would come back; the trial says that it has to be recovered."""
    real = trial.commit_plan

    def unsettled(*arguments: object, **options: object) -> object:
        report = real(*arguments, **options)  # type: ignore[arg-type]
        return replace(report, pvs=tuple(replace(pv, state=State.STILL_RUNNING) for pv in report.pvs))

    before = everything(bench)
    monkeypatch.setattr(trial, "commit_plan", unsettled)
    found = certify(bench.urls, fresh, settings=QUICK)
    assert not found.ok
    assert [left.partition(": ")[2] for left in found.left] == ["its commit did not come to an end"]
    assert clean_up(found.folder) == ()
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
    assert "there is no certificate in" in report.pvs[0].message
    assert everything(bench) == before


@pytest.mark.slow
def test_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each check, then the verdict."""
    with pytest.raises(SystemExit) as end:
        main(["certify", "--demo"])
    assert end.value.code == 0
    assert re.search(r"ok +relay: committed.*\nCERTIFIED: primary", capsys.readouterr().out, re.S)


def opened(bench: Bench, run_dir: Path) -> ClusterPair:
    urls = {"primary": bench.urls.primary, "secondary": bench.urls.secondary}
    return ClusterPair(**urls, fixed_now=NOW, run_dir=run_dir, allow_commit=True, commit_settings=QUICK)


def everything(bench: Bench) -> list[object]:
    """Return all files and PVs of both clusters."""
    sides = [*bench.pair.primary_cluster.values(), bench.pair.secondary]
    with HttpTransport() as transport:
        return [(side.files(), ManagementClient(side.management_url, transport).all_pvs()) for side in sides]
