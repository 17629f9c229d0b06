"""Silences of a regular series: suspicious, and no proof of anything."""

from __future__ import annotations

import numpy as np

from archredundancy.coverage.findings.sampling import Sampling
from archredundancy.merge import Merged
from archredundancy.model import NS_PER_SECOND, Evidence
from archredundancy.segments import Segments, followed_late

__all__ = ["suspected_silences"]

#: What is so young may still be on its way, or be stamped by a clock that is a little behind, ns.
LATE = 30 * NS_PER_SECOND


def suspected_silences(evidence: Evidence, union: Merged, sampling: Sampling) -> Segments:
    """Return where a regular series has no sample on either side for longer than the tolerance.

    Each begins one step after the sample before, when the next one was due, and ends with the next sample. What comes
    before the first sample and after the last one counts too, unless the last one came half a minute ago.

    Parameters
    ----------
    evidence : Evidence
    union : Merged
    sampling : Sampling

    Notes
    -----
    Cost: one pass over the times of a regular series; nothing for others.
    """
    stamps = union.samples.time
    if not sampling.is_regular or not len(stamps):
        return Segments.empty()
    rows = followed_late(stamps, sampling.tolerance)
    before = [side.reading.before.time[-1:] for side in (evidence.primary, evidence.secondary)]
    first = int(max((int(time[0]) for time in before if len(time)), default=evidence.asked.start - sampling.step))
    last, until = int(stamps[-1]), min(evidence.asked.end, evidence.now)
    start = np.concatenate([[first], stamps[rows], [last]]) + sampling.step
    end = np.concatenate([[int(stamps[0])], stamps[rows + 1], [max(until, last)]])
    long = end - start > sampling.tolerance - sampling.step
    if evidence.asked.end >= evidence.now:
        long[-1] &= until - last > LATE
    return Segments.from_arrays(start[long], end[long]).clip(evidence.asked.start, evidence.asked.end)
