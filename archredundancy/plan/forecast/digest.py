"""`Digest`: a few numbers that change when any sample of a set changes, whatever order the samples come in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from archredundancy.model import Granularity, Partition, Samples
from archredundancy.plan.forecast.hashing import sample_hashes
from archredundancy.plan.forecast.slots import partitions_of

__all__ = ["Digest", "digest", "partition_digests"]

_MODULUS = 1 << 64


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What a set of samples is, in short.

    Attributes
    ----------
    n : int
        How many samples.
    first, last : int or None, ns since 1970 UTC
        Time of the earliest and of the latest; None without samples.
    sum64 : int
        Sum modulo 2**64 of a keyed hash of each sample; see `archredundancy.plan.forecast.hashing` for what it covers.

    Examples
    --------
    >>> Digest(n=1, first=5, last=5, sum64=7) | Digest(n=2, first=1, last=4, sum64=1)
    Digest(n=3, first=1, last=5, sum64=8)
    """

    n: int = 0
    first: int | None = None
    last: int | None = None
    sum64: int = 0

    def __or__(self, other: Digest) -> Digest:
        """Return the digest of both sets together, which must not share samples."""
        firsts = [moment for moment in (self.first, other.first) if moment is not None]
        lasts = [moment for moment in (self.last, other.last) if moment is not None]
        return Digest(
            n=self.n + other.n,
            first=min(firsts, default=None),
            last=max(lasts, default=None),
            sum64=(self.sum64 + other.sum64) % _MODULUS,
        )


def digest(samples: Samples) -> Digest:
    """Return the digest of samples in any order. Cost: that of `sample_hashes`.

    Examples
    --------
    >>> from archredundancy.model import DbrType
    >>> forth = Samples.build(DbrType.SCALAR_INT, [10, 20], [1, 2])
    >>> back = Samples.build(DbrType.SCALAR_INT, [20, 10], [2, 1])
    >>> digest(forth) == digest(back)
    True
    """
    if not len(samples):
        return Digest()
    return Digest(
        n=len(samples),
        first=int(samples.time.min()),
        last=int(samples.time.max()),
        sum64=int(sample_hashes(samples).sum(dtype=np.uint64)),
    )


def partition_digests(samples: Samples, granularity: Granularity) -> dict[Partition, Digest]:
    """Return the digest of each partition that holds any of the samples, in order of time.

    Parameters
    ----------
    samples : Samples
        In any order.
    granularity : Granularity

    Returns
    -------
    dict of Partition to Digest
        Cost: that of `sample_hashes`, and a few microseconds a partition.
    """
    ordered = samples.in_order()
    partitions = partitions_of(ordered.time, granularity)
    if not partitions:
        return {}
    edges = np.searchsorted(ordered.time, [partition.start for partition in partitions])
    counts = np.diff(edges, append=len(ordered))
    sums = np.add.reduceat(sample_hashes(ordered), edges)
    return {
        partition: Digest(
            n=int(count), first=int(ordered.time[edge]), last=int(ordered.time[edge + count - 1]), sum64=int(total)
        )
        for partition, edge, count, total in zip(partitions, edges, counts, sums, strict=True)
    }
