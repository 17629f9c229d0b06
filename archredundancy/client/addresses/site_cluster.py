"""From what the site file says of a cluster to its members, and to requests as it wants them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from archredundancy.client.addresses.cluster_url import (
    ClusterAddress,
    base_of,
    member_urls,
    resolve_cluster,
    retrieval_only,
)
from archredundancy.client.http.transport import Transport
from archredundancy.client.management.management import ManagementClient
from archredundancy.errors import ConnectionFailed, NotReadyError, SiteError
from archredundancy.site import ClusterSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archredundancy.client.http.http_transport import HttpTransport
    from archredundancy.client.management.replies import ApplianceInfo

__all__ = ["locate_cluster", "open_transport", "retrieval_url_of"]


def open_transport(settings: ClusterSettings, connections: int) -> HttpTransport:
    """Return a transport that asks a cluster as the site file wants it, with headers for this cluster alone.

    Parameters
    ----------
    settings : ClusterSettings
    connections : int
        Most connections at a time.

    Raises
    ------
    InputError
        If a header's environment variable is not set, or certificates cannot be used.
    """
    from archredundancy.client.http.http_transport import HttpTransport  # which loads the HTTP library

    return HttpTransport(
        settings.timeout,
        connect_timeout=settings.connect_timeout,
        headers={name: value.reveal(os.environ) for name, value in settings.headers.items()},
        ca_file=settings.ca_file,
        connections=connections,
    )


def locate_cluster(where: str | ClusterSettings, transport: Transport) -> ClusterAddress:
    """Return where a cluster's management and members are asked.

    Parameters
    ----------
    where : str or ClusterSettings
        A URL, which `resolve_cluster` finds out about; or settings, of which each URL is believed.
    transport : Transport

    Raises
    ------
    ConnectionFailed
        If nobody answers.
    InputError
        If what answers is no appliance, or one retrieval URL is to stand for several members.
    ReplyError
        If the members tell addresses that cannot be reached from here.
    """
    if isinstance(where, str):
        return resolve_cluster(where, transport)
    if not where.management_urls:
        return _located_data(where, transport)
    base, given = _first_that_answers(where.management_urls, transport)
    management = ManagementClient(f"{base}/mgmt/bpl", transport)
    members = management.appliances_in_cluster()
    declared = _declared_urls(where, given, members)
    return ClusterAddress(
        management_url=management.url,
        retrieval_urls=member_urls(base, given, members, transport, declared),
    )


def retrieval_url_of(url: str) -> str:
    """Return the retrieval URL that is meant, whether or not it was written to its end.

    Examples
    --------
    >>> retrieval_url_of("https://proxy.example.org/archiver")
    'https://proxy.example.org/archiver/retrieval'
    """
    return f"{base_of(url)}/retrieval"


def _located_data(settings: ClusterSettings, transport: Transport) -> ClusterAddress:
    if settings.retrieval:
        return retrieval_only(base_of(settings.retrieval), transport)
    urls = {name: retrieval_url_of(member.retrieval) for name, member in settings.members.items() if member.retrieval}
    return ClusterAddress(management_url=None, retrieval_urls=urls)


def _first_that_answers(urls: tuple[str, ...], transport: Transport) -> tuple[str, ApplianceInfo]:
    """Return the base of a management that is up, and who it is; a cluster lives on when one of its members dies.

    Raises
    ------
    ConnectionFailed
        If none answers.
    """
    *first, last = (base_of(url) for url in urls)
    for base in first:
        try:
            return base, ManagementClient(f"{base}/mgmt/bpl", transport).appliance_info()
        except (ConnectionFailed, NotReadyError):
            continue
    return last, ManagementClient(f"{last}/mgmt/bpl", transport).appliance_info()


def _declared_urls(settings: ClusterSettings, given: ApplianceInfo, members: Iterable[ApplianceInfo]) -> dict[str, str]:
    """Return the retrieval URLs that the site file knows, by identity.

    Raises
    ------
    SiteError
        If one is to stand for several members.
    """
    urls = {name: retrieval_url_of(member.retrieval) for name, member in settings.members.items() if member.retrieval}
    if settings.retrieval is None:
        return urls
    identities = {each.identity for each in (given, *members)}
    unnamed = sorted(identities - set(urls))
    if unnamed and len(identities) > 1:
        raise SiteError(
            f"{settings.retrieval} cannot stand for {', '.join(unnamed)} of a cluster of {len(identities)} members, of "
            "which each has data of its own; name the retrieval URL of each under members"
        )
    return urls | dict.fromkeys(unnamed, retrieval_url_of(settings.retrieval))
