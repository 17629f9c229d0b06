"""`PauseHole`: what an earlier merge cost by its pause, and what this one makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from archredundancy.plan.forecast.forecast import Forecast
from archredundancy.segments import Segments

__all__ = ["PauseHole", "holes_of"]


@dataclass(frozen=True, kw_only=True)
class PauseHole:
    """The time for which the primary did not record a PV, since it was paused to be merged into.

    Attributes
    ----------
    start, end : int, ns since 1970 UTC
        From the pause until the first sample after it.
    gain : int
        Samples of the secondary in it that this merge brings.
    left : int
        Samples of the secondary in it that the primary will still lack.
    """

    start: int
    end: int
    gain: int
    left: int


def holes_of(pauses: Segments, found: Forecast) -> tuple[PauseHole, ...]:
    """Return what a merge brings into each of these pauses, and what not."""
    time = found.union.samples.time
    missing = ~found.is_primary
    holes = []
    for start, end in pauses:
        inside = slice(*np.searchsorted(time, [start, end]))
        gain = int(np.count_nonzero(found.promised[inside]))
        left = int(np.count_nonzero(missing[inside])) - gain
        holes.append(PauseHole(start=start, end=end, gain=gain, left=left))
    return tuple(holes)
