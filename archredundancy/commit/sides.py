"""One cluster as the process of a run asks it, found by its URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archredundancy.client import ManagementClient, RetrievalClient, resolve_cluster
from archredundancy.client.transport import HttpTransport
from archredundancy.errors import CommitError
from archredundancy.model import Reading, TimeRange
from archredundancy.survey import survey_side

__all__ = ["Side"]


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
    """

    name: str
    readers: Mapping[str, RetrievalClient]
    management: ManagementClient | None

    @classmethod
    def connect(cls, name: str, url: str, transport: HttpTransport) -> Side:
        """Return the cluster behind a URL.

        Raises
        ------
        ConnectionFailed
            If nobody answers there.
        InputError
            If what answers is no appliance.
        """
        address = resolve_cluster(url, transport)
        readers = {
            member: RetrievalClient(member_url, transport, name)
            for member, member_url in address.retrieval_urls.items()
        }
        management = None if address.management_url is None else ManagementClient(address.management_url, transport)
        return cls(name=name, readers=readers, management=management)

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

    def read(self, pv: str, asked: TimeRange) -> Reading:
        """Return what the cluster itself stores of a PV in a range."""
        return survey_side(self, pv, asked).reading

    def key(self, pv: str) -> str:
        """Return what tells the cluster from others, however it is reached: the PV's owner's address as it says."""
        owner = self.manager.type_info(pv).appliance
        members = {member.identity: member.management_url for member in self.manager.appliances_in_cluster()}
        return members.get(owner, self.manager.url)
