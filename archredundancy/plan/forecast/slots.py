"""`Slots`: the partitions that samples fall into, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.model import Granularity, Partition

__all__ = ["Slots", "partitions_of"]


def partitions_of(times: npt.NDArray[np.int64], granularity: Granularity) -> list[Partition]:
    """Return the partitions that hold any of these times, which must not decrease. Cost: one search a partition."""
    found: list[Partition] = []
    row = 0
    while row < len(times):
        found.append(Partition.holding(int(times[row]), granularity))
        row = int(np.searchsorted(times, found[-1].end))
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Slots:
    """Partitions in order of time.

    Attributes
    ----------
    partitions : tuple of Partition
    start, end : int64, (m,), ns since 1970 UTC
    last_read : int64, (m,), ns since 1970 UTC
        Last instant that the archiver reads of each (`Partition.last_read`).
    """

    partitions: tuple[Partition, ...]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    last_read: npt.NDArray[np.int64]

    @classmethod
    def of(cls, times: npt.NDArray[np.int64], granularity: Granularity, names: Sequence[str] = ()) -> Slots:
        """Return the partitions that hold any of these times, which must not decrease, and those named."""
        named = {Partition.from_name(name, granularity) for name in names}
        partitions = tuple(sorted(named.union(partitions_of(times, granularity))))
        return cls(
            partitions=partitions,
            start=np.array([partition.start for partition in partitions], np.int64),
            end=np.array([partition.end for partition in partitions], np.int64),
            last_read=np.array([partition.last_read for partition in partitions], np.int64),
        )

    def __len__(self) -> int:
        return len(self.partitions)

    def index(self, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the row of the partition that holds each time; there must be one."""
        return np.searchsorted(self.start, times, "right") - 1

    def count(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return how often each partition occurs among these rows, int64, (m,)."""
        return np.bincount(rows, minlength=len(self)).astype(np.int64, copy=False)

    def named(self, names: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return for each partition whether its name is among these, bool, (m,)."""
        wanted = frozenset(names)
        return np.array([partition.name in wanted for partition in self.partitions], bool)
