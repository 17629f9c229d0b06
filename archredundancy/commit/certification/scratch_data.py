"""What scratch PVs hold: for each habit of a merge a sample that shows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Granularity, Partition, Samples, StoreUrl

__all__ = ["ScratchData", "plain_store", "scratch_data"]

#: Options of a store that keep less than what comes in, or leave files that `deletePV` does not know.
_LEFT_OUT = frozenset({"pp", "reducedata", "etlIntoStoreIf", "etlOutofStoreIf"})
_ONLY = frozenset({"name", "rootFolder", "partitionGranularity"})
#: Clear of the margin before the present, from which nothing is promised, and of the edges of partitions.
_YOUNG, _EDGE = 600 * NS_PER_SECOND, 5 * NS_PER_SECOND


@dataclass(frozen=True, kw_only=True)
class ScratchData:
    """What the two sides of a scratch PV hold.

    Attributes
    ----------
    coarse : Samples
        Of the primary, in the store that is merged into.
    fine : Samples
        Of the primary, in its youngest store: a merge without consolidation would make them vanish.
    secondary : Samples
    unfillable : int
        How many of the secondary's lie where the primary has no file.
    gain : int
        How many the primary lacks and can get.
    lost : int
        How many of the primary's lie in the last second of a file that is rewritten.
    """

    coarse: Samples
    fine: Samples
    secondary: Samples
    unfillable: int
    gain: int
    lost: int


def scratch_data(granularity: Granularity, now: int) -> ScratchData:
    """Return what scratch PVs hold, in the partition that was current ten minutes ago and the three before it.

    Parameters
    ----------
    granularity : Granularity
        Of the primary's store that is merged into.
    now : int, ns since 1970 UTC

    Examples
    --------
    >>> data = scratch_data(Granularity.DAY, 1_777_636_800 * NS_PER_SECOND)
    >>> data.unfillable, data.gain, data.lost
    (1, 4, 1)
    """
    present = Partition.holding(now - _YOUNG, granularity)
    young = min(max(now - _YOUNG, present.start + _EDGE), present.end - _EDGE)
    before = Partition.holding(present.start - 1, granularity)
    absent = Partition.holding(before.start - 1, granularity)
    alone = Partition.holding(absent.start - 1, granularity)
    coarse = {
        _at(alone, 0.2): 1,
        _at(alone, 0.4): 2,
        alone.end - NS_PER_SECOND // 2: 3,
        _at(before, 0.1): 4,
        _at(before, 0.2): 5,
        _at(before, 0.3): 6,
        before.end - NS_PER_SECOND // 4: 7,
    }
    secondary = {
        _at(absent, 0.5): 100,
        _at(before, 0.2): 5,
        _at(before, 0.3): 106,
        _at(before, 0.5): 101,
        _at(before, 0.5) + 1: 102,
        _at(before, 0.6): 103,
        young - 2 * NS_PER_SECOND: 8,
        young - NS_PER_SECOND: 104,
    }
    fine = {young - 2 * NS_PER_SECOND: 8, young: 9}
    return ScratchData(
        coarse=_samples(coarse), fine=_samples(fine), secondary=_samples(secondary), unfillable=1, gain=4, lost=1
    )


def plain_store(store: StoreUrl, *, alone: bool = False) -> str:
    """Return the URL of a store like this one for scratch PVs, from which nothing is missing afterwards.

    Parameters
    ----------
    store : StoreUrl
    alone : bool
        Whether it is to be the PV's only store, from which nothing moves on.

    Examples
    --------
    >>> plain_store(StoreUrl.parse("pb://localhost?name=LTS&rootFolder=/lts&partitionGranularity=PARTITION_YEAR&pp=mean"))
    'pb://localhost?name=LTS&rootFolder=/lts&partitionGranularity=PARTITION_YEAR'
    """
    base, _, query = store.text.partition("?")
    parts = [part for part in query.split("&") if _stays(part.partition("=")[0], alone=alone)]
    return f"{base}?{'&'.join(parts)}"


def _stays(option: str, *, alone: bool) -> bool:
    return option in _ONLY if alone else option not in _LEFT_OUT


def _at(partition: Partition, share: float) -> int:
    """Return a moment within a partition, whole to the millisecond and a little more, as stamps of IOCs are."""
    return partition.start + round((partition.end - partition.start) * share) // 1_000_000 * 1_000_000 + 123


def _samples(values: Mapping[int, int]) -> Samples:
    """Return samples in order, the first one with an alarm and a field, which have to survive."""
    moments = sorted(values)
    severities = [2] + [0] * (len(moments) - 1)
    extras = Extras.build([(0, (("HIHI", "10.0"),), -1, 0, -1)])
    return Samples.build(
        DbrType.SCALAR_DOUBLE, moments, [values[moment] for moment in moments], severities, severities, extras
    )
