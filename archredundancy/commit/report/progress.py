"""`Progress`: a run as one line for each PV, made from the lines of its journal as they come."""

from __future__ import annotations

from collections.abc import Sequence

from archredundancy.commit.journal.history import PVHistory
from archredundancy.commit.journal.journal import Entry
from archredundancy.commit.journal.states import State
from archredundancy.commit.report.report import PVReport, pv_report
from archredundancy.display.texts import plural
from archredundancy.model import NS_PER_SECOND, parse_time

__all__ = ["Progress"]


class Progress:
    """Tells of each PV once, when it has come to its end; holds what is known of one PV at a time.

    Examples
    --------
    >>> progress = Progress()
    >>> for kind, pv, facts in [
    ...     ("run", "", {"folder": "/runs/1", "primary": "http://p", "secondary": "http://s", "pvs": ["A", "B"]}),
    ...     ("state", "A", {"state": "pausing"}),
    ...     ("state", "A", {"state": "closed"}),
    ...     ("stopped", "", {"why": "as asked", "left": 1}),
    ... ]:
    ...     if line := progress.line(Entry(number=1, time="2026-11-22T22:00:00Z", kind=kind, pv=pv, facts=facts)):
    ...         print(line)
    run /runs/1 of 2 PVs, primary http://p, secondary http://s
    1/2  A  not merged
    stopped as asked; PVs left: 1
    """

    def __init__(self) -> None:
        self.total = 0
        self.done = 0
        self._is_rollback = False
        self._about: list[Entry] = []

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
            sides = "".join(f", {side} {entry.facts.get(side, '')}" for side in ("primary", "secondary"))
            return f"run {entry.facts.get('folder', '')} of {plural(self.total, 'PV')}{sides}"
        if entry.kind == "stopped":
            return f"stopped {entry.facts['why']}; PVs left: {entry.facts['left']}"
        if entry.pv:
            if self._about and self._about[0].pv != entry.pv:
                self._about.clear()
            self._about.append(entry)
            is_told = entry.kind == "state" and entry.facts["state"] == State.CLOSED
        else:
            is_told = entry.kind == "end" and any(each.kind == "state" for each in self._about)
        return self._tell() if is_told else None

    def _tell(self) -> str:
        self.done += 1
        pv = pv_report(PVHistory(self._about[0].pv, self._about))
        pause = _pause(self._about) if pv.state is State.CLOSED else ""
        text = f"{self.done:>{len(str(self.total))}}/{self.total}  {pv.pv}  {self._verdict(pv)}{pause}"
        self._about.clear()
        return text

    def _verdict(self, pv: PVReport) -> str:
        message = pv.message.partition("\n")[0]
        because = f": {message}" if message else ""
        if pv.needs_operator:
            return f"{pv.state}, A PERSON MUST ACT{because}"
        if pv.ok:
            return "on its old files again" if self._is_rollback else f"as promised, {pv.count('gained'):,} gained"
        if pv.outcomes and not pv.is_unproven:
            return f"NOT as promised{because}"
        return f"{'NOT PROVEN' if pv.is_changed else 'not merged'}{because}"


def _pause(about: Sequence[Entry]) -> str:
    """Return for how long the primary was told not to archive a PV that it archives again."""
    paused = [entry.time for entry in about if _is_call(entry, "intent", "pauseArchivingPV")]
    resumed = [entry.time for entry in about if _is_call(entry, "outcome", "resumeArchivingPV")]
    if not paused or not resumed:
        return ""
    seconds = (parse_time(resumed[-1], now=0) - parse_time(paused[0], now=0)) / NS_PER_SECOND
    return f", paused for {seconds:.1f} s"


def _is_call(entry: Entry, kind: str, call: str) -> bool:
    return entry.kind == kind and entry.facts["call"] == call
