"""A commit lasts longer than who started it; what dies all the same is taken over, by one of those who watch."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import archredundancy as ar
from archredundancy.client import HttpTransport
from archredundancy.client.commands.committer import Committer
from archredundancy.commit import PairUrls, Report, RunFolder, State, read_journal, recover, run_commit
from archredundancy.commit.disk.claims import look_at
from archredundancy.site import load_site
from archredundancy.testing.embedded.bench import NOW, PV, QUICK, Bench, open_bench
from archredundancy.testing.interruptions.crash import run_until

#: Starts a run as `commit_plan` does, tells so, and lives on.
STARTER = """
import sys, time
from pathlib import Path
from archredundancy.commit import RunFolder, start_run
process = start_run(RunFolder.open(Path(sys.argv[1])))
print(process.pid, flush=True)
time.sleep(600)
"""
#: Watches a folder of runs as if on another host.
WATCHER = """
import sys
from pathlib import Path
from archredundancy.commit import watch
from archredundancy.commit.disk import claims
claims.boot_of_host = lambda: sys.argv[2]
claims.host_and_owner = lambda: (sys.argv[2], "watcher")
left = watch(Path(sys.argv[1]), once=True, say=lambda text: print(text, flush=True), expiry=float(sys.argv[3]))
sys.exit(len(left))
"""


#: The command, with a shorter patience.
INTERRUPTED = """
import sys
from functools import partial
from archredundancy.cli import recover
from archredundancy.cli.main import main
recover.watch = partial(recover.watch, expiry=1.0)
sys.stdout.reconfigure(line_buffering=True)
main(["recover", "--watch", sys.argv[1]])
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(tmp_path) as opened:
        yield opened


def test_a_run_outlives_the_process_group_of_who_started_it(bench: Bench) -> None:
    """Kernel and terminal are killed with all that belongs to them; the run is no part of that, and ends well."""
    run = bench.make_run(bench.plan("relay"))
    with python(STARTER, str(run.path)) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert os.getpgid(pid) != os.getpgid(starter.pid) and os.getsid(pid) not in (pid, os.getsid(starter.pid))
        assert parent_of(pid) != starter.pid
        os.killpg(starter.pid, signal.SIGKILL)
        starter.wait()
    report = wait_for_end(run)
    assert report.ok, report
    bench.check_whole()


def test_a_dead_run_is_taken_over_by_one_of_two_hosts(bench: Bench) -> None:
    """Killed with the PV paused; two others watch, one takes it and says so, the PV archives again."""
    run = bench.make_run(bench.plan("relay"))
    assert run_until(run.path, 18, "after")
    assert bench.status() == "Paused"
    watchers = [python(WATCHER, str(bench.run_dir), host, "1.0") for host in ("one", "two")]
    told = [watcher.communicate(timeout=120)[0] for watcher in watchers]
    assert 0 in {watcher.returncode for watcher in watchers}, told
    recoveries = [entry.facts["host"] for entry in read_journal(run.journal) if entry.kind == "recovery"]
    assert len(recoveries) == 1
    assert sum(f"{run.path.name}: brought to its end" in text for text in told) == 1
    assert look_at(run.path).number == 2
    report = Report.from_journal(run.journal)
    assert report.pvs[0].state is State.CLOSED and report.ended
    bench.check_whole()


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_watch_ends_with_the_recovery_at_hand_or_breaks_it_off(times: int, bench: Bench) -> None:
    """Once: the PV archives before it ends. Twice: it ends at once, and the run can be recovered again."""
    run = bench.make_run(bench.plan("relay"))
    assert run_until(run.path, 18, "after")
    bench.pair.primary.faults.switch_on("slow", "/mgmt/bpl/resumeArchivingPV", seconds=2.0)
    with python(INTERRUPTED, str(bench.run_dir)) as watcher:
        assert watcher.stdout is not None
        lines = iter(watcher.stdout)
        wait_for(lines, "taking it over")
        while not any(entry.facts.get("call") == "resumeArchivingPV" for entry in read_journal(run.journal)):
            time.sleep(0.02)
        watcher.send_signal(signal.SIGINT)
        wait_for(lines, "stopping after the recovery at hand; interrupt again to break it off")
        if times == 2:
            watcher.send_signal(signal.SIGINT)
        told = "".join(lines)
    assert ("brought to its end" in told) == (times == 1), told
    assert Report.from_journal(run.journal).ended == (times == 1)
    assert recover(run.path).pvs[0].state is State.CLOSED
    bench.check_whole()


def wait_for(lines: Iterator[str], text: str) -> None:
    assert any(text in line for line in lines)


@pytest.mark.slow
def test_a_run_at_work_is_not_taken_over(bench: Bench) -> None:
    """It shows life all the time that another host watches, and comes to its own end."""
    run = bench.make_run(bench.plan("relay"))
    bench.pair.primary.faults.switch_on("slow", "/mgmt/bpl/consolidateDataForPV", seconds=6.0)
    with python(STARTER, str(run.path)) as starter:
        while not run.journal.exists():
            time.sleep(0.05)
        watcher = python(WATCHER, str(bench.run_dir), "one", "30.0")
        report = wait_for_end(run)
        told = watcher.communicate(timeout=120)[0]
        starter.kill()
        starter.wait()
    assert watcher.returncode == 0, told
    assert f"{run.path.name}: not at its end" in told and "taking" not in told
    assert report.ok, report
    assert [entry.kind for entry in read_journal(run.journal)].count("recovery") == 0


def test_a_pv_that_a_dead_run_has_is_neither_planned_nor_committed(bench: Bench) -> None:
    """Until the run is recovered; then all is as usual."""
    plan = bench.plan("relay")
    run = bench.make_run(plan)
    assert run_until(run.path, 27, "after")
    with ar.ClusterPair(bench.urls.primary, bench.urls.secondary, fixed_now=NOW, run_dir=bench.run_dir) as pair:
        refused = pair.plan_merge(PV)
        assert refused.status == "refused"
        assert f"The run {run.path.name} has not ended for this PV" in "".join(map(str, refused.hazards))
        assert "by somebody else" not in "".join(map(str, refused.hazards))
        assert f"is locked by the run {run.path.name}" in run_commit(bench.make_run(plan).path).pvs[0].message
        recover(run.path, mgmt_idle=True)
        assert pair.plan_merge(PV).status in ("ready", "nothing to do")


def test_another_cluster_is_not_touched_by_recovery(bench: Bench, tmp_path: Path) -> None:
    """Under the run's URL another primary answers, which archives a PV of the same name: it is left alone."""
    run = bench.make_run(bench.plan("relay"))
    assert run_until(run.path, 18, "after")
    file = run.path / "run.json"
    right = file.read_text()
    with open_bench(tmp_path / "other") as other:
        pause(other)
        before = other.pair.primary.files()
        file.write_text(right.replace(bench.urls.primary, other.urls.primary))
        report = recover(run.path)
        assert f"Nothing was done. Put the right URLs into {file}" in report.message
        assert bench.urls.primary in report.message and other.urls.primary in report.message
        assert (report.is_open, report.pvs[0].state) == (True, State.PAUSED)
        assert (other.status(), bench.status()) == ("Paused", "Paused")
        assert other.pair.primary.files() == before
    file.write_text(right)
    assert recover(run.path).pvs[0].state is State.CLOSED
    bench.check_whole()


def pause(bench: Bench) -> None:
    """Pause the PV at the primary, and wait until its engine has followed."""
    with HttpTransport() as transport:
        transport.command(f"{bench.urls.primary}/mgmt/bpl/pauseArchivingPV", [("pv", PV)], timeout=10)
    while bench.status() != "Paused":
        time.sleep(0.02)


def test_a_run_folder_is_for_its_owner_and_nobody_else(bench: Bench) -> None:
    """Every folder in it is 0700 and every file 0600, whatever the umask."""
    before = os.umask(0)
    try:
        report = run_commit(bench.make_run(bench.plan("relay")).path)
    finally:
        os.umask(before)
    assert report.ok
    found = [report.run, *report.run.rglob("*")]
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in found if path.is_dir()} == {
        path.name: "0o700" for path in found if path.is_dir()
    }
    assert {oct(path.stat().st_mode & 0o777) for path in found if path.is_file()} == {"0o600"}


def test_no_secret_is_kept_in_a_run_folder(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a header's value nor the relay's path, which is a key to the samples while it runs, is in any file."""
    site = tmp_path / "site.toml"
    site.write_text(
        f"[pairs.sr]\nprimary.management = {bench.urls.primary!r}\nsecondary.management = {bench.urls.secondary!r}\n"
        'primary.headers.Authorization = "Bearer very-secret"\n'
    )
    asked: list[str] = []
    probe = Committer.probe_external_server

    def note_and_probe(committer: Committer, url: str) -> Any:
        asked.append(url)
        return probe(committer, url)

    monkeypatch.setattr(Committer, "probe_external_server", note_and_probe)
    urls = PairUrls.from_settings(load_site(site).pair("sr"), NOW)
    report = run_commit(RunFolder.create(bench.run_dir, bench.plan("relay"), urls, QUICK).path)
    assert report.ok, report
    key = max(urlsplit(asked[0]).path.split("/"), key=len)
    assert len(key) > 15
    for file in [path for path in report.run.rglob("*") if path.is_file()]:
        content = file.read_bytes()
        assert b"very-secret" not in content and b"Authorization" not in content and key.encode() not in content, file


def python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start an interpreter in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def wait_for_end(run: RunFolder) -> Report:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if run.journal.exists() and (report := Report.from_journal(run.journal)).ended:
            return report
        time.sleep(0.1)
    raise TimeoutError((run.path / "process.log").read_text())
