"""`Report`: what became of a run, made from its journal alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archredundancy.commit.journal.history import PVHistory, histories
from archredundancy.commit.journal.journal import Entry, read_journal
from archredundancy.commit.journal.pause import Pause, pause_of
from archredundancy.commit.journal.states import TABLE, State
from archredundancy.commit.proof.verification import Outcome, Result
from archredundancy.commit.report.as_html import report_html, report_page
from archredundancy.commit.report.as_text import report_text, verdict
from archredundancy.commit.report.next_steps import next_steps

__all__ = ["PVReport", "Report", "make_report", "pv_report"]

_NOT_PAUSED = frozenset(
    {
        *(State.PLANNED, State.LOCKED, State.FRESH, State.BACKED_UP),
        *(State.ARCHIVING, State.REVIEWED, State.CLOSED),
    }
)


@dataclass(frozen=True, kw_only=True)
class PVReport:
    """What became of one PV.

    Attributes
    ----------
    pv : str
    state : State
        The last one written.
    outcomes : tuple of Outcome
        One for each partition that was compared; none if it did not come to that.
    message : str
        What went wrong; empty if nothing did.
    backups : tuple of str
        Files of the primary's backup, inside the run folder.
    stored_in, kept_in : str
        URL of the store that a rebuild or rollback has left the PV with, and that of the files it does not use any
        more; empty where nothing was moved.
    switched_back : bool
        Whether it was pointed back at the files that have what it had.
    was_paused : bool
        Whether the run has paused it, or may have.
    is_changed : bool
        Whether a merge or rebuild came to its end, well or not, and was not undone.
    pause : Pause or None
        For how long the primary did not record the PV; None if it was not paused, or not resumed yet.
    warnings : tuple of str
        What a person should know though it was no failure.
    """

    pv: str
    state: State
    outcomes: tuple[Outcome, ...] = ()
    message: str = ""
    backups: tuple[str, ...] = ()
    stored_in: str = ""
    kept_in: str = ""
    switched_back: bool = False
    was_paused: bool = False
    is_changed: bool = False
    pause: Pause | None = None
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the PV was merged as promised, and is archived again."""
        proven = bool(self.outcomes) and all(outcome.ok for outcome in self.outcomes)
        return self.state is State.CLOSED and proven and not self.switched_back

    @property
    def needs_operator(self) -> bool:
        """Whether a person must act: the PV may still be paused."""
        return TABLE[self.state].operator

    @property
    def is_paused(self) -> bool:
        """Whether the primary does not archive the PV because of the run, or may not."""
        return self.state not in _NOT_PAUSED

    @property
    def is_harmed(self) -> bool:
        """Whether samples were lost, changed or invented."""
        return any(outcome.result in (Result.LOST, Result.DIFFERS) for outcome in self.outcomes)

    @property
    def is_unproven(self) -> bool:
        """Whether it was merged, and could not be read to its end to be compared."""
        unread = any(outcome.result is Result.UNREAD for outcome in self.outcomes)
        return self.state is State.CLOSED and self.is_changed and not self.is_harmed and (unread or not self.outcomes)

    def count(self, name: str) -> int:
        """Return the sum of one number of all outcomes, such as `gained`."""
        return sum(int(getattr(outcome, name)) for outcome in self.outcomes)


@dataclass(frozen=True, kw_only=True, repr=False)
class Report:
    """What became of a run.

    Attributes
    ----------
    journal : Path
    plan_id : str
    strategy : str
    pvs : tuple of PVReport
        In the order of the plan.
    ended : bool
        Whether the run, or its recovery, came to its own end.
    message : str
        What went wrong with the run as a whole; empty if nothing did.
    warnings : tuple of str
        What a person should know of it though it was no failure.
    primary, secondary : str
        URLs of the clusters; empty where the journal does not tell.
    """

    journal: Path
    plan_id: str
    strategy: str
    pvs: tuple[PVReport, ...]
    ended: bool
    message: str = ""
    warnings: tuple[str, ...] = ()
    primary: str = ""
    secondary: str = ""

    @classmethod
    def from_journal(cls, path: Path) -> Report:
        """Return the report of the run with this journal.

        Raises
        ------
        StoreError
            If there is no journal, or it cannot be read.
        """
        return make_report(path, read_journal(path))

    @property
    def ok(self) -> bool:
        """Whether every PV was merged as promised and is archived again."""
        return self.ended and bool(self.pvs) and all(pv.ok for pv in self.pvs)

    @property
    def is_open(self) -> bool:
        """Whether something is left to be done: the run has not ended, or a PV is neither closed nor untouched."""
        return not self.ended or any(pv.state not in (State.PLANNED, State.CLOSED) for pv in self.pvs)

    @property
    def verdict(self) -> str:
        """What became of it, in a sentence."""
        return verdict(self)

    @property
    def outcomes(self) -> dict[str, tuple[Outcome, ...]]:
        """What became of each partition, by PV."""
        return {pv.pv: pv.outcomes for pv in self.pvs}

    @property
    def run(self) -> Path:
        """Folder of the run."""
        return self.journal.parent

    def to_html(self) -> str:
        """Return the report as a piece of static HTML."""
        return report_html(self)

    def to_page(self) -> str:
        """Return the report as an HTML document of its own, for light and dark."""
        return report_page(self)

    def to_json(self) -> str:
        """Return the report as JSON text."""
        data: dict[str, Any] = {
            "ok": self.ok,
            "plan": self.plan_id,
            "strategy": self.strategy,
            "primary": self.primary,
            "secondary": self.secondary,
            "ended": self.ended,
            "message": self.message,
            "warnings": list(self.warnings),
            "what_to_do": next_steps(self),
            "run": str(self.run),
            "journal": str(self.journal),
            "pvs": [
                {
                    "pv": pv.pv,
                    "ok": pv.ok,
                    "state": pv.state,
                    "needs_operator": pv.needs_operator,
                    "paused": pv.is_paused,
                    "message": pv.message,
                    "stored_in": pv.stored_in,
                    "kept_in": pv.kept_in,
                    "warnings": list(pv.warnings),
                    "pause": None if pv.pause is None else pv.pause.to_json() | {"seconds": pv.pause.seconds},
                    "partitions": [outcome.to_json() for outcome in pv.outcomes],
                }
                for pv in self.pvs
            ],
        }
        return json.dumps(data, indent=2) + "\n"

    def __repr__(self) -> str:
        return report_text(self)

    def _repr_html_(self) -> str:
        return report_html(self)


def make_report(path: Path, entries: Sequence[Entry]) -> Report:
    """Return the report that the entries of a journal make."""
    heads = [entry.facts for entry in entries if entry.kind in ("run", "recovery")]
    head: Mapping[str, Any] = heads[-1] if heads else {"plan": "", "strategy": "", "pvs": []}
    notes = [
        str(entry.facts["message"])
        for entry in entries
        if entry.kind == "note" and entry.facts.get("failure") and not entry.pv
    ]
    of_pvs = list(histories(head["pvs"], entries).values())
    closed = all(history.state is State.CLOSED for history in of_pvs)
    return Report(
        journal=path,
        plan_id=head["plan"],
        strategy=head["strategy"],
        pvs=tuple(map(pv_report, of_pvs)),
        ended=bool(entries) and entries[-1].kind == "end",
        message="" if closed and of_pvs else (notes[-1] if notes else ""),
        warnings=PVHistory("", entries).warnings,
        **{name: str(head.get(name, "")) for name in ("primary", "secondary")},
    )


def pv_report(history: PVHistory) -> PVReport:
    """Return what became of a PV, by its entries."""
    return PVReport(
        pv=history.pv,
        state=history.state,
        outcomes=tuple(Outcome.from_json(dict(data)) for data in history.verified),
        message=history.message,
        backups=tuple(copy.file for copy in history.copies("primary").values()),
        stored_in=history.stored_in,
        kept_in=history.kept_in,
        switched_back=history.reached(State.SWITCHED_BACK),
        was_paused=history.was_paused,
        is_changed=history.is_changed,
        pause=pause_of(history),
        warnings=history.warnings,
    )
