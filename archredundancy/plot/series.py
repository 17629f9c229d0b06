"""What of a comparison is drawn in the panel of values: the samples of a window, and their heights on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.coverage import Comparison
from archredundancy.merge import Origin
from archredundancy.model import TimeRange
from archredundancy.plot.heights import Heights, heights_of
from archredundancy.plot.thinning import thin
from archredundancy.segments import Segments

__all__ = ["Series", "Shown", "shown"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """Samples of one side or of the union.

    Attributes
    ----------
    time : int64, (n,), ns since 1970 UTC
    curves : tuple of float64, (n,)
        Height of each sample, for each curve.
    origin : int8, (n,)
    active : Segments
        Where values hold.
    """

    time: npt.NDArray[np.int64]
    curves: tuple[npt.NDArray[np.float64], ...]
    origin: npt.NDArray[np.int8]
    active: Segments

    def pick(self, chosen: Mask | npt.NDArray[np.intp]) -> Series:
        """Return the chosen samples."""
        curves = tuple(curve[chosen] for curve in self.curves)
        return Series(time=self.time[chosen], curves=curves, origin=self.origin[chosen], active=self.active)

    def thinned(self, window: TimeRange, groups: list[Mask]) -> Series:
        """Return the samples worth drawing; see `thin`."""
        return self.pick(thin(self.time, self.curves, window, groups))


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """What is drawn.

    Attributes
    ----------
    window : TimeRange
    union, primary, secondary, conflicts : Series
        Conflicts have the secondary's heights here, in the same order as the union's of that origin.
    heights : Heights
        How they are drawn.
    """

    window: TimeRange
    union: Series
    primary: Series
    secondary: Series
    conflicts: Series
    heights: Heights

    def count(self, origin: Origin) -> int:
        """Return how many samples of this origin lie in the window."""
        earlier = int(np.searchsorted(self.union.time, self.window.start))
        return int(np.count_nonzero(self.union.origin[earlier:] == origin))


def shown(comparison: Comparison, window: TimeRange) -> Shown:
    """Return what is drawn of a comparison: what lies in the window, and the sample before, which holds at first."""
    stamps = comparison.union.samples.time
    first = max(int(np.searchsorted(stamps, window.start, "right")) - 1, 0)
    last = int(np.searchsorted(stamps, window.end))
    samples, origin = comparison.union.samples.slice(first, last), comparison.union.origin[first:last]
    differ = origin == Origin.BOTH_DIFFER
    differing = comparison.conflicts.secondary
    differing = differing.take(np.flatnonzero(np.isin(differing.time, samples.time[differ])))
    heights = heights_of(samples.dbr_type, (samples, differing))
    mine, theirs = [], []
    for kept, other in heights.curves:
        mine.append(kept)
        theirs.append(kept.copy())
        theirs[-1][differ] = other
    mine_active, theirs_active = comparison.primary.active, comparison.secondary.active
    union = Series(time=samples.time, curves=tuple(mine), origin=origin, active=mine_active | theirs_active)
    primary = Series(time=samples.time, curves=tuple(mine), origin=origin, active=mine_active)
    secondary = Series(time=samples.time, curves=tuple(theirs), origin=origin, active=theirs_active)
    return Shown(
        window=window,
        union=union,
        primary=primary.pick(origin != Origin.SECONDARY),
        secondary=secondary.pick(origin != Origin.PRIMARY),
        conflicts=secondary.pick(differ),
        heights=heights,
    )
