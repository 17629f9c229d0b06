"""From evidence of one side to its gaps, dropouts and states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.coverage import Coverage, Layer
from archredundancy.coverage.declared import Declared, declared_outages
from archredundancy.coverage.known import Knowledge, knowledge_of
from archredundancy.coverage.states import Cause, Proof, State
from archredundancy.coverage.witnessed import EARLIEST, LATEST, MissedRuns, missed_runs
from archredundancy.merge import Merged, Origin
from archredundancy.model import SideEvidence
from archredundancy.segments import Segments

__all__ = ["Findings", "describe", "find", "tolerance"]

#: A silence shorter than so many usual steps is a dropout, not a gap.
STEPS_OF_A_DROPOUT = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """What one side's evidence tells before it is held against the other's.

    Attributes
    ----------
    side : SideEvidence
    knowledge : Knowledge
    declared : Declared
    paused : Segments
        Since the pause, where the PV is paused now.
    gaps, dropouts : MissedRuns
        Runs of missed samples, at least as long as the tolerance, and shorter.
    """

    side: SideEvidence
    knowledge: Knowledge
    declared: Declared
    paused: Segments
    gaps: MissedRuns
    dropouts: MissedRuns

    @property
    def stopped_within(self) -> Segments:
        """Where this side was stopped at an unknown moment and the other stored nothing."""
        return self.declared.stopped_within - self.gaps.segments

    @property
    def not_vouching(self) -> Segments:
        """Where this side cannot witness for the other one."""
        unknown = [segments for _, segments in self.knowledge.unknown]
        absent = self.declared.disconnected | self.declared.stopped_within | self.paused | self.gaps.segments
        for segments in unknown:
            absent = absent | segments
        return absent


def tolerance(union: Merged) -> int:
    """Return how long a silence may be to count as a dropout, ns: a few times the usual step of the union."""
    steps = np.diff(union.samples.time)
    return STEPS_OF_A_DROPOUT * int(np.median(steps)) if len(steps) > 1 else 0


def find(side: SideEvidence, union: Merged, other_only: Origin, now: int, shortest_gap: int) -> Findings:
    """Return what is found on one side.

    Parameters
    ----------
    side : SideEvidence
    union : Merged
        Union of both sides' samples.
    other_only : Origin
        Origin of the samples that this side lacks.
    now : int, ns since 1970 UTC
    shortest_gap : int, ns
        Shorter silences are dropouts.
    """
    knowledge = knowledge_of(side, now)
    stamps = union.samples.time
    own = np.concatenate([side.reading.before.time[-1:], stamps[union.origin != other_only]])
    runs = missed_runs(own, stamps[union.origin == other_only], knowledge.known)
    bounded = (runs.previous > EARLIEST) & (runs.following < LATEST)
    silence = np.subtract(runs.following, runs.previous, out=np.zeros(len(runs), np.int64), where=bounded)
    short = bounded & (silence < shortest_gap)
    declared = declared_outages(side.reading)
    paused = Segments.empty()
    if side.paused_since is not None and side.paused_since < now:
        paused = Segments.of((side.paused_since, now))
    return Findings(
        side=side,
        knowledge=knowledge,
        declared=declared,
        paused=paused,
        gaps=runs.pick(~short),
        dropouts=runs.pick(short),
    )


def cause_of(findings: Findings) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.object_]]:
    """Return state and cause of each witnessed gap, from what the sample after it tells."""
    gaps = findings.gaps
    state = np.full(len(gaps), State.SILENT, np.int8)
    cause = np.full(len(gaps), Cause.NOT_RECORDED, object)
    by_following = (
        (findings.declared.reconnected, State.DISCONNECTED, Cause.ARCHIVER_DISCONNECTED),
        (findings.declared.restarted, State.STOPPED, Cause.ARCHIVER_STOPPED),
    )
    for stamps, what, why in by_following:
        chosen = np.isin(gaps.following, stamps)
        state[chosen], cause[chosen] = what, why
    paused = (gaps.following == LATEST) & findings.paused.contains(np.maximum(gaps.end - 1, gaps.first))
    state[paused], cause[paused] = State.STOPPED, Cause.PAUSED
    return state, cause


def describe(findings: Findings, other: Findings) -> Coverage:
    """Return one side's coverage, causes told apart by what the other side shows."""
    lost = findings.declared.disconnected
    shared = _meeting(lost, other.declared.disconnected)
    both_stopped = findings.stopped_within & other.not_vouching
    asked = findings.side.reading.asked
    layers = [
        Layer(segments=Segments.of((asked.start, asked.end)), state=State.ACTIVE),
        Layer(segments=both_stopped, state=State.UNKNOWN, cause=Cause.BOTH_STOPPED, proof=Proof.DECLARED),
        Layer(
            segments=lost - shared, state=State.DISCONNECTED, cause=Cause.ARCHIVER_DISCONNECTED, proof=Proof.DECLARED
        ),
        Layer(segments=shared, state=State.DISCONNECTED, cause=Cause.SOURCE_DOWN, proof=Proof.DECLARED),
        Layer(segments=findings.paused, state=State.STOPPED, cause=Cause.PAUSED, proof=Proof.DECLARED),
        *_witnessed_layers(findings),
        *(Layer(segments=where, state=State.UNKNOWN, cause=why) for why, where in findings.knowledge.unknown),
    ]
    return Coverage.from_layers(findings.side.reading.cluster, asked, layers)


def _witnessed_layers(findings: Findings) -> list[Layer]:
    states, causes = cause_of(findings)
    layers = []
    for state, cause in dict.fromkeys(zip(states.tolist(), causes.tolist(), strict=True)):
        segments = findings.gaps.pick((states == state) & (causes == cause)).segments
        layers.append(Layer(segments=segments, state=State(state), cause=cause, proof=Proof.WITNESSED))
    return layers


def _meeting(mine: Segments, theirs: Segments) -> Segments:
    """Return those of `mine` that overlap any of `theirs`, whole."""
    if not len(theirs):
        return Segments.empty()
    candidate = np.searchsorted(theirs.end, mine.start, side="right")
    meets = (candidate < len(theirs)) & (theirs.start[np.minimum(candidate, len(theirs) - 1)] < mine.end)
    return Segments.from_arrays(mine.start[meets], mine.end[meets])
