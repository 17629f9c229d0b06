"""Merges that are interrupted, and what must be true when they have been recovered.

The run and both appliances are processes of their own, with real HTTP between them. An interruption is a kill of one of
them at a line of the journal or a request, or a fault by name; `all_interruptions` gives every one for every strategy
and every length of partitions.
"""

from __future__ import annotations

import atexit
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, Literal, get_args

from archredundancy.appliance import Appliance
from archredundancy.commit import PairUrls, Report, Result, RunFolder, RunSettings, State, recover, run_commit, verify
from archredundancy.demo.certificate import trust_embedded
from archredundancy.model import DbrType, Granularity, Samples, StoreUrl, chunk_key
from archredundancy.testing.embedded.bench import NOW, PV, QUICK, Trial, put_samples, record
from archredundancy.testing.embedded.layouts import LAYOUTS
from archredundancy.testing.interruptions.crash import Event, Moment, run_until
from archredundancy.testing.interruptions.journal_lines import EVERY
from archredundancy.testing.interruptions.killable import KillableAppliance

__all__ = ["Apart", "Failure", "Interruption", "Kill", "all_interruptions", "check_recovered", "open_apart"]

Victim = Literal["committer", "primary", "secondary"]
Side = Literal["primary", "secondary"]
Options = tuple[tuple[str, float], ...]

#: A PV that no run is about.
OTHER = "T:OTHER"
#: What does not answer is given up soon.
HASTY = replace(QUICK, answer=1.0, consolidate=1.0, merge=1.0, patience=0.3, pause=1.0, resume=1.0)
#: Who is dead refuses at once, so that only what is waited for need be short.
BEREFT = replace(QUICK, patience=0.3, pause=1.5, resume=1.5)
#: How many requests a run sends at the least, however seldom it looks for what it waits for.
REQUESTS: Final = {
    "relay": 110, "direct": 110, "rebuild new": 200, "rebuild same": 230, "rollback new": 100, "rollback same": 100,
}  # fmt: skip

_CALLS = "/mgmt/bpl/"
_DATA = "/retrieval/data/getData.raw"


@dataclass(frozen=True, kw_only=True)
class Apart(Trial):
    """A pair each side of which is a process of its own.

    Attributes
    ----------
    primary, secondary : KillableAppliance
    granularity : Granularity
        Of the store that is merged into.
    """

    primary: KillableAppliance
    secondary: KillableAppliance
    granularity: Granularity
    untouched: dict[str, bytes] = field(default_factory=dict)
    recorded: list[Samples] = field(default_factory=list)

    def make_run_of(self, strategy: str, settings: RunSettings = QUICK) -> RunFolder:
        """Return a run of a new plan that is to be begun, or the rollback of a rebuild with what came since."""
        name, _, root = strategy.partition(" ")
        if name == "rollback":
            rebuilt = self.make_run(self.plan("rebuild", root=root))
            run_commit(rebuilt.path)
            self._record("2024-03-20T11:59:58")
            return RunFolder.create(self.run_dir, rebuilt.plan, self.urls, settings, undoes=rebuilt.path.name)
        return self.make_run(self.plan(name, root=root or None), settings)

    def _record(self, *times: str) -> None:
        short = StoreUrl.parse(LAYOUTS[self.granularity].stores[0]).granularity or Granularity.HOUR
        self.recorded.append(record(self.primary, self.primary.files(chunk_key(PV)), times, short))

    def bring_back(self) -> None:
        """Start what is dead."""
        for appliance in (self.primary, self.secondary):
            if not appliance.is_alive:
                appliance.start()

    def restart(self) -> None:
        """Kill both and start them again: nothing that was being done goes on, and no fault strikes any more."""
        for appliance in (self.primary, self.secondary):
            appliance.kill()
        self.bring_back()


@dataclass(frozen=True, kw_only=True)
class Interruption(ABC):
    """Something that happens while a PV is merged.

    Attributes
    ----------
    strategy : str
        As `EVERY` names it.
    granularity : Granularity
    """

    strategy: str
    granularity: Granularity

    @property
    def settings(self) -> RunSettings:
        """How long the run waits for what."""
        return HASTY

    @abstractmethod
    def strike(self, pair: Apart, run: RunFolder) -> bool:
        """Commit the run while it happens; return whether it did."""

    def try_out(self, root: Path) -> Report:
        """Let it happen to a new pair in a folder, recover the run, and check that all is as it should be.

        Raises
        ------
        AssertionError
            If it did not happen, or something is not as it should be afterwards.
        """
        with open_apart(root, self.granularity) as pair:
            run = pair.make_run_of(self.strategy, self.settings)
            if not self.strike(pair, run):
                raise AssertionError(f"{self} did not happen")
            return settle(pair, run)

    def __str__(self) -> str:
        return f"{self.strategy.replace(' ', '-')}-{self.granularity.name.lower()}"


@dataclass(frozen=True, kw_only=True)
class Kill(Interruption):
    """SIGKILL of the run's process or an appliance's, before or after a line of the journal or a request.

    Attributes
    ----------
    victim : {"committer", "primary", "secondary"}
    event : {"line", "request"}
    moment : {"before", "after"}
    number : int
    """

    victim: Victim
    event: Event
    moment: Moment
    number: int

    @property
    def settings(self) -> RunSettings:
        """How long the run waits for what; a primary that is dead is given up soon."""
        return BEREFT if self.victim == "primary" else QUICK

    def strike(self, pair: Apart, run: RunFolder) -> bool:
        """Commit the run while it happens; return whether it did."""
        pid = None if self.victim == "committer" else getattr(pair, self.victim).pid
        killed = run_until(run.path, self.number, self.moment, event=self.event, victim=pid)
        return killed if pid is None else not getattr(pair, self.victim).is_alive

    def __str__(self) -> str:
        what = f"{self.number}-{EVERY[self.strategy][self.number - 1]}" if self.event == "line" else str(self.number)
        return f"{super().__str__()}-{self.victim}-{self.moment}-{self.event}-{what.replace(' ', '-')}"


@dataclass(frozen=True, kw_only=True)
class Failure(Interruption):
    """A fault of an appliance, by name.

    Attributes
    ----------
    side : {"primary", "secondary"}
    fault : str
        One of `FaultName`, or `engine-down`.
    path : str
        Of the requests or files that it strikes.
    options : tuple of (str, int or float)
        Of `Faults.switch_on`.
    """

    side: Side
    fault: str
    path: str = "*"
    options: Options = ()

    def strike(self, pair: Apart, run: RunFolder) -> bool:
        """Commit the run while it happens; return whether it did."""
        appliance: KillableAppliance = getattr(pair, self.side)
        if self.fault == "engine-down":
            appliance.stop_engine()
        else:
            appliance.switch_on(self.fault, self.path, dict(self.options))
        run_commit(run.path)
        happened = self.fault == "engine-down" or appliance.fired() > 0
        if self.fault not in ("slow", "timeout-after-work"):  # there the work goes on, and recovery must wait for it
            pair.restart()
        return happened

    def __str__(self) -> str:
        where = self.path.rpartition("/")[2].replace("*", "all")
        options = "".join(f"-{name}-{value}" for name, value in self.options)
        return f"{super().__str__()}-{self.side}-{self.fault}-{where}{options}"


def all_interruptions() -> Iterator[Interruption]:
    """Yield every interruption of every strategy and every length of partitions."""
    for strategy in EVERY:
        for granularity in LAYOUTS:
            yield from _kills(strategy, granularity)
            for side, fault, path, options in _failures(strategy):
                yield Failure(
                    strategy=strategy, granularity=granularity, side=side, fault=fault, path=path, options=options
                )


def _kills(strategy: str, granularity: Granularity) -> Iterator[Kill]:
    counts: dict[Event, int] = {"line": len(EVERY[strategy]), "request": REQUESTS[strategy]}
    for event, count in counts.items():
        for number, moment, victim in product(range(1, count + 1), get_args(Moment), get_args(Victim)):
            yield Kill(
                strategy=strategy, granularity=granularity, victim=victim, event=event, moment=moment, number=number
            )


def _failures(strategy: str) -> Iterator[tuple[Side, str, str, Options]]:
    """Yield side, fault, path and options of each fault; calls are struck that the journal announces."""
    calls = {line.removeprefix("intent "): None for line in EVERY[strategy] if line.startswith("intent ")}
    for call in (call for call in calls if call != "addExternalArchiverServer"):  # which is our relay's address
        for fault in ("torn", "refused", "starting", "slow", "timeout-after-work", "hung", "kill", "kill-after-work"):
            yield "primary", fault, _CALLS + call, (("seconds", 0.5), ("after_bytes", 5))
    yield "primary", "refused", _CALLS + "resumeArchivingPV", (("times", 2),)
    if "mergeInData" in calls:
        yield from _failures_of_files()
    yield from _failures_of_new_files(strategy)
    for side in get_args(Side):
        yield side, "engine-down", "*", ()
        if side == "secondary" and strategy.startswith("rollback"):
            continue  # whose samples are not needed
        for skip, fault in product(
            range(4), ("torn", "cut-short", "refused", "starting", "slow", "kill", "kill-after-work")
        ):
            yield side, fault, _DATA, (("skip", skip), ("after_bytes", 20), ("seconds", 0.5))


def _failures_of_files() -> Iterator[tuple[Side, str, str, Options]]:
    """Yield those of files that a merge writes; the first file of the store is written by the consolidation."""
    for skip, fault in product((1, 2), ("disk-full", "crash-while-writing")):
        yield "primary", fault, "lts/*", (("skip", skip), ("after_bytes", 5))
    for skip in range(2):
        yield "primary", "crash-at-rename", "lts/*", (("skip", skip),)


def _failures_of_new_files(strategy: str) -> Iterator[tuple[Side, str, str, Options]]:
    """Yield those of files that are moved and imported, into folders in which only that is written."""
    folders = {
        "rebuild new": ("lts_rebuilt_*", 3),
        "rebuild same": ("lts_before_*", 3),
        "rollback new": ("lts/*", 1),
        "rollback same": ("lts_before_*", 1),
    }
    folder, files = folders.get(strategy, ("", 0))
    for skip, fault in product(range(files), ("disk-full", "crash-while-writing")):
        yield "primary", fault, folder, (("skip", skip), ("after_bytes", 5))


@contextmanager
def open_apart(root: Path, granularity: Granularity) -> Iterator[Apart]:
    """Start a pair with the history of a layout, each side in a process of its own.

    Parameters
    ----------
    root : Path
        Folder for its files and runs.
    granularity : Granularity
        Of the store that is merged into.
    """
    shutil.copytree(_files_of(granularity), root / "pair")
    trust_embedded(root / "runs")
    with ExitStack() as started:
        primary, secondary = (
            started.enter_context(KillableAppliance(f"{side}0", root / "pair" / side))
            for side in ("primary", "secondary")
        )
        pair = Apart(
            primary=primary,
            secondary=secondary,
            granularity=granularity,
            urls=PairUrls(primary=primary.url, secondary=secondary.url, fixed_now=NOW),
            run_dir=root / "runs",
            untouched=primary.files(chunk_key(OTHER)),
        )
        pair.before, pair.offered  # noqa: B018 - remembered from now on
        yield pair


@cache
def _files_of(granularity: Granularity) -> Path:
    """Return a folder with the files of both sides, as they are before any run; to be copied."""
    root, layout = Path(mkdtemp(prefix="layout-")), LAYOUTS[granularity]
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    for side, times, offset in (("primary", layout.primary, 0), ("secondary", layout.secondary, 100)):
        appliance = Appliance(f"{side}0", root / side, clock=lambda: NOW).start()
        put_samples(appliance, times, offset=offset, stores=layout.stores)
        put_samples(appliance, times, pv=OTHER, stores=layout.stores)
        appliance.kill()
        # Everything is on the disk; a stop would only move what lies in the short-term store.
    return root


def settle(pair: Apart, run: RunFolder) -> Report:
    """Start what is dead, recover a run as a person would, and check that all is as it should be.

    Raises
    ------
    AssertionError
        If something is not.
    """
    pair.bring_back()
    report = recover(run.path, settings=QUICK)
    if report.pvs and report.pvs[0].needs_operator:
        _expect(state=(report.pvs[0].state, State.STILL_RUNNING), status=(pair.status(), "Paused"))
        pair.restart()  # what was killed merges no more, and recovery sees that it is another process
        report = recover(run.path, settings=QUICK)
    if any(outcome.result is Result.UNREAD for outcomes in report.outcomes.values() for outcome in outcomes):
        report = verify(run.path)  # what could not be read at the end can be read now
    check_recovered(pair, report)
    return report


def check_recovered(pair: Apart, report: Report) -> None:
    """Check that nothing is lost or invented, that the PV is archived, and that the report tells the truth.

    Raises
    ------
    AssertionError
        If something is not so.
    """
    recorded = Samples.concatenate([Samples.empty(DbrType.SCALAR_DOUBLE), *pair.recorded])
    pair.check_whole(recorded)
    gained = pair.gained - len(recorded)
    is_undone = report.strategy == "rollback"
    is_begun = report.pvs[0].state is not State.PLANNED or (gained > 0) != is_undone
    _expect(
        ended=(report.ended, True),
        state=(report.pvs[0].state, State.CLOSED if is_begun else State.PLANNED),
        harmed=(report.pvs[0].is_harmed, False),
        ok=(report.ok, gained == 0 if is_undone else gained >= 4),
        locks=(list(pair.run_dir.glob("locks/*")), []),
        untouched=(pair.primary.files(chunk_key(OTHER)), pair.untouched),
    )


def _expect(**pairs: tuple[Any, Any]) -> None:
    wrong = {name: is_and_due for name, is_and_due in pairs.items() if is_and_due[0] != is_and_due[1]}
    if wrong:
        raise AssertionError(f"these are not as they should be (is, should be): {wrong}")
