"""What a side itself tells of its outages: one `Trace` for each sample that tells of one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.findings.declared import Declared
from archredundancy.coverage.findings.own_samples import EARLIEST
from archredundancy.coverage.states.causes import Trace
from archredundancy.model import NS_PER_SECOND, SideEvidence
from archredundancy.segments import Segments

__all__ = ["TRACES", "traces_of"]

#: In the order of the codes that arrays hold.
TRACES: tuple[Trace, ...] = tuple(Trace)


def traces_of(declared: Declared, side: SideEvidence) -> npt.NDArray[np.int8]:
    """Return a code (position in `TRACES`) for each sample that tells of an outage, int8, (k,).

    A start is a resume where the configuration changed after the own sample before, and before the server received the
    one that tells of the start. Neighbours tell a stopped archiver from a paused PV: they stop with it, or go on.
    """
    restart = declared.is_restart
    stretches = declared.previous, declared.stamp
    code = np.full(len(declared), TRACES.index(Trace.RECONNECTED), np.int8)
    code[restart] = TRACES.index(Trace.RESTARTED)
    code[restart & _any_covers(side, stretches)] = TRACES.index(Trace.RESTARTED_ALONE)
    code[restart & _any_restarts(side, stretches)] = TRACES.index(Trace.RESTARTED_WITH_OTHERS)
    if side.type_info is not None:
        changed = side.type_info.modified
        within = (declared.previous < changed) & (changed < declared.regained + NS_PER_SECOND)
        code[restart & within] = TRACES.index(Trace.RESUMED)
    code[restart & (declared.previous == EARLIEST)] = TRACES.index(Trace.BEGAN)
    return code


def _any_covers(
    side: SideEvidence, stretches: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
) -> npt.NDArray[np.bool_]:
    return _any([_covers(neighbour.connected, *stretches) for neighbour in side.neighbours], len(stretches[0]))


def _any_restarts(
    side: SideEvidence, stretches: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
) -> npt.NDArray[np.bool_]:
    return _any([_meets(neighbour.restarted, *stretches) for neighbour in side.neighbours], len(stretches[0]))


def _any(answers: Sequence[npt.NDArray[np.bool_]], count: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(count, bool)
    for answer in answers:
        found |= answer
    return found


def _covers(segments: Segments, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return whether each stretch lies within a single interval."""
    within: npt.NDArray[np.bool_] = segments.contains(start) & (
        np.searchsorted(segments.start, start, "right") == np.searchsorted(segments.end, end, "left") + 1
    )
    return within


def _meets(segments: Segments, start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return whether each stretch overlaps any interval."""
    meets: npt.NDArray[np.bool_] = np.searchsorted(segments.end, start, "right") < np.searchsorted(
        segments.start, end, "left"
    )
    return meets
