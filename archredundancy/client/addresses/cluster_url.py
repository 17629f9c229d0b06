"""From the URL an operator types to the members of a cluster."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from archredundancy.client.http.transport import Transport
from archredundancy.client.http.urls import readable_url, without_userinfo
from archredundancy.client.management.management import ManagementClient
from archredundancy.client.management.replies import ApplianceInfo
from archredundancy.client.retrieval.retrieval import RetrievalClient
from archredundancy.errors import ArchRedundancyError, ConnectionFailed, InputError, NotReadyError, ReplyError

__all__ = ["ClusterAddress", "base_of", "member_urls", "resolve_cluster", "retrieval_only"]

logger = logging.getLogger(__name__)

#: Where the path of an appliance's own begins; what comes before it is a reverse proxy's.
_OWN_PATHS = ("/mgmt", "/retrieval")
_EXAMPLES = "give one such as http://host:17665 (management) or http://host:17668/retrieval"


@dataclass(frozen=True, kw_only=True)
class ClusterAddress:
    """Where a cluster can be asked.

    Attributes
    ----------
    management_url : str or None
        Base of the management calls; None where only data can be asked for.
    retrieval_urls : mapping of str to str
        Retrieval URL of each member by identity, beginning with the member that was given. Its identity is empty where
        only data can be asked for.
    """

    management_url: str | None
    retrieval_urls: Mapping[str, str]

    def readers(self, transport: Transport, name: str) -> dict[str, RetrievalClient]:
        """Return what reads the samples of each member, by identity.

        Parameters
        ----------
        transport : Transport
        name : str
            What readings call the cluster.
        """
        return {member: RetrievalClient(url, transport, name) for member, url in self.retrieval_urls.items()}

    def management(self, transport: Transport) -> ManagementClient | None:
        """Return what asks the management; None where only data can be asked for."""
        return None if self.management_url is None else ManagementClient(self.management_url, transport)


def resolve_cluster(url: str, transport: Transport) -> ClusterAddress:
    """Find out what a URL stands for, by asking ``/mgmt/bpl/getApplianceInfo`` and ``/retrieval/ping`` there.

    Parameters
    ----------
    url : str
        Management or retrieval URL, with or without the paths of the appliance or a reverse proxy before them;
        ``http://`` may be left out.
    transport : Transport

    Raises
    ------
    InputError
        If this is no URL, or what answers there is no appliance.
    ConnectionFailed
        If nobody answers.
    NotReadyError
        If the management interface is starting.
    ReplyError
        If the members tell addresses that cannot be reached from here, such as ``localhost``.

    Notes
    -----
    Cost: two to four small requests.
    """
    base = base_of(url)
    management = ManagementClient(f"{base}/mgmt/bpl", transport)
    try:
        given = management.appliance_info()
        members = management.appliances_in_cluster()
    except NotReadyError:
        raise
    except ArchRedundancyError as error:
        logger.info("no management interface at %s: %s", readable_url(base), error)
        return retrieval_only(base, transport, error)
    urls = member_urls(base, given, members, transport)
    return ClusterAddress(management_url=management.url, retrieval_urls=urls)


def base_of(url: str) -> str:
    """Return what the paths of an appliance are appended to.

    Parameters
    ----------
    url : str
        As an operator types it.

    Raises
    ------
    InputError
        If this is no URL.

    Examples
    --------
    >>> base_of("proxy.example.org/archiver/mgmt/ui/index.html")
    'http://proxy.example.org/archiver'
    """
    try:
        parts = urlsplit(url.strip() if "://" in url else f"http://{url.strip()}")
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in url.strip()):
        raise InputError(f"{readable_url(url)!r} is not the URL of a cluster; {_EXAMPLES}")
    path = parts.path.rstrip("/")
    for own in _OWN_PATHS:
        position = f"{path}/".find(f"{own}/")
        path = path if position < 0 else path[:position]
    return parts._replace(path=path, query="", fragment="").geturl()


def retrieval_only(base: str, transport: Transport, error: ArchRedundancyError | None = None) -> ClusterAddress:
    """Return the address of a cluster of which only data can be asked for.

    Parameters
    ----------
    base : str
        As `base_of` gives it.
    transport : Transport
    error : ArchRedundancyError, optional
        Why management cannot be asked, where that was tried.

    Raises
    ------
    ConnectionFailed
        If nobody answers.
    InputError
        If what answers is no appliance.
    """
    retrieval = RetrievalClient(f"{base}/retrieval", transport)
    try:
        if retrieval.ping():
            return ClusterAddress(management_url=None, retrieval_urls={"": retrieval.url})
    except ConnectionFailed:
        if error is None or isinstance(error, ConnectionFailed):
            raise
    tried = "/retrieval does not answer" if error is None else "neither /mgmt/bpl nor /retrieval answers"
    because = "" if error is None else f" ({error})"
    raise InputError(f"no archiver appliance at {readable_url(base)}: {tried} as one{because}; {_EXAMPLES}") from error


def member_urls(
    base: str,
    given: ApplianceInfo,
    members: Iterable[ApplianceInfo],
    transport: Transport,
    declared: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the retrieval URL of each member by identity, beginning with the one that was asked.

    Parameters
    ----------
    base : str
        Where management was asked.
    given : ApplianceInfo
        The member that answered.
    members : iterable of ApplianceInfo
        All that are up.
    transport : Transport
    declared : mapping of str to str, optional
        URLs by identity that are known better than by what members tell.

    Raises
    ------
    ReplyError
        If members tell addresses that cannot be reached from here.
    """
    others = sorted((each for each in members if each.identity != given.identity), key=lambda each: each.identity)
    known = declared or {}
    told = [each for each in (given, *others) if each.identity not in known]
    if told and not others:
        return {given.identity: _only_member_url(base, urlsplit(base), given.data_retrieval_url.rstrip("/"), transport)}
    _refuse_inside_addresses(base, told)
    return {each.identity: known.get(each.identity) or each.data_retrieval_url.rstrip("/") for each in (given, *others)}


def _refuse_inside_addresses(base: str, members: Iterable[ApplianceInfo]) -> None:
    given = urlsplit(base).hostname or ""
    for member in members:
        host = urlsplit(member.data_retrieval_url).hostname or ""
        if _is_loopback(host) and not _is_loopback(given):
            raise ReplyError(
                f"the members at {readable_url(base)} tell addresses that only work on their own host, such as "
                f"{member.data_retrieval_url} of {member.identity!r}; name the retrieval URL of each member in the "
                "site file",
                url=without_userinfo(base),
                status=200,
            )


def _only_member_url(base: str, given: SplitResult, told: str, transport: Transport) -> str:
    """Return the retrieval URL of a cluster of one, on the host that is known to be reached from here.

    What the appliance tells may name localhost or an inside host. Behind a reverse proxy its ports cannot be reached
    either, and retrieval lies beside management.
    """
    inside = urlsplit(told)
    if (given.path or given.scheme != inside.scheme) and RetrievalClient(f"{base}/retrieval", transport).ping():
        return f"{base}/retrieval"
    host = given.netloc.removesuffix(f":{given.port}")
    return inside._replace(netloc=host if inside.port is None else f"{host}:{inside.port}").geturl()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
