"""When the stages of a PV's ETL run (`ETLStages`, `ETLStage`): pure arithmetic, without files and clocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archredundancy.model import NS_PER_SECOND, StoreUrl

__all__ = ["EtlRun", "due_runs", "next_start", "periods"]

_SHIFT = 8 * 3600 * NS_PER_SECOND
_AFTER_THE_BOUNDARY = 300 * NS_PER_SECOND
# The run is triggered a little after the moment from which it is allowed.
_TRIGGER = 10 * NS_PER_SECOND


@dataclass(frozen=True, kw_only=True)
class EtlRun:
    """One run of some stages of a PV, in their order.

    Attributes
    ----------
    at : int, ns since 1970 UTC
    stages : tuple of int
        Numbers of the stages, from 0.
    """

    at: int
    stages: tuple[int, ...]


def periods(sources: Sequence[StoreUrl]) -> list[int]:
    """Return how often the stages out of some stores run, ns.

    A stage runs once a partition of its source, at least every 8 hours, and not more often than those before it.

    Examples
    --------
    >>> hour = StoreUrl.parse("pb://localhost?name=STS&rootFolder=x&partitionGranularity=PARTITION_HOUR")
    >>> year = StoreUrl.parse("pb://localhost?name=MTS&rootFolder=x&partitionGranularity=PARTITION_YEAR")
    >>> [period // 3600_000_000_000 for period in periods([hour, year])]
    [1, 8]
    """
    found: list[int] = []
    for url in sources:
        own = _SHIFT if url.granularity is None else min(url.granularity.approximate_ns, _SHIFT)
        found.append(max([own, *found]))
    return found


def next_start(period: int, now: int) -> int:
    """Return from when on a stage that is made now may run: five minutes after the next boundary of its period, ns."""
    return (now // period + 1) * period + _AFTER_THE_BOUNDARY


def due_runs(sources: Sequence[StoreUrl], after: int, until: int) -> Iterator[EtlRun]:
    """Yield the runs of a PV's stages between two instants, in order.

    Parameters
    ----------
    sources : sequence of StoreUrl
        Stores that samples are moved out of, youngest samples first.
    after, until : int, ns since 1970 UTC
        The first is excluded, the second included.
    """
    every = periods(sources)
    if not every:
        return
    shortest = min(every)
    offset = _AFTER_THE_BOUNDARY + _TRIGGER
    boundary = ((after - offset) // shortest + 1) * shortest
    while boundary + offset <= until:
        stages = tuple(number for number, period in enumerate(every) if boundary % period == 0)
        if stages:
            yield EtlRun(at=boundary + offset, stages=stages)
        boundary += shortest
