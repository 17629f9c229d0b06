"""Why a side lacks a stretch, by what both sides show of it: a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from archredundancy.coverage.states.states import Cause, Proof, State

__all__ = ["CAUSES", "COUNTED", "OtherSide", "Trace", "Verdict", "verdict"]


class Trace(Enum):
    """What a side itself tells of a stretch without samples, by the next sample after it or by its reports."""

    PLAIN = "its next sample tells nothing, or there is none yet"
    RECONNECTED = "its next sample tells of a lost connection"
    DISCONNECTED_NOW = "its engine has no connection now"
    RESTARTED = "its next sample tells of a start"
    RESTARTED_ALONE = "its next sample tells of a start, and a neighbour went on"
    RESTARTED_WITH_OTHERS = "its next sample tells of a start, and so does a neighbour's"
    RESUMED = "its next sample tells of a start, and its configuration changed within the stretch"
    BEGAN = "its first sample of all tells of a start"
    PAUSED_NOW = "it is paused now"


class OtherSide(Enum):
    """What the other side shows of the same stretch."""

    STORED = "stored samples"
    QUIET = "was connected and stored none"
    SAME = "lost its connection, too"
    STOPPED = "was stopped, too"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class Verdict:
    """State, cause and proof of a stretch."""

    state: State
    cause: Cause
    proof: Proof


_ACTIVE = (State.ACTIVE, Cause.NONE)
_SILENT = (State.SILENT, Cause.NOT_RECORDED)
_LOST = (State.DISCONNECTED, Cause.ARCHIVER_DISCONNECTED)
_LOST_NOW = (State.DISCONNECTED, Cause.STILL_DISCONNECTED)
_SOURCE = (State.DISCONNECTED, Cause.SOURCE_DOWN)
_PAUSED = (State.STOPPED, Cause.PAUSED)
_DOWN = (State.STOPPED, Cause.ARCHIVER_DOWN)
_RESUMED = (State.STOPPED, Cause.RESUMED)
_EITHER = (State.STOPPED, Cause.ARCHIVER_STOPPED)
_BEGAN = (State.STOPPED, Cause.BEGINNING)
_FIRST = (State.UNKNOWN, Cause.BEGINNING)
_BOTH = (State.UNKNOWN, Cause.BOTH_STOPPED)
_UNSEEN = (State.UNKNOWN, Cause.STOPPED_UNSEEN)

#: State and cause by what a side tells, for each of `OtherSide` in order. When a stop began is not recorded: where the
#: other side was connected and stored nothing it cost nothing, and where that one cannot vouch nobody knows.
CAUSES: Mapping[Trace, tuple[tuple[State, Cause], ...]] = {
    # The other side:            stored     quiet      the same   stopped    unknown
    Trace.PLAIN:                 (_SILENT,   _ACTIVE,   _ACTIVE,   _ACTIVE,   _ACTIVE),
    Trace.RECONNECTED:           (_LOST,     _LOST,     _SOURCE,   _LOST,     _LOST),
    Trace.DISCONNECTED_NOW:      (_LOST_NOW, _LOST_NOW, _SOURCE,   _LOST_NOW, _LOST_NOW),
    Trace.RESTARTED:             (_EITHER,   _ACTIVE,   _UNSEEN,   _BOTH,     _UNSEEN),
    Trace.RESTARTED_ALONE:       (_RESUMED,  _ACTIVE,   _UNSEEN,   _BOTH,     _UNSEEN),
    Trace.RESTARTED_WITH_OTHERS: (_DOWN,     _ACTIVE,   _UNSEEN,   _BOTH,     _UNSEEN),
    Trace.RESUMED:               (_RESUMED,  _ACTIVE,   _UNSEEN,   _BOTH,     _UNSEEN),
    Trace.BEGAN:                 (_BEGAN,    _ACTIVE,   _FIRST,    _FIRST,    _FIRST),
    Trace.PAUSED_NOW:            (_PAUSED,   _PAUSED,   _PAUSED,   _PAUSED,   _PAUSED),
}  # fmt: skip

#: What an engine's counters (`LostEvents`) say of samples that were lost without a trace.
COUNTED: Mapping[str, Cause] = {
    "buffer_full": Cause.OVERFLOWED,
    "stamps_refused": Cause.STAMPS_REFUSED,
    "type_changed": Cause.TYPE_CHANGED,
}


def verdict(trace: Trace, other: OtherSide, proof: Proof = Proof.DECLARED) -> Verdict:
    """Return state and cause of a stretch, with how it is proven.

    Examples
    --------
    >>> verdict(Trace.RESTARTED, OtherSide.STORED).cause.value
    'archiver stopped or PV paused'
    >>> verdict(Trace.RESTARTED, OtherSide.STOPPED).state.name
    'UNKNOWN'
    """
    state, cause = CAUSES[trace][list(OtherSide).index(other)]
    return Verdict(state, cause, proof)
