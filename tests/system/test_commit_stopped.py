"""Ctrl-C while many PVs are merged, as typed in a terminal; and a run that dies, which is recovered."""

import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from select import select

import pytest

from archredundancy.commit import Report, State, read_journal
from archredundancy.plan import MergePlan
from archredundancy.testing.embedded.many_pvs import Desk, open_many_pvs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

COUNT = 12
CTRL_C = b"\x03"


@dataclass
class Terminal:
    """A command in a terminal of its own, and what it has shown."""

    process: subprocess.Popen[bytes]
    screen: int
    shown: str = ""
    codes: list[int] = field(default_factory=list)

    def type(self, keys: bytes) -> None:
        os.write(self.screen, keys)

    def read_until(self, seen: Callable[[], bool]) -> None:
        """Read what is shown until something is seen, or the command has ended."""
        while not seen():
            if not select([self.screen], [], [], 0.05)[0]:
                continue
            try:
                self.shown += os.read(self.screen, 65536).decode().replace("\r\n", "\n")
            except OSError:  # the other end is closed
                return

    def end(self) -> int:
        """Return the exit code, once it has ended."""
        self.read_until(lambda: False)
        return self.process.wait(60)


class Terminals(Desk):
    """A desk with terminals."""

    def open_terminal(self, *arguments: str) -> Terminal:
        screen, keyboard = pty.openpty()
        streams = {"stdin": keyboard, "stdout": keyboard, "stderr": keyboard}
        process = self.start(*arguments, **streams, start_new_session=True)
        os.close(keyboard)
        return Terminal(process, screen)

    def plan(self) -> str:
        """Plan all that is left, and return the id."""
        assert self.call("plan", "BATCH:*", "-o", "merge.json").returncode == 2
        return str(MergePlan.from_json((self.folder / "merge.json").read_text()).id)

    def planned(self) -> list[str]:
        plan = MergePlan.from_json((self.folder / "merge.json").read_text())
        return [pv.pv for pv in plan.pvs if pv.status == "ready"]

    def run_of(self, plan: str) -> Path:
        (run,) = self.many.runs.glob(f"*-{plan}")
        return run

    def has(self, plan: str, pv: str, state: State) -> bool:
        """Return whether a PV has come into a state in the run of a plan."""
        journals = list(self.many.runs.glob(f"*-{plan}/journal.jsonl"))
        return any(
            (entry.pv, entry.facts.get("state")) == (pv, state)
            for journal in journals
            for entry in read_journal(journal)
        )

    def files(self, pvs: tuple[str, ...]) -> dict[str, bytes]:
        names = {f"lts/{pv.replace(':', '/')}:2024_02.pb" for pv in pvs}
        return {name: data for name, data in self.many.appliances.primary.files().items() if name in names}

    def check_archived(self) -> None:
        management = self.many.pair.primary.management
        assert management is not None
        assert {each.status for each in management.pv_status(self.many.names)} == {"Being archived"}
        assert not list(self.many.runs.glob("locks/*.lock"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Terminals]:
    with open_many_pvs(tmp_path, COUNT) as many:
        yield Terminals(many, tmp_path)


def test_ctrl_c_stops_between_pvs_and_the_rest_is_planned_anew(desk: Terminals) -> None:
    """The PV at hand comes to its end; the screen says what is left and how to go on; others are not touched."""
    plan, before = desk.plan(), desk.files(desk.many.names)
    terminal = desk.open_terminal("commit", "merge.json", "--approve", plan)
    terminal.read_until(lambda: f" 2/{COUNT}  BATCH:001" in terminal.shown)
    terminal.type(CTRL_C)
    assert terminal.end() == 1
    done = re.findall(
        rf"^ *(\d+)/{COUNT}  (BATCH:\d+)  as promised, 1 gained, paused for \d+\.\d s$", terminal.shown, re.M
    )
    assert [pv for _, pv in done] == list(desk.many.names[: len(done)]) and 2 <= len(done) < COUNT
    left = desk.many.names[len(done) :]
    assert "stopping after the PV that is being merged" in terminal.shown
    assert f"stopped as asked; PVs left: {len(left)}" in terminal.shown
    assert f"{len(left)} PVs were not begun" in terminal.shown and "plan again" in terminal.shown

    report = Report.from_journal(desk.run_of(plan) / "journal.jsonl")
    assert [pv.pv for pv in report.pvs if pv.state is State.PLANNED] == list(left)
    assert desk.files(left) == {name: before[name] for name in desk.files(left)}
    assert desk.many.counts() == [3] * len(done) + [2] * len(left)
    desk.check_archived()

    refused = desk.call("commit", "merge.json", "--approve", plan)
    assert refused.returncode == 1
    assert f"{len(left)} of its PVs were not begun" in refused.stderr and "Plan again" in refused.stderr
    again = desk.plan()
    assert desk.planned() == list(left)
    finished = desk.call("commit", "merge.json", "--approve", again)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert desk.many.counts() == [3] * COUNT
    desk.check_archived()


def test_ctrl_c_again_ends_the_watching_and_a_run_that_dies_then_is_recovered(desk: Terminals) -> None:
    """The screen says that the run goes on, and how to look after it; killed with a PV paused, it loses nothing."""
    plan, before = desk.plan(), desk.files(desk.many.names)
    desk.many.appliances.primary.faults.switch_on("slow", "/mgmt/bpl/consolidateDataForPV", skip=2, seconds=10.0)
    terminal = desk.open_terminal("commit", "merge.json", "--approve", plan)
    terminal.read_until(lambda: desk.has(plan, "BATCH:002", State.CONSOLIDATING))
    terminal.type(CTRL_C)
    terminal.read_until(lambda: "stopping after the PV" in terminal.shown)
    terminal.type(CTRL_C)
    assert terminal.end() == 1
    run = desk.run_of(plan)
    pid = next(entry.facts["pid"] for entry in read_journal(run / "journal.jsonl") if entry.kind == "run")
    os.kill(pid, signal.SIGKILL)
    for command in ("report", "recover"):
        assert f"archredundancy {command} {run}" in terminal.shown, terminal.shown
    wait_for_death(pid)

    told = desk.call("recover", str(run))
    left = desk.many.names[3:]
    assert f"{len(left)} PVs were not begun" in told.stdout, told.stdout + told.stderr
    assert desk.files(left) == {name: before[name] for name in desk.files(left)}
    desk.check_archived()
    finished = desk.call("commit", "merge.json", "--approve", desk.plan())
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert desk.many.counts() == [3] * COUNT


def wait_for_death(pid: int) -> None:
    while Path(f"/proc/{pid}/status").exists() and "zombie" not in Path(f"/proc/{pid}/status").read_text():
        time.sleep(0.05)
