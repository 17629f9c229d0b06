"""The states a PV goes through while it is merged, which may follow which, and what recovery owes each.

The table is the whole truth: a run refuses every other step, recovery acts by it, and docs and tests are made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archredundancy.errors import CommitError

__all__ = ["BEGINNINGS", "TABLE", "Duty", "Rule", "State", "check_step", "state_table"]


class State(StrEnum):
    """Where the merge of one PV is."""

    PLANNED = "planned"
    LOCKED = "locked"
    FRESH = "fresh"
    BACKED_UP = "backed-up"
    PAUSING = "pausing"
    PAUSED = "paused"
    CONSOLIDATING = "consolidating"
    CONSOLIDATED = "consolidated"
    SNAPSHOT = "snapshot"
    MERGING = "merging"
    STILL_RUNNING = "still-running"
    MERGED = "merged"
    LOOKING = "looking"
    MOVING = "moving"
    MOVED = "moved"
    SWITCHING = "switching"
    IMPORTING = "importing"
    REBUILT = "rebuilt"
    VERIFIED = "verified"
    SWITCHING_BACK = "switching-back"
    NOT_SWITCHED_BACK = "not-switched-back"
    SWITCHED_BACK = "switched-back"
    RESUMING = "resuming"
    NOT_RESUMED = "not-resumed"
    ARCHIVING = "archiving"
    REVIEWED = "reviewed"
    CLOSED = "closed"


class Duty(StrEnum):
    """What recovery has to do for a PV whose run died."""

    #: The run has changed nothing, or has put everything right again.
    RELEASE = "release the lock"
    #: The primary does not archive the PV, or may not, because of the run; no merge can be going on.
    RESUME = "resume archiving, then verify what was merged, if anything was"
    #: The same, but a consolidation may be going on.
    WAIT_AND_RESUME = "wait for the consolidation, then resume archiving"
    #: The primary's files are not where they were, or not proven to be whole where they are.
    SWITCH_BACK = "switch back to the folder that has what the PV had, prove it, then resume archiving"
    #: A merge may be going on: resume only if it is known to be over.
    SETTLE = "find out whether it is over; if so put things right and resume, else the operator must act"
    #: Nothing is left to be done.
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of the table.

    Attributes
    ----------
    meaning : str
    follows : frozenset of State
        What may come next.
    duty : Duty
    operator : bool
        Whether a person must act if a run ends here.
    """

    meaning: str
    follows: frozenset[State]
    duty: Duty
    operator: bool = False


def _rule(meaning: str, duty: Duty, *follows: State, operator: bool = False) -> Rule:
    return Rule(meaning=meaning, duty=duty, follows=frozenset(follows), operator=operator)


TABLE: Final[Mapping[State, Rule]] = {
    State.PLANNED: _rule("nothing has been done", Duty.RELEASE, State.LOCKED, State.CLOSED),
    State.LOCKED: _rule("no other run can have the PV", Duty.RELEASE, State.FRESH, State.CLOSED),
    State.FRESH: _rule(
        "both sides still hold what the plan was made from; of a rollback: the PV is where the rebuild left it",
        Duty.RELEASE,
        State.BACKED_UP,
        State.CLOSED,
    ),
    State.BACKED_UP: _rule("what the run may touch is saved", Duty.RELEASE, State.PAUSING, State.CLOSED),
    State.PAUSING: _rule(
        "the pause is about to be sent, or has been; refused, it was no pause of ours",
        Duty.RESUME,
        State.PAUSED,
        State.RESUMING,
        State.CLOSED,
    ),
    State.PAUSED: _rule("the primary's engine has stopped", Duty.RESUME, State.CONSOLIDATING, State.RESUMING),
    State.CONSOLIDATING: _rule(
        "samples move into the store that is merged into", Duty.WAIT_AND_RESUME, State.CONSOLIDATED, State.RESUMING
    ),
    State.CONSOLIDATED: _rule("proven: no other store holds samples", Duty.RESUME, State.SNAPSHOT, State.RESUMING),
    State.SNAPSHOT: _rule(
        "what the primary has is known, and the backup is equal to it",
        Duty.RESUME,
        State.MERGING,
        State.LOOKING,
        State.SWITCHING,
        State.RESUMING,
    ),
    State.MERGING: _rule(
        "the merge is about to be sent, or has been", Duty.SETTLE, State.MERGED, State.STILL_RUNNING, operator=True
    ),
    State.STILL_RUNNING: _rule(
        "no answer tells whether the merge, or the moving of files, is over; the PV stays paused",
        Duty.SETTLE,
        State.MERGED,
        State.SWITCHING_BACK,
        operator=True,
    ),
    State.MERGED: _rule("the merge is over, well or not", Duty.RESUME, State.VERIFIED, State.RESUMING),
    State.LOOKING: _rule(
        "the PV is pointed at the folder its files are to be moved to, to see that it is empty",
        Duty.SWITCH_BACK,
        State.MOVING,
        State.SWITCHING_BACK,
    ),
    State.MOVING: _rule(
        "its files are about to be moved to another folder, or are being moved",
        Duty.SETTLE,
        State.MOVED,
        State.STILL_RUNNING,
        State.SWITCHING_BACK,
        operator=True,
    ),
    State.MOVED: _rule(
        "proven: all that the PV had is in that folder", Duty.SWITCH_BACK, State.SWITCHING, State.SWITCHING_BACK
    ),
    State.SWITCHING: _rule(
        "the PV is about to be pointed at the folder that it shall end on",
        Duty.SWITCH_BACK,
        State.IMPORTING,
        State.SWITCHING_BACK,
    ),
    State.IMPORTING: _rule(
        "samples are about to be written there from our server, or are being written",
        Duty.SWITCH_BACK,
        State.REBUILT,
        State.SWITCHING_BACK,
    ),
    State.REBUILT: _rule(
        "the primary says that it has written them", Duty.SWITCH_BACK, State.VERIFIED, State.SWITCHING_BACK
    ),
    State.SWITCHING_BACK: _rule(
        "the PV is about to be pointed at the folder that has what it had",
        Duty.SWITCH_BACK,
        State.SWITCHED_BACK,
        State.NOT_SWITCHED_BACK,
    ),
    State.NOT_SWITCHED_BACK: _rule(
        "in no folder all that the PV had was found; the PV stays paused",
        Duty.SWITCH_BACK,
        State.SWITCHING_BACK,
        operator=True,
    ),
    State.SWITCHED_BACK: _rule("proven: the primary has what it had", Duty.RESUME, State.RESUMING),
    State.VERIFIED: _rule("each partition was compared", Duty.RESUME, State.RESUMING),
    State.RESUMING: _rule("archiving is to go on", Duty.RESUME, State.ARCHIVING, State.NOT_RESUMED),
    State.NOT_RESUMED: _rule(
        "the primary does not archive the PV although it was told to", Duty.RESUME, State.RESUMING, operator=True
    ),
    State.ARCHIVING: _rule("the primary archives the PV", Duty.RESUME, State.REVIEWED, State.CLOSED),
    State.REVIEWED: _rule("each partition was compared, but only after that", Duty.RESUME, State.CLOSED),
    State.CLOSED: _rule("the lock is released", Duty.NOTHING),
}

#: With these something new is begun at the primary, for which there must be room to write down how it ends.
BEGINNINGS: Final = frozenset(
    {
        State.PAUSING,
        State.CONSOLIDATING,
        State.MERGING,
        State.LOOKING,
        State.MOVING,
        State.SWITCHING,
        State.IMPORTING,
    }
)


def check_step(before: State, after: State) -> None:
    """Refuse a step that the table does not have.

    Raises
    ------
    CommitError
        If there is no such step.
    """
    if after not in TABLE[before].follows:
        allowed = ", ".join(sorted(TABLE[before].follows)) or "none"
        raise CommitError(f"a PV that is {before} cannot become {after}; allowed: {allowed}")


def state_table() -> str:
    """Return the table in Markdown."""
    lines = ["| State | Meaning | May follow | If the run dies here |", "| --- | --- | --- | --- |"]
    for state, rule in TABLE.items():
        follows = ", ".join(each for each in State if each in rule.follows) or "-"
        lines.append(f"| {state} | {rule.meaning} | {follows} | {rule.duty} |")
    return "\n".join(lines) + "\n"
