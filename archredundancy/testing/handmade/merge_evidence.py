"""Evidence before a merge, made by hand: by default nothing speaks against the merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archredundancy.model import (
    NS_PER_SECOND,
    ChunkSummary,
    Evidence,
    MergeEvidence,
    Reading,
    Samples,
    SideEvidence,
    TimeRange,
    TypeInfo,
    year_of,
)
from archredundancy.segments import Segments

__all__ = ["NOW", "PRIMARY_STORES", "SECONDARY_STORES", "make_merge_evidence", "make_merge_side"]

#: 2026-05-01T12:00:00Z.
NOW = 1_777_636_800 * NS_PER_SECOND
#: Half-hour partitions, so that tests need few seconds to get from one to the next.
PRIMARY_STORES = (
    "pb://localhost?name=STS&rootFolder=/sts&partitionGranularity=PARTITION_5MIN",
    "pb://localhost?name=LTS&rootFolder=/lts&partitionGranularity=PARTITION_30MIN",
)
SECONDARY_STORES = (
    "pb://localhost?name=STS&rootFolder=/sts&partitionGranularity=PARTITION_HOUR",
    "pb://localhost?name=MTS&rootFolder=/mts&partitionGranularity=PARTITION_DAY&hold=184&gather=1",
    "blackhole://localhost?name=LTS",
)
_BEGINNING = 1_577_836_800 * NS_PER_SECOND
_YEARS_AHEAD = 10 * 366 * 86400 * NS_PER_SECOND


def make_merge_evidence(
    primary: Samples, secondary: Samples, *, pv: str = "T:PV", now: int = NOW, **changes: Any
) -> MergeEvidence:
    """Return evidence of two sides that were asked from 2020 until ten years after `now`, and know all of it.

    Parameters
    ----------
    primary, secondary : Samples
        What each side has.
    pv : str
    now : int, ns since 1970 UTC
    **changes
        Other values for what `MergeEvidence` holds besides the sides.
    """
    asked = TimeRange(start=_BEGINNING, end=now + _YEARS_AHEAD)
    facts: dict[str, Any] = {
        "storage": "LTS",
        "primary_external": (),
        "secondary_external": (),
        "primary_flags": (),
        "secondary_flags": (),
        "certified": True,
        "relay_reachable": True,
    }
    return MergeEvidence(
        evidence=Evidence(
            pv=pv,
            asked=asked,
            now=now,
            primary=make_merge_side("primary", primary, asked, PRIMARY_STORES, pv),
            secondary=make_merge_side("secondary", secondary, asked, SECONDARY_STORES, pv),
        ),
        **(facts | changes),
    )


def make_merge_side(
    cluster: str, samples: Samples, asked: TimeRange, stores: Sequence[str], pv: str = "T:PV"
) -> SideEvidence:
    """Return one side that archives the PV and has all its samples in one chunk."""
    reading = Reading(
        pv=pv,
        cluster=cluster,
        asked=asked,
        samples=samples,
        before=Samples.empty(samples.dbr_type),
        known=Segments.of((asked.start, asked.end)),
        layout=_layout(samples),
    )
    type_info = TypeInfo.from_reply(
        {
            "pvName": pv,
            "DBRType": f"DBR_{samples.dbr_type.name}",
            "creationTime": "2020-01-01T00:00:00.000Z",
            "dataStores": list(stores),
        }
    )
    return SideEvidence(reading=reading, type_info=type_info, status="Being archived")


def _layout(samples: Samples) -> tuple[ChunkSummary, ...]:
    if not len(samples):
        return ()
    first, last = int(samples.time[0]), int(samples.time[-1])
    return (ChunkSummary(dbr_type=samples.dbr_type, year=year_of(first), count=len(samples), first=first, last=last),)
