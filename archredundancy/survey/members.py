"""Whether the members of a cluster are all there, and agree on who is."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from archredundancy.client import ApplianceInfo, ManagementClient, RetrievalClient
from archredundancy.errors import ArchRedundancyError
from archredundancy.model import SideEvidence
from archredundancy.survey.survey import Source

__all__ = ["members_amiss"]


def members_amiss(source: Source, side: SideEvidence) -> tuple[str, ...]:
    """Return the members that are away or see others than the rest does; empty where nobody can be asked.

    Parameters
    ----------
    source : Source
    side : SideEvidence
        Tells the member that owns the PV, which has to be there.

    Notes
    -----
    A member that is down or frozen leaves the list of members (`getAppliancesInCluster`). After a split each half has
    a list of its own, so each member is asked, where its address can be reached from here. Cost: a small request each.
    """
    told = _list_of(source.management)
    if source.management is None or told is None:
        return ()
    listed = {member.identity for member in told}
    owner = side.type_info.appliance if side.type_info else ""
    expected = {owner, *source.readers} - {""}
    away = sorted(expected - listed)
    return (*away, *_apart(source, source.management, told, listed))


def _apart(source: Source, management: ManagementClient, told: list[ApplianceInfo], listed: set[str]) -> Iterator[str]:
    """Yield the members that answer, and list others."""
    for member in told:
        if not _is_reached_as_told(source, member) or member.management_url.rstrip("/") == management.url:
            continue
        seen = _list_of(management.of_member(member.management_url))
        names = {other.identity for other in seen or ()}
        if seen and names != listed:
            yield f"{member.identity} (which sees {', '.join(sorted(names))})"


def _is_reached_as_told(source: Source, member: ApplianceInfo) -> bool:
    """Return whether a member is asked at the host it tells, with no proxy or site file between."""
    reader = source.readers.get(member.identity)
    return isinstance(reader, RetrievalClient) and _host(reader.url) == _host(member.management_url)


def _host(url: str) -> str | None:
    return urlsplit(url).hostname


def _list_of(management: ManagementClient | None) -> list[ApplianceInfo] | None:
    try:
        return None if management is None else management.appliances_in_cluster()
    except ArchRedundancyError:
        return None
