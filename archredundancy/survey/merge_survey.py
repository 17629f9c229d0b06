"""Asking all that planning a merge needs: the whole history of both sides, and how the clusters are set up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from archredundancy.client import ManagementClient, RetrievalClient
from archredundancy.errors import ArchRedundancyError
from archredundancy.model import (
    NS_PER_SECOND,
    MergeEvidence,
    Samples,
    SideEvidence,
    TimeRange,
    start_of_year,
    year_of,
)
from archredundancy.segments import Segments
from archredundancy.survey.hidden import find_hidden
from archredundancy.survey.members import members_amiss
from archredundancy.survey.survey import Source, reader_of, survey

__all__ = ["all_years", "hidden_samples", "survey_for_merge"]

#: Samples dated later than so many years from now are not looked for.
_YEARS_AHEAD = 2
#: Which files, counted from the newest one, are looked before for hidden samples.
_LOOKED_BEFORE = (0, 1, 2, *(3 + 2**power for power in range(20)))
#: EPICS counts time from the start of this year, so that no sample is older.
_FIRST_YEAR = 1990
#: There was no Archiver Appliance before this year: a PV that is said to be created earlier has no such time.
_FIRST_CREATION = 2011

_Answer = TypeVar("_Answer")


def survey_for_merge(
    pv: str,
    primary: Source,
    secondary: Source,
    now: int,
    *,
    storage: str | None = None,
    relay_reachable: bool | None = None,
    pause_holes: Segments | None = None,
    saved_copy: str = "",
    unfinished_run: str = "",
    every_year: bool = False,
) -> MergeEvidence:
    """Ask both sides for everything a plan of merging one PV goes by; only requests that read are sent.

    Parameters
    ----------
    pv : str
    primary, secondary : Source
    now : int, ns since 1970 UTC
    storage : str, optional
        Name of the primary's store to merge into; by default its last one that holds files.
    relay_reachable : bool, optional
        Whether the primary reaches a server of ours, where that was tried.
    pause_holes : Segments, optional
        For how long earlier merges are known to have kept the primary from recording the PV.
    saved_copy : str
        What kind of copy `secondary` is; empty for the secondary itself.
    unfinished_run : str
        Name of an earlier run that is known not to have ended for the PV.
    every_year : bool
        Whether every year that may have a sample is asked for. By default years before the PV's creation are only where
        samples are seen from later ones, which a file without samples hides (one that a crash has left).

    Returns
    -------
    MergeEvidence

    Notes
    -----
    Cost: the PV's whole history, from both sides, and a small request for each year without samples.
    """
    whole = all_years(now)
    if not every_year:
        whole = replace(whole, start=_history_start(pv, primary, secondary, now))
    evidence = survey(pv, whole, primary, secondary, now)
    evidence = replace(
        evidence,
        primary=_with_status(evidence.primary, primary.management),
        secondary=_with_status(evidence.secondary, secondary.management),
    )
    if saved_copy:
        evidence = replace(evidence, secondary=_without_stores(evidence.secondary))
    return MergeEvidence(
        evidence=evidence,
        storage=storage or _last_store(evidence.primary),
        primary_external=external_of(primary.management),
        secondary_external=external_of(secondary.management),
        primary_flags=_flags(primary.management),
        secondary_flags=_flags(secondary.management),
        primary_urls=urls_of(primary),
        secondary_urls=urls_of(secondary),
        versions=tuple(f"{source.name} {_version(source.management)}" for source in (primary, secondary)),
        relay_reachable=relay_reachable,
        members_down=members_amiss(primary, evidence.primary),
        hidden=hidden_samples(primary, evidence.primary),
        owner_host=_owner_host(evidence.primary, primary.management),
        pause_holes=Segments.empty() if pause_holes is None else pause_holes,
        saved_copy=saved_copy,
        unfinished_run=unfinished_run,
    )


def all_years(now: int) -> TimeRange:
    """Return every year that may have a sample.

    Parameters
    ----------
    now : int, ns since 1970 UTC
    """
    return TimeRange(start=start_of_year(_FIRST_YEAR), end=start_of_year(year_of(now) + _YEARS_AHEAD))


def _history_start(pv: str, primary: Source, secondary: Source, now: int) -> int:
    """Return the start of the year of the first sample that is seen by looking back from `now`, or of the creation."""
    start = start_of_year(year_of(now))
    while True:
        instant = TimeRange(start=start, end=start + NS_PER_SECOND)
        found = survey(pv, instant, primary, secondary, now)
        sides = (found.primary, found.secondary)
        stamps = [int(side.reading.before.time[-1]) for side in sides if len(side.reading.before)]
        if not stamps:
            return min([start, *map(start_of_year, _years_of_creation(sides))])
        start = start_of_year(year_of(min(stamps)))


def _years_of_creation(sides: Sequence[SideEvidence]) -> list[int]:
    years = [year_of(side.type_info.created) for side in sides if side.type_info]
    return [year for year in years if year >= _FIRST_CREATION]


def hidden_samples(source: Source, side: SideEvidence) -> Samples | None:
    """Return what a cluster has and does not show of a PV, as far as it can be seen; None if that cannot be told.

    Parameters
    ----------
    source : Source
    side : SideEvidence
        Of the PV's whole history at that cluster.

    Returns
    -------
    Samples or None
        None for one without several stores, which hides nothing, or without requests, such as a folder of files.

    Notes
    -----
    It is looked right before the newest files begin, and some of the older ones, ever fewer.
    """
    info, reading = side.type_info, side.reading
    reader = None if info is None else reader_of(source, info.appliance)
    if info is None or len(info.stores) < 2 or not isinstance(reader, RetrievalClient):
        return None
    starts = sorted({chunk.first for chunk in reading.layout if chunk.first is not None}, reverse=True)
    moments = [starts[row] for row in _LOOKED_BEFORE if row < len(starts)]
    moments += [failure.range.end for failure in reading.failures]
    return find_hidden(reader, reading, [*moments, reading.asked.end])


def _with_status(side: SideEvidence, management: ManagementClient | None) -> SideEvidence:
    statuses = _ask(management, lambda client: client.pv_status([side.reading.pv])) if side.type_info else None
    return replace(side, status=statuses[0].status, connected=statuses[0].connected) if statuses else side


def _without_stores(side: SideEvidence) -> SideEvidence:
    """Return a side whose samples are in none of the cluster's stores, so that these neither drop nor reduce them."""
    return side if side.type_info is None else replace(side, type_info=replace(side.type_info, stores=()))


def _last_store(side: SideEvidence) -> str:
    stores = [store.name for store in side.type_info.stores if store.scheme == "pb"] if side.type_info else []
    return stores[-1] if stores else ""


def external_of(management: ManagementClient | None) -> tuple[str, ...] | None:
    servers = _ask(management, lambda client: client.external_servers())
    return None if servers is None else tuple(server.url for server in servers)


def _flags(management: ManagementClient | None) -> tuple[str, ...] | None:
    flags = _ask(management, lambda client: client.named_flags())
    return None if flags is None else tuple(sorted(name for name, is_set in flags.items() if is_set))


def _version(management: ManagementClient | None) -> str:
    versions = _ask(management, lambda client: client.versions())
    return versions.mgmt if versions else "unknown"


def _ask(management: ManagementClient | None, call: Callable[[ManagementClient], _Answer]) -> _Answer | None:
    """Return the answer, or None where there is nobody to ask or no answer; the plan then says that it is not known."""
    if management is None:
        return None
    try:
        return call(management)
    except ArchRedundancyError:
        return None


def urls_of(source: Source) -> tuple[str, ...]:
    """Return the addresses of the members: as reached from here, and as they tell others, who know no proxy."""
    reached = [reader.url for reader in source.readers.values() if isinstance(reader, RetrievalClient)]
    told = _ask(source.management, lambda client: client.appliances_in_cluster()) or []
    return tuple(dict.fromkeys([*reached, *(member.data_retrieval_url for member in told)]))


def _owner_host(side: SideEvidence, management: ManagementClient | None) -> str:
    owner = side.type_info.appliance if side.type_info else ""
    members = _ask(management, lambda client: client.appliances_in_cluster()) or []
    return next((urlsplit(each.management_url).hostname or "" for each in members if each.identity == owner), "")
