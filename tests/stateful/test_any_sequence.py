"""Plans, outages, commits, kills, recoveries and verifications in any order: the primary is whole all the while."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from archredundancy.commit import RunFolder, read_journal, run_commit, verify
from archredundancy.model import Granularity
from archredundancy.plan import Status
from archredundancy.testing.interruptions.crash import Event, Moment, run_until
from archredundancy.testing.interruptions.interruption import BEREFT, Victim
from archredundancy.testing.interruptions.journal_lines import LINES
from archredundancy.testing.interruptions.pair_apart import Apart, open_apart
from archredundancy.testing.interruptions.recovered import settle

STRATEGIES = st.sampled_from(sorted(LINES))
SIDES = st.sampled_from(["primary", "secondary"])


class AnySequence(RuleBasedStateMachine):
    """A pair and at most one run that has not come to its end."""

    kills = 0

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.pair: Apart
        self.run: RunFolder | None = None
        self.begun = False

    @initialize(granularity=st.sampled_from([Granularity.HOUR, Granularity.DAY, Granularity.MONTH, Granularity.YEAR]))
    def open(self, granularity: Granularity) -> None:
        """Start a pair."""
        root = self.opened.enter_context(TemporaryDirectory())
        self.pair = self.opened.enter_context(open_apart(Path(root), granularity))

    @property
    def both_live(self) -> bool:
        return self.pair.primary.is_alive and self.pair.secondary.is_alive

    @precondition(lambda self: self.run is None and self.both_live)
    @rule(strategy=STRATEGIES)
    def plan(self, strategy: str) -> None:
        """Plan; there is something to gain until a merge has come to its end."""
        name, _, root = strategy.partition(" ")
        plan = self.pair.plan(name, **({"root": root} if root else {}))
        assert (plan.status == Status.NOTHING_TO_DO) == (self.pair.gained >= 4)
        if plan.status is Status.READY:
            self.run, self.begun = self.pair.make_run(plan, BEREFT), False

    @precondition(lambda self: self.run is not None)
    @rule(side=SIDES)
    def outage(self, side: str) -> None:
        """One side dies before or after what a run does."""
        AnySequence.kills += getattr(self.pair, side).is_alive
        getattr(self.pair, side).kill()

    @precondition(lambda self: not self.both_live)
    @rule()
    def bring_back(self) -> None:
        """Who died is started again."""
        self.pair.bring_back()

    @precondition(lambda self: self.run is not None and not self.begun)
    @rule()
    def commit(self) -> None:
        """Commit to the end."""
        self.begun = True
        run_commit(self.run.path)

    @precondition(lambda self: self.both_live)
    @rule(
        strategy=STRATEGIES,
        victim=st.sampled_from(get_args(Victim)),
        number=st.integers(1, 80),
        moment=st.sampled_from(get_args(Moment)),
        event=st.sampled_from(get_args(Event)),
    )
    def kill(self, strategy: str, victim: Victim, number: int, moment: Moment, event: Event) -> None:
        """Kill one of the three at a line or request of the run, or of its recovery, if it comes to that."""
        if self.run is None:
            self.plan(strategy)
        if self.run is None:  # since there is nothing to gain
            return
        written = len(read_journal(self.run.journal)) if self.run.journal.exists() else 0
        at = written + number % (10 if written else 40) + 1 if event == "line" else number
        pid = None if victim == "committer" else getattr(self.pair, victim).pid
        killed = run_until(self.run.path, at, moment, event=event, victim=pid, recovery=written > 0)
        self.begun = True
        AnySequence.kills += killed or not self.both_live

    @precondition(lambda self: self.run is not None and self.begun and self.both_live)
    @rule()
    def recover(self) -> None:
        """Recover the run; whatever it needs is there."""
        if self.run.journal.exists():
            settle(self.pair, self.run)
        self.run = None

    @precondition(lambda self: self.run is not None and self.both_live)
    @rule()
    def verify(self) -> None:
        """Verify: it changes nothing, not even the journal."""
        if self.run.journal.exists():
            journal = self.run.journal.read_bytes()
            verify(self.run.path)
            assert self.run.journal.read_bytes() == journal

    def teardown(self) -> None:
        """Bring back what is dead, and recover what was begun."""
        with self.opened:
            if hasattr(self, "pair"):
                self.pair.bring_back()
                if self.run is not None and self.run.journal.exists():
                    settle(self.pair, self.run)
                self.pair.check_whole()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_any_sequence_leaves_the_primary_whole(tried: Callable[[int], None]) -> None:
    """Nothing is lost or invented, whatever is planned, killed, brought back and recovered in whatever order."""
    AnySequence.kills = 0
    run_state_machine_as_test(AnySequence, settings=settings(max_examples=15, stateful_step_count=15))
    tried(AnySequence.kills)
