"""What a picture of a plan shows of each stretch of time: what the primary has, gains, loses and will go on lacking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from archredundancy.display.boxes import bin_edges
from archredundancy.model import TimeRange
from archredundancy.plan.forecast.partition_plan import PartitionPlan

__all__ = ["Cells", "counts_of", "span_of"]

_Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """Partitions, or, where they are many, bins of them; m cells in order of time.

    Attributes
    ----------
    start, end : int64, (m,), ns since 1970 UTC
    had : int64, (m,)
        Samples that the primary has.
    gain : int64, (m,)
        Samples that it will get from the secondary.
    missed : int64, (m,)
        Samples that only the secondary has, and that will not arrive.
    lost : int64, (m,)
        Of those that it has, those that will be destroyed.
    """

    start: _Counts
    end: _Counts
    had: _Counts
    gain: _Counts
    missed: _Counts
    lost: _Counts

    @classmethod
    def of(cls, partitions: Sequence[PartitionPlan], window: TimeRange, most: int) -> Self:
        """Return at most about `most` cells for partitions in order of time that lie in a window."""
        start = np.array([each.partition.start for each in partitions], np.int64)
        end = np.array([each.partition.end for each in partitions], np.int64)
        counts = np.array([counts_of(each) for each in partitions], np.int64).reshape(-1, 4)
        if len(start) > most:
            _, first = np.unique(np.searchsorted(bin_edges(window, most), start, "right"), return_index=True)
            start, end = start[first], end[np.append(first[1:], len(end)) - 1]
            counts = np.add.reduceat(counts, first, axis=0)
        had, gain, missed, lost = counts.T
        return cls(start=start, end=end, had=had, gain=gain, missed=missed, lost=lost)

    def __len__(self) -> int:
        return len(self.start)


def span_of(partitions: Sequence[PartitionPlan]) -> TimeRange | None:
    """Return the time from the first of some partitions to the last; None if there is none."""
    if not partitions:
        return None
    return TimeRange(
        start=min(each.partition.start for each in partitions), end=max(each.partition.end for each in partitions)
    )


def counts_of(plan: PartitionPlan) -> tuple[int, int, int, int]:
    """Return how many samples of a partition are had, to be gained, missed and lost."""
    return plan.primary.n, plan.gain, sum(plan.not_fillable.values()), plan.would_be_lost
