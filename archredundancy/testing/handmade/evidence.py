"""Evidence made by hand, for tests of what is decided from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archredundancy.model import (
    NS_PER_SECOND,
    DbrType,
    Evidence,
    Extras,
    ReadFailure,
    Reading,
    Samples,
    SideEvidence,
    TimeRange,
    TypeInfo,
    format_time,
)
from archredundancy.segments import Segments

__all__ = ["STORES_FOR_EVER", "STORES_HALF_A_YEAR", "make_evidence", "make_side"]

STORES_FOR_EVER = (
    "pb://localhost?name=STS&rootFolder=/sts&partitionGranularity=PARTITION_HOUR",
    "pb://localhost?name=LTS&rootFolder=/lts&partitionGranularity=PARTITION_YEAR",
)
STORES_HALF_A_YEAR = (
    "pb://localhost?name=STS&rootFolder=/sts&partitionGranularity=PARTITION_HOUR",
    "pb://localhost?name=MTS&rootFolder=/mts&partitionGranularity=PARTITION_DAY&hold=184&gather=1",
    "blackhole://localhost?name=LTS",
)


def make_side(
    cluster: str,
    asked: tuple[float, float],
    seconds: Sequence[float],
    values: Sequence[float] | None = None,
    *,
    before: float | None = None,
    fields: Mapping[int, Sequence[tuple[str, str]]] | None = None,
    stores: Sequence[str] | None = STORES_FOR_EVER,
    created: float = -1e9,
    paused_since: float | None = None,
    failures: Sequence[ReadFailure] = (),
) -> SideEvidence:
    """Return one side's evidence; times in seconds since 1970 UTC.

    Parameters
    ----------
    cluster : str
    asked : tuple of float, seconds
    seconds : sequence of float
        Times of the samples.
    values : sequence of float, optional
        By default the row number of each.
    before : float, seconds, optional
        Time of the sample before the range, of value -1.
    fields : mapping of int to field values, optional
        By row.
    stores : sequence of str or None
        None for a side without management interface.
    created, paused_since : float, seconds
    failures : sequence of ReadFailure
    """
    rows = [(row, tuple(pairs), -1, 0, -1) for row, pairs in sorted((fields or {}).items())]
    samples = Samples.build(
        DbrType.SCALAR_DOUBLE,
        [_ns(second) for second in seconds],
        list(range(len(seconds))) if values is None else values,
        extras=Extras.build(rows),
    )
    window = TimeRange(start=_ns(asked[0]), end=_ns(asked[1]))
    known = Segments.of((window.start, window.end))
    for failure in failures:
        known = known - Segments.of((failure.range.start, failure.range.end))
    look_back = Samples.build(
        DbrType.SCALAR_DOUBLE, [] if before is None else [_ns(before)], [] if before is None else [-1]
    )
    reading = Reading(
        pv="T:PV",
        cluster=cluster,
        asked=window,
        samples=samples,
        before=look_back,
        known=known,
        failures=tuple(failures),
    )
    return SideEvidence(
        reading=reading,
        type_info=None if stores is None else _type_info(stores, created),
        paused_since=None if paused_since is None else _ns(paused_since),
    )


def make_evidence(primary: SideEvidence, secondary: SideEvidence, now: float | None = None) -> Evidence:
    """Return evidence of two sides that were asked for the same range; `now` in seconds, by default its end."""
    asked = primary.reading.asked
    return Evidence(
        pv="T:PV", asked=asked, now=asked.end if now is None else _ns(now), primary=primary, secondary=secondary
    )


def _type_info(stores: Sequence[str], created: float) -> TypeInfo:
    return TypeInfo.from_reply(
        {
            "pvName": "T:PV",
            "DBRType": "DBR_SCALAR_DOUBLE",
            "creationTime": format_time(_ns(created)),
            "dataStores": list(stores),
        }
    )


def _ns(seconds: float) -> int:
    return round(seconds * NS_PER_SECOND)
