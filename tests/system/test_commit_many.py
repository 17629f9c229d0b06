"""Many PVs, the operator's way, from plan to proof; $ARCHREDUNDANCY_PVS says how many."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from archredundancy.testing.bench import NOW
from archredundancy.testing.many_pvs import ManyPVs, open_many_pvs

#: A PV takes four seconds or so, pauses and all.
COUNT = int(os.environ.get("ARCHREDUNDANCY_PVS", "24"))
FEW = COUNT // 4
MEBIBYTE = 1 << 20
#: The clock of the command is that of the appliances, which stands still.
COMMAND = """
import archredundancy.pair.cluster_pair as pair
from archredundancy.cli import main
pair.system_clock = lambda: {now}
main()
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManyPVs]:
    with open_many_pvs(tmp_path_factory.mktemp("many"), COUNT) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_pvs_from_plan_to_proof(many: ManyPVs, tmp_path: Path) -> None:
    """All gain what was promised, each is a line, and the run takes hardly more memory for many than for few."""
    plan, runs = tmp_path / "merge.json", many.pair.run_dir
    named = ["--primary", many.urls.primary, "--secondary", many.urls.secondary]
    assert call("plan", "BATCH:*", "-o", str(plan), "--run-dir", str(runs), *named).returncode == 2
    approve = json.loads(plan.read_text())["id"]
    with watched(Path(str(runs)), approve) as peaks:
        done = call("commit", str(plan), "--approve", approve, "--run-dir", str(runs), *named)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if re.match(rf" *\d+/{COUNT}  BATCH:", line)]
    assert len(lines) == COUNT and all("as promised, 1 gained" in line for line in lines)
    assert f"{COUNT} PVs as promised, and archived again" in done.stdout
    assert call("verify", str(plan), "--run-dir", str(runs)).returncode == 0
    few = max(peak for closed, peak in peaks if closed <= FEW)
    assert peaks[-1][0] > COUNT - FEW and peaks[-1][1] < few + 20 * MEBIBYTE, peaks


@contextmanager
def watched(runs: Path, approve: str) -> Iterator[list[tuple[int, int]]]:
    """Give the most memory, bytes, that the process of the run had resident by how many PVs it had closed."""
    found: list[tuple[int, int]] = []
    ended = Event()

    def look() -> None:
        while not ended.wait(0.5):
            for journal in runs.glob(f"*-{approve}/journal.jsonl"):
                lines = journal.read_text().splitlines()
                status = Path(f"/proc/{json.loads(lines[0])['pid']}/status") if lines else Path("/no/such")
                if status.exists() and (peak := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
                    closed = sum('"state": "closed"' in line for line in lines)
                    found.append((closed, int(peak[1]) * 1024))

    thread = Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", COMMAND.format(now=NOW), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"})
