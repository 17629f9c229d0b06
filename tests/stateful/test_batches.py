"""Many PVs in one run: their order, their lines, and what ends it early."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archredundancy.commit import Entry, Progress, RunFolder, State, read_journal, run_commit, start_run
from archredundancy.commit.run.batches import request_stop
from archredundancy.errors import ApprovalError
from archredundancy.plan import MergePlan
from archredundancy.testing.embedded.bench import QUICK
from archredundancy.testing.embedded.many_pvs import ManyPVs, open_many_pvs


@pytest.fixture
def many(tmp_path: Path) -> Iterator[ManyPVs]:
    """Thirteen PVs: batches of 1, 10 and 2."""
    with open_many_pvs(tmp_path, 13) as opened:
        yield opened


def planned(many: ManyPVs) -> MergePlan:
    return many.pair.plan_merge("BATCH:*", progress=False)


@pytest.mark.slow
def test_each_pv_is_told_in_a_line_and_done(many: ManyPVs) -> None:
    """All of them gain what was promised; of the first two batches each is compared once more before the next."""
    progress, lines, kinds = Progress(), [], []

    def tell(entry: Entry) -> None:
        kinds.append((entry.kind, entry.pv))
        if line := progress.line(entry):
            lines.append(line)

    plan = planned(many)
    report = many.pair.commit(plan, approve=str(plan.id), on_entry=tell, progress=False)
    assert report.ok, report
    assert many.counts() == [3] * 13
    assert lines.pop(0).startswith(f"run {report.run} of 13 PVs, primary {many.urls.primary}, secondary")
    assert [line.split("  ")[:2] for line in map(str.strip, lines)] == [
        [f"{number}/13", pv] for number, pv in enumerate(many.names, 1)
    ]
    assert all("as promised, 1 gained, paused for " in line for line in lines)
    assert sum(kind == "batch" for kind, _ in kinds) == 3
    assert [sum(entry == ("verified", pv) for entry in kinds) for pv in many.names] == [2] * 11 + [1] * 2


def test_a_request_to_stop_ends_the_run_between_pvs(many: ManyPVs) -> None:
    """The PV that it is at comes to its end, the others are not touched, and the report says what is left."""
    plan = planned(many)
    run = RunFolder.create(many.pair.run_dir, plan, many.urls, QUICK)  # type: ignore[arg-type]
    stopper = threading.Thread(target=stop_after, args=(run, 3))
    stopper.start()
    report = run_commit(run.path)
    stopper.join()
    done = [pv.pv for pv in report.pvs if pv.ok]
    assert 3 <= len(done) < 13 and all(pv.state in (State.CLOSED, State.PLANNED) for pv in report.pvs)
    assert many.counts() == [3] * len(done) + [2] * (13 - len(done))
    assert f"{13 - len(done)} PVs were not begun" in repr(report)
    assert all(status == "Being archived" for status in statuses(many))


@pytest.mark.slow
def test_the_rest_of_a_stopped_plan_is_planned_anew(many: ManyPVs) -> None:
    """The same plan is refused with what is left of it; a new one by the same names is just of that."""
    plan = planned(many)
    run = RunFolder.create(many.pair.run_dir, plan, many.urls, QUICK)  # type: ignore[arg-type]
    stopper = threading.Thread(target=stop_after, args=(run, 1))
    stopper.start()
    left = [pv.pv for pv in run_commit(run.path).pvs if pv.state is State.PLANNED]
    stopper.join()
    with pytest.raises(ApprovalError, match=rf"by the run {run.path.name}; {len(left)} of its PVs were not begun"):
        many.pair.commit(plan, approve=str(plan.id))
    again = planned(many)
    assert [pv.pv for pv in again.pvs if pv.status == "ready"] == left
    assert many.pair.commit(again, approve=str(again.id), progress=False).ok
    assert many.counts() == [3] * 13


@pytest.mark.slow
def test_a_pv_that_fails_ends_the_batch(many: ManyPVs) -> None:
    """A PV that somebody has paused since is refused; those after it are left, and nothing of them is changed."""
    plan = planned(many)
    bpl(many, "pauseArchivingPV", "BATCH:004")
    report = many.pair.commit(plan, approve=str(plan.id), progress=False)
    assert not report.ok
    assert [pv.pv for pv in report.pvs if pv.ok] == list(many.names[:4])
    assert [pv.pv for pv in report.pvs if pv.state is State.PLANNED] == list(many.names[5:])
    (stopped,) = [entry.facts for entry in read_journal(report.journal) if entry.kind == "stopped"]
    assert stopped == {"why": "since BATCH:004 did not end as promised", "left": 8}


def test_harm_that_shows_after_a_batch_keeps_the_next_from_beginning(many: ManyPVs) -> None:
    """A file of the first PV that is cut before the first batch is compared once more ends the run there."""
    plan = planned(many)
    name = "BATCH/000:2024_02.pb"

    def harm(entry: Entry) -> None:
        if entry.pv == "BATCH:001" and entry.facts.get("state") == State.LOCKED:
            pytest.fail("the second batch has begun")
        if entry.pv == "BATCH:000" and entry.facts.get("state") == State.ARCHIVING:
            data = many.appliances.primary.files()[f"lts/{name}"]
            many.appliances.primary.put_file("LTS", name, data[: data.rindex(b"\n", 0, -1) + 1])

    run = RunFolder.create(many.pair.run_dir, plan, many.urls, QUICK)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        write = patched_write(harm)
        patch.setattr("archredundancy.commit.journal.journal.Journal.write", write)
        report = run_commit(run.path)
    assert report.pvs[0].is_harmed
    assert f"archredundancy restore {report.run} -o FOLDER" in repr(report)
    assert all(pv.state is State.PLANNED for pv in report.pvs[1:])
    progress = Progress()
    told = [line for entry in read_journal(run.journal) if (line := progress.line(entry))]
    assert [line.split()[0] for line in told] == ["run", "1/13", "stopped"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.slow
def test_a_signal_to_the_process_is_a_request_to_stop(number: int, many: ManyPVs) -> None:
    """As a service manager sends it: the PV that it is at is brought to its end."""
    run = RunFolder.create(many.pair.run_dir, planned(many), many.urls, QUICK)  # type: ignore[arg-type]
    process = start_run(run)
    wait_for_line(run, "BATCH:001")
    os.kill(process.pid, number)
    wait_for_end(run)
    entries = read_journal(run.journal)
    assert [entry.facts["why"] for entry in entries if entry.kind == "stopped"] == ["as asked"]
    assert all(status == "Being archived" for status in statuses(many))


@pytest.mark.slow
def test_ctrl_c_on_the_command_line_stops_between_pvs(many: ManyPVs, tmp_path: Path) -> None:
    """The command waits for the PV that is being merged, says what is left, and is not called a success."""
    plan = planned(many)
    file = tmp_path / "plan.json"
    file.write_text(plan.to_json())
    named = ["--primary", many.urls.primary, "--secondary", many.urls.secondary, "--run-dir", str(many.pair.run_dir)]
    code = f"import time; time.time_ns = lambda: {many.urls.fixed_now}; from archredundancy.cli import main; main()"
    command = [os.sys.executable, "-c", code, "commit", str(file), "--approve", str(plan.id), *named]  # type: ignore[attr-defined]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith(f"run {many.pair.run_dir}")
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert first.strip().startswith("1/13  BATCH:000  as promised"), err
    assert process.returncode == 1
    assert "stopped as asked; PVs left: " in out
    assert "stopping after the PV that is being merged" in err


def stop_after(run: RunFolder, number: int) -> None:
    wait_for_line(run, f"BATCH:{number - 1:03d}", State.CLOSED)
    request_stop(run.path)


def wait_for_line(run: RunFolder, pv: str, state: State = State.LOCKED) -> None:
    while not run.journal.exists() or not any(
        entry.pv == pv and entry.facts.get("state") == state for entry in read_journal(run.journal)
    ):
        time.sleep(0.02)


def wait_for_end(run: RunFolder) -> None:
    while read_journal(run.journal)[-1].kind != "end":
        time.sleep(0.05)


def patched_write(told: Any) -> Any:
    from archredundancy.commit.journal.journal import Journal

    write = Journal.write

    def writing(journal: Journal, *arguments: Any, **facts: Any) -> Entry:
        entry = write(journal, *arguments, **facts)
        told(entry)
        return entry

    return writing


def bpl(many: ManyPVs, call: str, pv: str) -> None:
    from archredundancy.client import HttpTransport

    with HttpTransport() as transport:
        assert transport.get(f"{many.urls.primary}/mgmt/bpl/{call}", [("pv", pv)]).status == 200


def statuses(many: ManyPVs) -> list[str]:
    management = many.pair.primary.management
    assert management is not None
    return [status.status for status in management.pv_status(many.names)]
