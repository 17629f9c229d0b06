"""What the steps of one PV's merge share."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from archredundancy.client import Committer, StoreCommitter
from archredundancy.commit.identity import key_of
from archredundancy.commit.journal.history import Copy, PVHistory
from archredundancy.commit.journal.journal import Journal
from archredundancy.commit.journal.states import BEGINNINGS, State, check_step
from archredundancy.commit.layout import granularity_of
from archredundancy.commit.proof.verification import Outcome
from archredundancy.commit.run_folder.lock import PVLocks
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.sides import Side
from archredundancy.errors import ArchRedundancyError, StoreError
from archredundancy.model import Granularity
from archredundancy.plan import PVPlan

__all__ = ["Context"]

logger = logging.getLogger(__name__)

#: Seconds between the first looks at what the appliance has to do.
_SOON = 0.02


@dataclass(frozen=True, kw_only=True)
class Context:
    """One PV of a run.

    Attributes
    ----------
    run : RunFolder
    journal : Journal
    locks : PVLocks
    primary, secondary : Side
    plan : PVPlan
    """

    run: RunFolder
    journal: Journal
    locks: PVLocks
    primary: Side
    secondary: Side
    plan: PVPlan

    @property
    def pv(self) -> str:
        """Name of the PV."""
        return self.plan.pv

    @property
    def granularity(self) -> Granularity:
        """Of the store that is merged into."""
        return granularity_of(self.plan)

    @property
    def primary_key(self) -> str:
        """What tells the primary from others, fit for names of files."""
        return key_of(self.primary.key(self.pv))

    @property
    def files(self) -> str:
        """Folder of the PV's copies inside the run folder."""
        return f"pv-{self.run.plan.pvs.index(self.plan) + 1:03d}"

    @property
    def committer(self) -> Committer:
        """What changes something at the primary, and writes it into the journal."""
        record, seconds = self.journal.about(self.pv), self.run.settings.answer
        return Committer(self.primary.manager.url, self.primary.transport, record, timeout=seconds)

    @property
    def store_committer(self) -> StoreCommitter:
        """What changes the PV's stores; asks the owner, since others would write into their own folders."""
        record, seconds, roots = self.journal.about(self.pv), self.run.settings.answer, self.history.roots
        owner = self.primary.owner_url(self.pv) if roots is None else roots.owner
        return StoreCommitter(owner, self.primary.transport, record, timeout=seconds)

    @property
    def history(self) -> PVHistory:
        """What the journal says about the PV."""
        return PVHistory(self.pv, self.journal.entries_about(self.pv))

    @property
    def state(self) -> State:
        """Where the PV is, by the journal."""
        return self.history.state

    def move(self, state: State, **facts: object) -> None:
        """Write a new state into the journal.

        Raises
        ------
        CommitError
            If the table of states does not allow it.
        StoreError
            If something new would begin and the disk is full.
        """
        check_step(self.state, state)
        self.journal.write("state", self.pv, state=state, **facts)
        if state in BEGINNINGS and not self.journal.has_room:
            raise StoreError(
                f"the disk of {self.run.path} is full, so of {self.pv} nothing new is begun; make room, and plan again",
                path=str(self.run.path),
            )

    def note_copy(self, copy: Copy) -> Copy:
        """Write down a copy that has been made."""
        self.journal.write("promised" if copy.side == "promised" else "backup", self.pv, **asdict(copy))
        return copy

    def note_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what became of each partition."""
        self.journal.write("verified", self.pv, partitions=[outcome.to_json() for outcome in outcomes])

    def note_failure(self, error: BaseException) -> None:
        """Write down what went wrong."""
        kind = error.kind if isinstance(error, ArchRedundancyError) else type(error).__name__
        logger.error("%s: %s", self.pv, error)
        self.journal.write("note", self.pv, failure=kind, message=str(error))

    def note_warning(self, message: str) -> None:
        """Write down what a person should know though it is no failure."""
        self.journal.write("note", self.pv, message=message, warning=True)

    def wait_for(self, seen: Callable[[], bool], seconds: float) -> bool:
        """Look again and again until something is seen or the time is over; a look that fails sees nothing.

        It is looked once at least; soon and often at first, then at intervals of a quarter of the time that has passed.
        """
        return any(_succeeds(seen) for _ in self._looks(seconds))

    def _looks(self, seconds: float) -> Iterator[None]:
        begun = time.monotonic()
        yield
        while (passed := time.monotonic() - begun) < seconds:
            time.sleep(min(max(passed / 4, _SOON), self.run.settings.poll))
            yield


def _succeeds(seen: Callable[[], bool]) -> bool:
    try:
        return seen()
    except ArchRedundancyError as error:
        logger.info("looking again after %s", error)
        return False
