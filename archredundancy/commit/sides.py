"""One cluster as the process of a run asks it, found by its URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from archredundancy.client import (
    AwayReader,
    HttpTransport,
    ManagementClient,
    RetrievalClient,
    base_of,
    locate_cluster,
    open_transport,
    retrieval_url_of,
)
from archredundancy.commit.identity import address_of
from archredundancy.commit.settings import PairUrls
from archredundancy.errors import ArchRedundancyError, CommitError
from archredundancy.model import Reading, Retention, TimeRange
from archredundancy.site import ClusterSettings
from archredundancy.survey import survey_side

__all__ = ["ARCHIVING", "PAUSED", "LateSide", "Side", "open_sides"]

#: What a cluster says of a PV that it archives, and of one that is paused (`getPVStatus`).
ARCHIVING, PAUSED = "Being archived", "Paused"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One cluster; a `Source` for surveys.

    Attributes
    ----------
    name : str
        `primary` or `secondary`.
    readers : mapping of str to RetrievalClient
        By identity of the member.
    management : ManagementClient or None
    transport : HttpTransport
        Asks this cluster as it wants to be asked.
    settings : ClusterSettings or None
        What the site file says of it.
    """

    name: str
    readers: Mapping[str, RetrievalClient]
    management: ManagementClient | None
    transport: HttpTransport
    settings: ClusterSettings | None = None

    @classmethod
    def connect(cls, name: str, where: str | ClusterSettings, transport: HttpTransport) -> Side:
        """Return the cluster behind a URL, or of the site file.

        Raises
        ------
        ConnectionFailed
            If nobody answers there.
        InputError
            If what answers is no appliance.
        """
        address = locate_cluster(where, transport)
        readers, management = address.readers(transport, name), address.management(transport)
        settings = None if isinstance(where, str) else where
        return cls(name=name, readers=readers, management=management, transport=transport, settings=settings)

    @property
    def retention(self) -> Retention | None:
        """How long it keeps samples by the site file."""
        return None if self.settings is None else self.settings.retention

    @property
    def manager(self) -> ManagementClient:
        """The management interface.

        Raises
        ------
        CommitError
            If there is none.
        """
        if self.management is None:
            raise CommitError(
                f"the {self.name} has no management interface here, so nothing can be changed; give its URL"
            )
        return self.management

    def status(self, pv: str) -> str:
        """Return the status of a PV, such as `Being archived`."""
        return self.manager.pv_status([pv])[0].status

    def reader(self, pv: str) -> RetrievalClient:
        """Return the client of the member that owns a PV.

        Raises
        ------
        CommitError
            If that member is not in the cluster now.
        """
        if len(self.readers) == 1 or self.management is None:
            return next(iter(self.readers.values()))
        owner = self.management.type_info(pv).appliance
        if owner not in self.readers:
            raise CommitError(
                f"{pv} belongs to the member {owner!r} of the {self.name}, which is down; wait until it is back"
            )
        return self.readers[owner]

    def url_for_primary(self, pv: str) -> str:
        """Return the retrieval URL of the member that owns a PV, as the primary reaches it.

        Raises
        ------
        CommitError
            If that member is not in the cluster now.
        """
        reader = self.reader(pv)
        if self.settings is None:
            return reader.url
        owner = next(member for member, each in self.readers.items() if each is reader)
        named = self.settings.other_url(owner)
        return retrieval_url_of(named) if named else reader.url

    def owner_url(self, pv: str) -> str:
        """Return the management URL of the member that owns a PV, as it is reached from here.

        Raises
        ------
        CommitError
            If that member is not in the cluster now.
        """
        if len(self.readers) == 1:
            return self.manager.url
        return self.member_url(self.manager.type_info(pv).appliance)

    def member_url(self, identity: str) -> str:
        """Return the management URL of a member, as it is reached from here.

        Raises
        ------
        CommitError
            If it is not in the cluster now.
        """
        if len(self.readers) == 1:
            return self.manager.url
        named = self.settings.members.get(identity) if self.settings else None
        told = {member.identity: member.management_url for member in self.manager.appliances_in_cluster()}
        url = (named.management if named else None) or told.get(identity)
        if url is None:
            raise CommitError(
                f"the member {identity!r} of the {self.name}, which owns the PV, is down; wait until it is back"
            )
        return f"{base_of(url)}/mgmt/bpl"

    def read(self, pv: str, asked: TimeRange) -> Reading:
        """Return what the cluster itself stores of a PV in a range."""
        return survey_side(self, pv, asked).reading

    def key(self, pv: str) -> str:
        """Return what tells the cluster from others, however it is reached: the PV's owner's address as it says.

        Raises
        ------
        CommitError
            If the owner is not in the cluster now, so that nobody says.
        """
        return address_of(self.manager, pv, self.name)


@dataclass(frozen=True, kw_only=True)
class LateSide(Side):
    """A cluster that is looked for only when it is read; if it does not answer then, its reading says so.

    Attributes
    ----------
    where : str or ClusterSettings
        As `Side.connect` takes it.
    """

    where: str | ClusterSettings

    def read(self, pv: str, asked: TimeRange) -> Reading:
        """Return what the cluster stores of a PV in a range, failures included."""
        try:
            found = Side.connect(self.name, self.where, self.transport)
        except ArchRedundancyError as error:
            return AwayReader(self.name, error).read(pv, asked)
        return found.read(pv, asked)


@contextmanager
def open_sides(urls: PairUrls, note: Callable[[str], object] | None = None) -> Iterator[tuple[Side, Side]]:
    """Give both clusters, connected, while the context lasts.

    Parameters
    ----------
    urls : PairUrls
    note : callable, optional
        For who mends or checks what was done: told when the clusters are asked as when the run was begun, since the
        site file does not tell of them any more, which without it is an error. The secondary, which may be away for
        long, is then looked for only where its samples are needed.

    Raises
    ------
    CommitError
        If the site file means other clusters by now.
    ArchRedundancyError
        If a cluster cannot be asked.
    """
    site = urls.site_settings(note)
    primary: str | ClusterSettings = urls.primary if site is None else site.primary
    secondary: str | ClusterSettings = urls.secondary if site is None else site.secondary
    with ExitStack() as stack:
        if site is None:
            first = second = stack.enter_context(HttpTransport())
        else:
            first, second = (
                stack.enter_context(open_transport(settings, site.parallelism))
                for settings in (site.primary, site.secondary)
            )
        yield Side.connect("primary", primary, first), _secondary(secondary, second, late=note is not None)


def _secondary(where: str | ClusterSettings, transport: HttpTransport, *, late: bool) -> Side:
    if late:
        return LateSide(name="secondary", readers={}, management=None, transport=transport, where=where)
    return Side.connect("secondary", where, transport)
