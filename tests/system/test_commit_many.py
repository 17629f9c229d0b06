"""Many PVs, the operator's way, from plan to proof; $ARCHREDUNDANCY_PVS says how many."""

import faulthandler
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest

from archredundancy.testing.embedded.many_pvs import Desk, ManyPVs, open_many_pvs

#: A PV takes half a second where two cores are idle.
COUNT = int(os.environ.get("ARCHREDUNDANCY_PVS", "48"))
#: By then all that a run needs is loaded.
FEW = min(20, COUNT // 2)
KIBIBYTES = 3 * 1024


@dataclass(frozen=True)
class Look:
    """What the process of a run takes, once it has closed so many PVs."""

    closed: int
    resident: int
    files: int
    threads: int


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManyPVs]:
    with open_many_pvs(tmp_path_factory.mktemp("many"), COUNT) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_pvs_from_plan_to_proof(many: ManyPVs, tmp_path: Path) -> None:
    """All gain what was promised, each is a line, and what the run takes does not grow from the 20th to the last."""
    faulthandler.cancel_dump_traceback_later()  # pytest would end itself after five minutes
    plan, desk = tmp_path / "merge.json", Desk(many, tmp_path)
    assert desk.call("plan", "BATCH:*", "-o", str(plan)).returncode == 2
    approve = json.loads(plan.read_text())["id"]
    with watched(many.runs, approve) as looks:
        done = desk.call("commit", str(plan), "--approve", approve)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if re.match(rf" *\d+/{COUNT}  BATCH:", line)]
    assert len(lines) == COUNT and all("as promised, 1 gained" in line for line in lines)
    assert f"{COUNT} PVs as promised, and archived again" in done.stdout
    assert desk.call("verify", str(plan)).returncode == 0
    # At its end the run reads its own journal for the report.
    at_work = [look for look in looks if FEW <= look.closed < COUNT]
    few, last = at_work[0], at_work[-1]
    assert last.closed > COUNT - 5
    assert last.resident - few.resident < KIBIBYTES, looks
    assert max(look.files for look in looks) < 25 and max(look.threads for look in looks) < 12, looks


@contextmanager
def watched(runs: Path, approve: str) -> Iterator[list[Look]]:
    """Give what the process of the run takes, seen now and then."""
    found: list[Look] = []
    ended = Event()

    def look() -> None:
        while not ended.wait(0.5):
            for journal in runs.glob(f"*-{approve}/journal.jsonl"):
                lines = journal.read_text().splitlines()
                closed = sum('"state": "closed"' in line for line in lines)
                found.extend(look_at(json.loads(lines[0])["pid"], closed) if lines else [])

    thread = Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def look_at(pid: int, closed: int) -> list[Look]:
    """Return what a process takes; nothing once it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        resident, threads = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) for name in ("VmRSS", "Threads"))
    except (OSError, IndexError):
        return []
    return [Look(closed, resident, files, threads)]
