"""From evidence of one side to its gaps, dropouts and states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.findings.declared import Declared, declared_outages, lost_since
from archredundancy.coverage.findings.known import Knowledge, knowledge_of
from archredundancy.coverage.findings.own_samples import EARLIEST, LATEST, OwnSamples, row_of
from archredundancy.coverage.findings.sampling import Sampling
from archredundancy.coverage.findings.traces import TRACES, traces_of
from archredundancy.coverage.findings.witnessed import MissedRuns, missed_runs
from archredundancy.coverage.states.causes import Trace
from archredundancy.merge import Merged, Origin
from archredundancy.model import Samples, SideEvidence
from archredundancy.segments import Segments

__all__ = ["Findings", "find"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """What one side's evidence tells before it is held against the other's.

    Attributes
    ----------
    side : SideEvidence
    until : int, ns since 1970 UTC
        Where what was asked ends, or the present.
    own : OwnSamples
    knowledge : Knowledge
    declared : Declared
    traces : int8, (k,)
        Position in `TRACES` of what each of `declared` tells.
    paused : Segments
        Since the pause report's time, where the PV is paused now.
    lost_now : Segments
        Since the engine's last connection, where it has none now.
    lost_before : Samples
        The other side's sample before the range, where this side lost it; else none.
    gaps, dropouts, enrichment : MissedRuns
        Runs of missed samples: at least as long as the shortest gap; shorter; shorter where the two archives sample at
        different moments, so that nothing was lost.
    """

    side: SideEvidence
    until: int
    own: OwnSamples
    knowledge: Knowledge
    declared: Declared
    traces: npt.NDArray[np.int8]
    paused: Segments
    lost_now: Segments
    lost_before: Samples
    gaps: MissedRuns
    dropouts: MissedRuns
    enrichment: MissedRuns

    @property
    def cluster(self) -> str:
        """Name of the side."""
        return self.side.reading.cluster

    @cached_property
    def unknown(self) -> Segments:
        """Where this side cannot tell."""
        return _union(*(segments for _, segments in self.knowledge.unknown))

    @cached_property
    def disconnected(self) -> Segments:
        """Where this side had no connection, as it says itself."""
        return self.declared.disconnected(np.ones(len(self.declared), bool)) | self.lost_now

    @cached_property
    def stopped(self) -> Segments:
        """Where this side may have been stopped, or is known not to have stored what there was."""
        within = self.declared.stopped_within(np.ones(len(self.declared), bool), self.knowledge.begins)
        return _union(within, self.paused, self.gaps.segments)

    @cached_property
    def not_vouching(self) -> Segments:
        """Where this side cannot witness that nothing happened."""
        return _union(self.unknown, self.disconnected, self.stopped)

    @property
    def lost_rows(self) -> npt.NDArray[np.intp]:
        """Rows of the union that this side lacks and that are no enrichment, intp, (k,)."""
        rows = self.own.missed_rows
        if not len(self.enrichment):
            return rows
        inside = self.enrichment.spans.contains(self.own.union_time[rows])
        return rows[~inside]

    @cached_property
    def gap_event(self) -> npt.NDArray[np.intp]:
        """Row in `declared` of the sample after each gap, intp, (m,); -1 where that one tells nothing."""
        return row_of(self.gaps.following, self.declared.stamp)

    @cached_property
    def gap_traces(self) -> npt.NDArray[np.int8]:
        """Position in `TRACES` of what this side tells of each gap, int8, (m,)."""
        event = self.gap_event
        traces = np.full(len(self.gaps), TRACES.index(Trace.PLAIN), np.int8)
        traces[event >= 0] = self.traces[event[event >= 0]]
        for now, trace in ((self.lost_now, Trace.DISCONNECTED_NOW), (self.paused, Trace.PAUSED_NOW)):
            traces[(self.gaps.following == LATEST) & now.contains(self.gaps.end - 1)] = TRACES.index(trace)
        return traces


def find(
    side: SideEvidence, other: SideEvidence, union: Merged, other_only: Origin, now: int, sampling: Sampling
) -> Findings:
    """Return what is found on one side.

    Parameters
    ----------
    side, other : SideEvidence
        Of this side and of the other.
    union : Merged
        Union of both sides' samples.
    other_only : Origin
        Origin of the samples that this side lacks.
    now : int, ns since 1970 UTC
    sampling : Sampling
    """
    knowledge = knowledge_of(side, now)
    own = OwnSamples.of(union, other_only, side.reading.before)
    declared = declared_outages(side.reading, own)
    stale_since = _stale_since(side, other, knowledge)
    runs = missed_runs(own, knowledge.known, stale_since)
    paused, lost_now = _from(side.paused_since, now), _from(_lost_since(side, own), now)
    # A silence whose next sample or report tells of an outage has a cause, however short it is.
    lasting = (runs.following == LATEST) & (paused | lost_now).contains(runs.end - 1)
    told = (row_of(runs.following, declared.stamp) >= 0) | lasting
    short = (runs.silence < sampling.shortest_gap) & ~told
    brief = runs.pick(short)
    none = brief.pick(np.zeros(len(brief), bool))
    until = min(side.reading.asked.end, max(now, side.reading.asked.start))
    gaps = runs.pick(~short)
    is_stale = stale_since is not None and (not sampling.differs or stale_since in gaps.first)
    return Findings(
        side=side,
        until=until,
        own=own,
        knowledge=knowledge,
        declared=declared,
        traces=traces_of(declared, side),
        paused=paused,
        lost_now=lost_now,
        lost_before=other.reading.before if is_stale else other.reading.before.slice(0, 0),
        gaps=gaps,
        dropouts=none if sampling.differs else brief,
        enrichment=brief if sampling.differs else none,
    )


def _stale_since(side: SideEvidence, other: SideEvidence, knowledge: Knowledge) -> int | None:
    """Return the start of the range where the other side has a newer sample before it, which this one should have."""
    mine, theirs = (int(found.reading.before.time[-1:].max(initial=EARLIEST)) for found in (side, other))
    return side.reading.asked.start if theirs > mine and theirs >= knowledge.begins else None


def _lost_since(side: SideEvidence, own: OwnSamples) -> int | None:
    """Return since when there is no connection: the server's word, but not before the last own sample."""
    lost = lost_since(side.reading) or side.disconnected_since
    return None if lost is None else max(lost, int(own.last_before(np.array([LATEST]))[0]))


def _from(moment: int | None, now: int) -> Segments:
    return Segments.empty() if moment is None or moment >= now else Segments.of((moment, now))


def _union(*parts: Segments) -> Segments:
    return Segments.from_arrays(
        np.concatenate([np.empty(0, np.int64), *(part.start for part in parts)]),
        np.concatenate([np.empty(0, np.int64), *(part.end for part in parts)]),
    )
