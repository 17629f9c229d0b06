"""How long a cluster keeps what it has, from the stores of a PV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.model.partition import Granularity, Partition
from archredundancy.model.store_url import StoreUrl

__all__ = ["NEVER", "Retention"]

#: Stands for "does not expire" in arrays of times; reads as NaT in datetime64.
NEVER = np.iinfo(np.int64).min

_CALENDAR = {Granularity.MONTH: "datetime64[M]", Granularity.YEAR: "datetime64[Y]"}


@dataclass(frozen=True, kw_only=True)
class Retention:
    """The store from which samples fall into a black hole.

    Attributes
    ----------
    granularity : Granularity
    partitions : int
        A sample is sure to stay for so many partitions, its own included.
    """

    granularity: Granularity
    partitions: int

    @classmethod
    def from_stores(cls, stores: Sequence[StoreUrl]) -> Retention | None:
        """Return what the stores guarantee; None when samples stay for ever or there is no telling."""
        if not stores or stores[-1].scheme != "blackhole":
            return None
        files = [store for store in stores if store.granularity is not None]
        if not files or files[-1].granularity is None:
            return None
        return cls(granularity=files[-1].granularity, partitions=files[-1].guaranteed_partitions)

    @property
    def span(self) -> int:
        """Guaranteed time from the start of a sample's partition, ns; months count 31 days, as in the archiver."""
        return self.partitions * self.granularity.approximate_ns

    def start(self, now: int) -> int:
        """Return the start of the oldest partition that is sure to be still there at `now`, ns since 1970."""
        return Partition.holding(now - self.span, self.granularity).end

    def expires_at(self, time: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return until when samples with these times are sure to stay, int64 ns, same shape."""
        if self.granularity in _CALENDAR:
            calendar = time.view("datetime64[ns]").astype(_CALENDAR[self.granularity])
            start = calendar.astype("datetime64[ns]").view(np.int64)
        else:
            start = time - time % self.granularity.approximate_ns
        return start + self.span
