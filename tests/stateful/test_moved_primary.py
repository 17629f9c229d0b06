"""Recovery where other URLs answer: nothing is done to another cluster, and a primary that has moved is found."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archredundancy.appliance import Appliance
from archredundancy.commit import PairUrls, RunFolder, State, read_journal, recover, run_commit, verify
from archredundancy.commit.steps.context import Context
from archredundancy.commit.strategies.merging import merge
from archredundancy.errors import CommitError
from archredundancy.testing.embedded.bench import NOW, PV, STORES, Bench, open_bench
from archredundancy.testing.interruptions.crash import run_until

OTHER = "2031-05-06T07:08:09.000Z"
#: What may be another one than it was, and how it reads then.
CHANGES: dict[str, tuple[dict[str, object], str]] = {
    "created": ({"creationTime": OTHER}, "its created was '2023-12-01.*' and is '2031-05-06"),
    "type": ({"DBRType": "DBR_SCALAR_INT"}, "its dbr type was 'SCALAR_DOUBLE' and is 'SCALAR_INT"),
    "folder": (
        {"dataStores": [url.replace("TERM_FOLDER}", "TERM_FOLDER}/x") for url in STORES]},
        r"its root folder was '.*LONG_TERM_FOLDER}' and is '.*LONG_TERM_FOLDER}/x'",
    ),
    "key": ({"chunkKey": "OTHER:"}, "its chunk key was 'T/BENCH:' and is 'OTHER:'"),
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


def change_url(run: RunFolder, primary: str) -> None:
    """Change the run's URL as by hand."""
    file = run.path / "run.json"
    data = json.loads(file.read_text())
    file.write_text(json.dumps({**data, "urls": {**data["urls"], "primary": primary}}))


def check_whole(bench: Bench, appliance: Appliance) -> None:
    """Check what the primary has under its new address."""
    there = replace(bench, urls=replace(bench.urls, primary=appliance.url))
    there.__dict__.update(before=bench.before, offered=bench.offered)
    there.check_whole()


@pytest.mark.parametrize(
    ("strategy", "line"),
    [
        ("relay", "state paused"),
        pytest.param("relay", "outcome mergeInData", marks=pytest.mark.slow),
        ("rebuild same", "outcome changeStore"),
        pytest.param("rebuild new", "state importing", marks=pytest.mark.slow),
    ],
)
def test_a_primary_that_has_moved_is_brought_to_its_end_once_a_person_says_so(
    strategy: str, line: str, bench: Bench
) -> None:
    """Before that nothing is done; afterwards the run goes by the new address, and so does who verifies it."""
    name, _, root = strategy.partition(" ")
    run = bench.make_run(bench.plan(name, **({"root": root} if root else {})))
    assert run_until(run.path, line, "after")
    with bench.moved() as appliance:
        change_url(run, appliance.url)
        left = recover(run.path)
        assert f"archredundancy recover {run.path} --primary-moved URL" in left.message and left.is_open
        assert f"but who answers at {appliance.url}/mgmt/bpl is {appliance.url}/mgmt/bpl" in left.message
        assert not any(entry.kind == "intent" for entry in read_journal(run.journal)[-3:])
        change_url(run, bench.urls.primary)
        report = recover(run.path, primary_moved=appliance.url)
        assert report.pvs[0].state is State.CLOSED and not report.is_open
        said = [text for text in report.pvs[0].warnings if "a person has said that the primary has another" in text]
        assert len(said) == 1 and bench.urls.primary in said[0] and appliance.url in said[0]
        assert RunFolder.open(run.path).urls == replace(bench.urls, primary=appliance.url)
        assert not list(run.run_dir.glob("locks/*.lock"))
        marks = [path.name for path in run.run_dir.glob("committed/*")]
        assert len(marks) in (0, 2)
        assert verify(run.path).ok == report.ok
        check_whole(bench, appliance)


@pytest.mark.parametrize(("change", "reads"), CHANGES.values(), ids=CHANGES)
def test_a_person_is_not_believed_where_the_pv_is_another_one(
    change: dict[str, object], reads: str, bench: Bench
) -> None:
    """What is another one is named, nothing is done, and the run still goes by its old URL."""
    run = bench.make_run(bench.plan("relay"))
    assert run_until(run.path, "state paused", "after")
    with bench.moved() as appliance:
        appliance.add_pv({**appliance.type_info(PV).info, **change})
        before = appliance.files()
        report = recover(run.path, primary_moved=appliance.url)
        assert report.pvs[0].state is State.PAUSED
        assert re.search(reads, report.message), report.message
        assert appliance.files() == before
        assert RunFolder.open(run.path).urls == bench.urls


def test_the_secondary_is_never_taken_for_the_primary(bench: Bench) -> None:
    """Its member has another name, though the PV's folder and key are the same; no call is made."""
    run = bench.make_run(bench.plan("relay"))
    assert run_until(run.path, "state paused", "after")
    before = bench.pair.secondary.files()
    report = recover(run.path, primary_moved=bench.urls.secondary)
    assert report.pvs[0].state is State.PAUSED
    assert "its member was 'primary0' and is 'secondary0'" in report.message
    assert bench.pair.secondary.files() == before and bench.status() == "Paused"
    assert recover(run.path).pvs[0].state is State.CLOSED
    bench.check_whole()


def test_another_url_of_the_same_address_needs_no_comparison(bench: Bench) -> None:
    """Who reaches the primary another way, and it calls itself what it did, may say so as well."""
    run = bench.make_run(bench.plan("rebuild", root="same"))
    assert run_until(run.path, "outcome changeStore", "after")
    there = bench.urls.primary.replace("127.0.0.1", "localhost")
    report = recover(run.path, primary_moved=there)
    assert report.pvs[0].state is State.CLOSED
    assert RunFolder.open(run.path).urls.primary == there
    roots = [entry.facts["owner"] for entry in read_journal(run.journal) if entry.kind == "roots"]
    assert len(roots) == 2 and roots[1] == roots[0].replace("127.0.0.1", "localhost")
    bench.check_whole()


def test_another_run_may_have_the_pv_under_the_new_address(bench: Bench) -> None:
    """Then it is left to that one."""
    run = bench.make_run(bench.plan("relay"))
    assert run_until(run.path, "state paused", "after")
    with bench.moved() as appliance:
        urls = PairUrls(primary=appliance.url, secondary=bench.urls.secondary, fixed_now=NOW)
        other = RunFolder.create(run.run_dir, run.plan, urls, run.settings)
        assert run_until(other.path, "state locked", "after")
        assert f"is locked by the run {other.path.name}" in recover(run.path, primary_moved=appliance.url).message
        assert recover(other.path).pvs[0].state is State.CLOSED
        assert recover(run.path, primary_moved=appliance.url).pvs[0].state is State.CLOSED
        check_whole(bench, appliance)


def test_the_old_address_is_another_one_from_then_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recovery fails right after the move was noted; a PV of the same name at the old address is not taken for it."""

    def fail(*_: object, **__: object) -> None:
        raise CommitError("the rest failed")

    run = bench.make_run(bench.plan("relay"))
    assert run_until(run.path, "state paused", "after")
    with bench.moved() as appliance:
        with monkeypatch.context() as broken:
            broken.setattr("archredundancy.commit.recovery.recovery.wind_up", fail)
            recover(run.path, primary_moved=appliance.url)
        assert RunFolder.open(run.path).urls.primary == appliance.url
        assert len(list(run.run_dir.glob("locks/*.lock"))) == 1
        change_url(run, bench.urls.secondary)
        report = recover(run.path)
        assert "but who answers" in report.message and report.pvs[0].state is State.PAUSED
        change_url(run, appliance.url)
        assert recover(run.path).pvs[0].state is State.CLOSED
        check_whole(bench, appliance)


def test_a_run_that_is_done_follows_its_primary(bench: Bench) -> None:
    """So it can be verified under the new address; no lock is left."""
    run = bench.make_run(bench.plan("relay"))
    assert run_commit(run.path).ok
    with bench.moved() as appliance:
        assert recover(run.path, primary_moved=appliance.url).ok
        assert RunFolder.open(run.path).urls.primary == appliance.url
        assert verify(run.path).ok
        assert not list(run.run_dir.glob("locks/*.lock"))


def test_why_nothing_could_be_proven_late_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong cluster, then a copy that is not what was written: the report says so, and no lock is left."""
    run = unproven(bench, monkeypatch)
    assert "and is 'secondary0'" in recover(run.path, primary_moved=bench.urls.secondary).pvs[0].message
    for copy in run.path.glob("pv-001/promised/*.pb"):
        copy.write_bytes(b"other")
    with bench.moved() as appliance:
        report = recover(run.path, primary_moved=appliance.url)
        assert report.pvs[0].is_unproven and "is not what was written" in report.pvs[0].message
        assert RunFolder.open(run.path).urls.primary == appliance.url
        assert not list(run.run_dir.glob("locks/*.lock"))


def unproven(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """Return a run that could not read at its end what it had merged; now it can be read."""

    def merge_and_fail(context: Context, other: str) -> None:
        merge(context, other)
        bench.pair.primary.faults.switch_on("refused", "/retrieval/data/getData.raw", times=1000)

    run = bench.make_run(bench.plan("relay"))
    with monkeypatch.context() as broken:
        broken.setattr("archredundancy.commit.strategies.merging.merge", merge_and_fail)
        assert {outcome.result for outcome in run_commit(run.path).outcomes[PV]} == {"unread"}
    bench.pair.primary.faults.switch_off()
    return run


def test_another_cluster_proves_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be read at the end of a run is not compared with what somebody else has."""
    run = unproven(bench, monkeypatch)
    change_url(run, bench.urls.secondary)
    report = recover(run.path)
    assert {outcome.result for outcome in report.outcomes[PV]} == {"unread"}
    assert any(entry.kind == "note" and "but who answers" in str(entry) for entry in read_journal(run.journal))
    change_url(run, bench.urls.primary)
    assert recover(run.path).ok
