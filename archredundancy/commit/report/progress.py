"""`Progress`: a run as one line for each PV, made from the lines of its journal as they come."""

from __future__ import annotations

from archredundancy.commit.journal.journal import Entry
from archredundancy.commit.journal.states import TABLE, State
from archredundancy.commit.proof.verification import Outcome
from archredundancy.coverage.lengths import plural
from archredundancy.model import NS_PER_SECOND, parse_time

__all__ = ["Progress"]


class Progress:
    """Tells of each PV once, when it has come to its end; holds what is known of one PV at a time.

    Examples
    --------
    >>> progress = Progress()
    >>> for kind, pv, facts in [
    ...     ("run", "", {"folder": "/runs/1", "pvs": ["A", "B"]}),
    ...     ("state", "A", {"state": "pausing"}),
    ...     ("state", "A", {"state": "closed"}),
    ...     ("stopped", "", {"why": "as asked", "left": 1}),
    ... ]:
    ...     if line := progress.line(Entry(number=1, time="2026-11-22T22:00:00Z", kind=kind, pv=pv, facts=facts)):
    ...         print(line)
    run /runs/1 of 2 PVs
    1/2  A  not merged
    stopped as asked; PVs left: 1
    """

    def __init__(self) -> None:
        self.total = 0
        self.done = 0
        self._is_rollback = False
        self._outcomes: list[Outcome] = []
        self._paused: int | None = None
        self._resumed: int | None = None
        self._forget("")

    def line(self, entry: Entry) -> str | None:
        """Return what is to be told now, if anything.

        Parameters
        ----------
        entry : Entry
            The next one of the journal.
        """
        if entry.kind in ("run", "recovery"):
            self.total = len(entry.facts["pvs"])
            self._is_rollback = entry.facts.get("strategy") == "rollback"
            return f"run {entry.facts.get('folder', '')} of {plural(self.total, 'PV')}"
        if entry.kind == "stopped":
            return f"stopped {entry.facts['why']}; PVs left: {entry.facts['left']}"
        if entry.kind == "end" and self._state is not State.PLANNED:
            return self._tell()
        if entry.pv:
            return self._note(entry)
        return None

    def _note(self, entry: Entry) -> str | None:
        if entry.pv != self._pv:
            self._forget(entry.pv)
        if entry.kind == "verified":
            self._outcomes = [Outcome.from_json(dict(data)) for data in entry.facts["partitions"]]
        elif entry.kind == "note" and entry.facts.get("failure"):
            self._message = str(entry.facts["message"]).partition("\n")[0]
        elif entry.kind == "intent" and entry.facts["call"] == "pauseArchivingPV":
            self._paused = parse_time(entry.time, now=0)
        elif entry.kind == "outcome" and entry.facts["call"] == "resumeArchivingPV":
            self._resumed = parse_time(entry.time, now=0)
        elif entry.kind == "state":
            self._state = State(entry.facts["state"])
            self._is_switched_back |= self._state is State.SWITCHED_BACK
            if self._state is State.CLOSED:
                return self._tell()
        return None

    def _tell(self) -> str:
        self.done += 1
        text = f"{self.done:>{len(str(self.total))}}/{self.total}  {self._pv}  {self._verdict()}"
        self._forget("")
        return text

    def _verdict(self) -> str:
        if TABLE[self._state].operator:
            return f"{self._state}, A PERSON MUST ACT: {self._message}"
        if not self._outcomes:
            return f"not merged{f': {self._message}' if self._message else ''}"
        gained = sum(outcome.gained for outcome in self._outcomes)
        if self._is_switched_back or not all(outcome.ok for outcome in self._outcomes):
            return f"NOT as promised{f': {self._message}' if self._message else ''}"
        done = "on its old files again" if self._is_rollback else f"as promised, {gained:,} gained"
        return f"{done}{self._pause()}"

    def _pause(self) -> str:
        if self._paused is None or self._resumed is None:
            return ""
        return f", paused for {(self._resumed - self._paused) / NS_PER_SECOND:.1f} s"

    def _forget(self, pv: str) -> None:
        self._pv = pv
        self._state = State.PLANNED
        self._is_switched_back = False
        self._outcomes = []
        self._message = ""
        self._paused = self._resumed = None
