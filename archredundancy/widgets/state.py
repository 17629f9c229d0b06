"""What a merge panel holds, and what may be done with it when: plain values, without widgets, threads or clusters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from archredundancy.commit import Entry, Report
from archredundancy.coverage import Comparison
from archredundancy.errors import ArchRedundancyError
from archredundancy.plan import MergePlan, Status

__all__ = ["JOURNAL_LINES", "Failure", "PanelState", "Task"]

#: The panel shows the last lines of a journal; all of it is in the run folder.
JOURNAL_LINES = 200


class Task(StrEnum):
    """What the worker is at."""

    NONE = ""
    COMPARING = "comparing"
    PLANNING = "planning"
    COMMITTING = "committing"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An error as it is shown.

    Attributes
    ----------
    kind : str
        Of an `ArchRedundancyError` its `kind`, else the name of the class.
    message : str
    pv : str
        Empty where it is about no PV in particular.
    """

    kind: str
    message: str
    pv: str = ""

    @classmethod
    def of(cls, error: BaseException, pv: str = "") -> Self:
        """Return what is to be shown of an error."""
        kind = error.kind if isinstance(error, ArchRedundancyError) else type(error).__name__
        return cls(kind=kind, message=str(error), pv=pv)


@dataclass(frozen=True, kw_only=True)
class PanelState:
    """All that a merge panel shows; each method returns the state that follows.

    Nothing changes by hand while a task is under way. A task that may not begin leaves the state as it is.

    Attributes
    ----------
    pvs : tuple of str
        Offered.
    picked : tuple of str
        Chosen of these.
    start, end : str
        What to compare, as typed.
    task : Task
        What is under way.
    comparisons : tuple of Comparison
        Of the picked PVs.
    plan : MergePlan or None
        Of the picked PVs.
    ticked : bool
        Whether a person said to have read the plan.
    typed : str
        What was typed as the plan's id.
    journal : tuple of Entry
        The last lines of the run's journal, of which there is one from the commit on.
    report : Report or None
        Once the run has ended.
    failures : tuple of Failure
        Of the last task.
    """

    pvs: tuple[str, ...]
    picked: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    task: Task = Task.NONE
    comparisons: tuple[Comparison, ...] = ()
    plan: MergePlan | None = None
    ticked: bool = False
    typed: str = ""
    journal: tuple[Entry, ...] = ()
    report: Report | None = None
    failures: tuple[Failure, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return self.task is Task.NONE

    @property
    def can_ask(self) -> bool:
        """Whether something can be compared or planned."""
        return self.is_idle and bool(self.picked)

    @property
    def can_approve(self) -> bool:
        """Whether there is a plan to tick and to type the id of."""
        is_spent = self.report is not None or bool(self.journal)
        return self.is_idle and self.plan is not None and self.plan.status is Status.READY and not is_spent

    @property
    def can_commit(self) -> bool:
        """Whether the plan is ready, ticked, and its id typed."""
        return self.can_approve and self.ticked and self.plan is not None and self.typed == self.plan.id

    @property
    def hint(self) -> str:
        """What is under way, or what can be done next."""
        if not self.is_idle:
            return f"{self.task} {', '.join(self.picked)} …"
        if not self.picked:
            return "Pick one or more PVs."
        if self.plan is None:
            return "Compare changes nothing, nor does Plan."
        if self.report is not None:
            return "The run has ended; see the proof. Plan again for what is left."
        if self.journal:
            return "The run was begun, but how it ended is not known here: recover it."
        return self._hint_of_plan(self.plan)

    def _hint_of_plan(self, plan: MergePlan) -> str:
        if plan.status is not Status.READY:
            return f"Plan {plan.id} cannot be committed: {plan.status}."
        if self.can_commit:
            return f"Commit changes the primary, as plan {plan.id} says."
        if self.typed and self.typed != plan.id:
            return "What is typed is not the id of this plan."
        return "To commit, read the plan, tick the box, and type the id it begins with."

    def pick(self, pvs: Iterable[str]) -> Self:
        """Choose PVs; what was found for others is forgotten."""
        picked = tuple(pvs)
        if not self.is_idle or picked == self.picked:
            return self
        return replace(self._forget_plan(), picked=picked, comparisons=(), failures=())

    def ask_range(self, start: str, end: str) -> Self:
        """Choose what to compare; comparisons of another range are forgotten."""
        if not self.is_idle or (start, end) == (self.start, self.end):
            return self
        return replace(self, start=start, end=end, comparisons=(), failures=())

    def comparing(self) -> Self:
        """Begin to compare."""
        if not self.can_ask:
            return self
        return replace(self._forget_plan(), task=Task.COMPARING, comparisons=(), failures=())

    def compared(self, comparisons: Iterable[Comparison], failures: Iterable[Failure] = ()) -> Self:
        """End a comparison, of which some PVs may have failed."""
        return replace(self, task=Task.NONE, comparisons=tuple(comparisons), failures=tuple(failures))

    def planning(self) -> Self:
        """Begin to plan."""
        if not self.can_ask:
            return self
        return replace(self._forget_plan(), task=Task.PLANNING, failures=())

    def planned(self, plan: MergePlan) -> Self:
        """End the planning."""
        return replace(self._forget_plan(), task=Task.NONE, plan=plan)

    def tick(self, ticked: bool) -> Self:
        """Tick the box, or take that back."""
        return replace(self, ticked=ticked) if self.can_approve else self

    def type(self, typed: str) -> Self:
        """Type the id."""
        return replace(self, typed=typed) if self.can_approve else self

    def committing(self) -> Self:
        """Begin to commit."""
        return replace(self, task=Task.COMMITTING, failures=()) if self.can_commit else self

    def told(self, entry: Entry) -> Self:
        """Take a line of the journal."""
        return replace(self, journal=(*self.journal, entry)[-JOURNAL_LINES:])

    def reported(self, report: Report) -> Self:
        """End the commit."""
        return replace(self, task=Task.NONE, report=report, ticked=False, typed="")

    def failed(self, error: BaseException) -> Self:
        """End any task by an error; whoever wants to commit has to tick and type again."""
        return replace(self, task=Task.NONE, failures=(Failure.of(error),), ticked=False, typed="")

    def _forget_plan(self) -> Self:
        return replace(self, plan=None, ticked=False, typed="", journal=(), report=None)
