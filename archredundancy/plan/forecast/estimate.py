"""`Estimate`: how long a PV will be paused and how much room its merge takes, from measured speeds; roughly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from archredundancy.plan.forecast.partition_plan import PartitionPlan
from archredundancy.plan.terms import Strategy

__all__ = ["Estimate", "size_text"]

#: Samples/s that a real appliance on two cores answered (`getData.raw` of ScalarDouble), merged (`mergeInData` of 1 M
#: and 1 M) and imported (`importDataFromPlugin` of as many), files in the page cache.
_READ_PER_SECOND: Final = 2.5e6
_WRITTEN_PER_SECOND: Final = {Strategy.DIRECT: 0.5e6, Strategy.RELAY: 0.5e6, Strategy.REBUILD: 0.3e6}
#: Waiting for the engine to stop and to write what it holds, and for all to follow where a PV's store points.
_WAITS: Final = {Strategy.DIRECT: 4.0, Strategy.RELAY: 2.0, Strategy.REBUILD: 5.0}
#: A commit reads the primary right before and right after the merge.
_READS: Final = 2


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a merge of one PV will take; estimates, not promises.

    Attributes
    ----------
    pause_seconds : float, seconds
        For which the primary does not archive the PV; 0 where nothing is merged.
    disk_bytes : int, bytes
        Room for a second copy of each rewritten file, needed at once.
    memory_bytes : int, bytes
        What the primary's management webapp holds of the largest of them; 0 with `rebuild`, which does not.
    source : str
        Where the speeds come from.
    """

    pause_seconds: float
    disk_bytes: int
    memory_bytes: int
    source: str

    @classmethod
    def of(cls, partitions: Sequence[PartitionPlan], strategy: Strategy) -> Estimate:
        """Return the estimate for one PV."""
        speed = _WRITTEN_PER_SECOND[strategy]
        rewritten = [each for each in partitions if each.rewritten]
        written = sum(each.primary.n + each.gain for each in rewritten)
        held = sum(each.primary.n + each.gain for each in partitions)
        seconds = _WAITS[strategy] + _READS * held / _READ_PER_SECOND + written / speed
        return cls(
            pause_seconds=seconds if rewritten else 0.0,
            disk_bytes=sum(each.estimated_bytes for each in rewritten),
            memory_bytes=max((each.estimated_bytes for each in rewritten if strategy.is_in_place), default=0),
            source=(
                f"speeds of a real appliance on two cores: {_READ_PER_SECOND / 1e6} M samples/s read, {speed / 1e6} M "
                f"samples/s {'merged' if strategy.is_in_place else 'imported'}"
            ),
        )


def size_text(count: int) -> str:
    """Return a number of bytes in the largest fitting unit.

    Examples
    --------
    >>> [size_text(count) for count in (0, 1023, 1536, 5 << 30)]
    ['0 B', '1,023 B', '1.5 KiB', '5.0 GiB']
    """
    units = ("B", "KiB", "MiB", "GiB", "TiB")
    power = min(max(count.bit_length() - 1, 0) // 10, len(units) - 1)
    return f"{count:,} B" if not power else f"{count / (1 << 10 * power):,.1f} {units[power]}"
