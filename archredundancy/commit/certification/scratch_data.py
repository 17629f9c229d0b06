"""What scratch PVs hold: for each habit of a merge a sample that shows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Granularity, Partition, Samples

__all__ = ["ScratchData", "samples_of", "scratch_data"]

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

    def of_primary(self, target: str, youngest: str) -> dict[str, Samples]:
        """Return what the primary holds, by the names of its stores, which may be one."""
        if target == youngest:
            return {target: Samples.concatenate([self.coarse, self.fine])}
        return {target: self.coarse, youngest: self.fine}


def scratch_data(granularity: Granularity, now: int, dbr_type: DbrType = DbrType.SCALAR_DOUBLE) -> ScratchData:
    """Return what scratch PVs hold, in the partition that was current ten minutes ago and the three before it.

    Parameters
    ----------
    granularity : Granularity
        Of the primary's store that is merged into.
    now : int, ns since 1970 UTC
    dbr_type : DbrType

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
    first, second, other = (_with_field(samples_of(dbr_type, numbers)) for numbers in (coarse, fine, secondary))
    return ScratchData(coarse=first, fine=second, secondary=other, unfillable=1, gain=4, lost=1)


def samples_of(dbr_type: DbrType, numbers: Mapping[int, int]) -> Samples:
    """Return samples in order of time, each of a value that tells its number; each fifth number has an alarm.

    Parameters
    ----------
    dbr_type : DbrType
    numbers : mapping of int to int
        Below 128, by time in ns since 1970 UTC.

    Examples
    --------
    >>> samples_of(DbrType.WAVEFORM_INT, {20: 7, 10: 5}).value.rows()[1].tolist()
    [7, 7]
    """
    moments = sorted(numbers)
    alarms = [2 if numbers[moment] % 5 == 0 else 0 for moment in moments]
    return Samples.build(dbr_type, moments, [_value(dbr_type, numbers[moment]) for moment in moments], alarms, alarms)


def _at(partition: Partition, share: float) -> int:
    """Return a moment within a partition, whole to the millisecond and a little more, as stamps of IOCs are."""
    return partition.start + round((partition.end - partition.start) * share) // 1_000_000 * 1_000_000 + 123


def _value(dbr_type: DbrType, number: int) -> Any:
    text = f"step {number}\n".encode()  # files have to escape the line break
    if dbr_type is DbrType.V4_GENERIC_BYTES:
        return text
    one = text if dbr_type.is_string else number
    return [one] * (1 + number % 3) if dbr_type.is_waveform else one


def _with_field(samples: Samples) -> Samples:
    """Return the same samples, the first one with a field, which has to survive."""
    return replace(samples, extras=Extras.build([(0, (("HIHI", "10.0"),), -1, 0, -1)]))
