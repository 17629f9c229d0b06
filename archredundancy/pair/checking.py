"""Whether a cluster of the site file answers, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.client import (
    ClusterAddress,
    HttpTransport,
    ManagementClient,
    RetrievalClient,
    locate_cluster,
    open_transport,
)
from archredundancy.errors import ArchRedundancyError
from archredundancy.site import ClusterSettings, nearest

__all__ = ["ClusterCheck", "check_cluster"]


@dataclass(frozen=True, kw_only=True)
class ClusterCheck:
    """What was found at the URLs of a cluster.

    Attributes
    ----------
    version : str
        Of its management; empty where only data can be asked for.
    members : tuple of str
        Identities of those that are up; empty without management.
    problems : tuple of str
        What does not answer as it should, for people; empty if all is well.
    """

    version: str = ""
    members: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return not self.problems


def check_cluster(settings: ClusterSettings) -> ClusterCheck:
    """Ask a cluster who it is, and each of its members for a sign of life; only requests that read are sent.

    Parameters
    ----------
    settings : ClusterSettings

    Returns
    -------
    ClusterCheck
        Also where nothing answers; it never raises one of this package's errors.

    Notes
    -----
    Cost: a few small requests.
    """
    try:
        with open_transport(settings, connections=1) as transport:
            return _check(settings, locate_cluster(settings, transport), transport)
    except ArchRedundancyError as error:
        return ClusterCheck(problems=(str(error),))


def _check(settings: ClusterSettings, address: ClusterAddress, transport: HttpTransport) -> ClusterCheck:
    silent = [
        problem
        for identity, url in address.retrieval_urls.items()
        for problem in _silence(identity, RetrievalClient(url, transport))
    ]
    if address.management_url is None:
        return ClusterCheck(problems=tuple(silent))
    members = tuple(address.retrieval_urls)
    absent = [
        f"the member {name!r} of the site file is not in the cluster now{nearest(name, members)}"
        for name in settings.members
        if name not in members
    ]
    version = ManagementClient(address.management_url, transport).versions().mgmt
    return ClusterCheck(version=version, members=members, problems=(*absent, *silent))


def _silence(identity: str, retrieval: RetrievalClient) -> tuple[str, ...]:
    try:
        answers = retrieval.ping()
    except ArchRedundancyError as error:
        return (str(error),)
    return () if answers else (f"{retrieval.url} of {identity or 'the cluster'} does not answer as retrieval",)
