"""Kinds of interruptions: a kill of one of three processes at a line of the journal or a request, or a fault by name.

The run and both appliances are processes of their own, with real HTTP between them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from archredundancy.commit import Report, RunFolder, RunSettings, run_commit
from archredundancy.model import Granularity
from archredundancy.testing.embedded.bench import QUICK
from archredundancy.testing.interruptions.crash import Event, Moment, run_until
from archredundancy.testing.interruptions.journal_lines import EVERY
from archredundancy.testing.interruptions.killable import KillableAppliance
from archredundancy.testing.interruptions.pair_apart import Apart, open_apart
from archredundancy.testing.interruptions.recovered import settle

__all__ = ["BEREFT", "HASTY", "Failure", "Interruption", "Kill", "Options", "Side", "Victim"]

Victim = Literal["committer", "primary", "secondary"]
Side = Literal["primary", "secondary"]
Options = tuple[tuple[str, float], ...]

#: What does not answer is given up soon.
HASTY = replace(QUICK, answer=1.0, consolidate=1.0, merge=1.0, patience=0.3, pause=1.0, resume=1.0)
#: Who is dead refuses at once, so that only what is waited for need be short.
BEREFT = replace(QUICK, patience=0.3, pause=1.5, resume=1.5)


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
        if self.victim == "committer":
            return run_until(run.path, self.number, self.moment, event=self.event)
        victim: KillableAppliance = getattr(pair, self.victim)
        run_until(run.path, self.number, self.moment, event=self.event, victim=victim.pid)
        return victim.has_died()

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
