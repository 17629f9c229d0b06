"""Where a cluster can vouch for a PV, one way or the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from archredundancy.coverage.states.states import Cause
from archredundancy.model import Partition, SideEvidence
from archredundancy.segments import Segments

__all__ = ["Knowledge", "knowledge_of"]


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is known, and why the rest is not.

    Attributes
    ----------
    begins : int, ns since 1970 UTC
        From when on the side can vouch, be it before what was asked; the end of time where that is not known.
    known : Segments
        Inside what was asked.
    unknown : tuple of (Cause, Segments)
        The rest of what was asked, by cause; disjoint.
    """

    begins: int
    known: Segments
    unknown: tuple[tuple[Cause, Segments], ...]


def knowledge_of(side: SideEvidence, now: int) -> Knowledge:
    """Return where a side's samples, and their absence, can be relied upon.

    Never assumed from samples alone: what was read, after the PV came to be archived, younger than the retention, and
    past.

    Parameters
    ----------
    side : SideEvidence
    now : int, ns since 1970 UTC
    """
    asked = Segments.of((side.reading.asked.start, side.reading.asked.end))
    created, cause = _beginning(side)
    kept = _kept_since(side, now)
    excluded = (
        (Cause.FUTURE, _from(asked, now)),
        (cause, asked if created is None else _until(asked, created)),
        (Cause.BEYOND_RETENTION, Segments.empty() if kept is None else _until(asked, kept)),
        (Cause.NOT_READ, asked - side.reading.known),
    )
    known, unknown = asked, []
    for why, segments in excluded:
        lost = known & segments
        known = known - segments
        if len(lost):
            unknown.append((why, lost))
    begins = max((moment for moment in (created, kept) if moment is not None), default=0)
    return Knowledge(begins=np.iinfo(np.int64).max if created is None else begins, known=known, unknown=tuple(unknown))


def _first_sample(side: SideEvidence) -> int | None:
    parts = [samples.time for samples in (side.reading.before, side.reading.samples) if len(samples)]
    return min((int(stamps.min()) for stamps in parts), default=None)


def _beginning(side: SideEvidence) -> tuple[int | None, Cause]:
    first = _first_sample(side)
    if side.type_info is None:
        return first, Cause.NOT_CONFIGURED if first is None else Cause.BEFORE_CREATION
    return side.type_info.created if first is None else min(first, side.type_info.created), Cause.BEFORE_CREATION


def _kept_since(side: SideEvidence, now: int) -> int | None:
    retention = side.retention
    if retention is None:
        return None
    first, guaranteed = _first_sample(side), retention.start(now)
    # Older partitions leave first, so one that is still there vouches for the younger ones.
    return guaranteed if first is None else min(guaranteed, Partition.holding(first, retention.granularity).start)


def _until(asked: Segments, moment: int) -> Segments:
    start = int(asked.start[0]) if len(asked) else moment
    return Segments.of((start, max(start, moment))) & asked


def _from(asked: Segments, moment: int) -> Segments:
    end = int(asked.end[-1]) if len(asked) else moment
    return Segments.of((min(moment, end), end)) & asked
