"""What the parts of an appliance share, and the appliances of a cluster among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from archredundancy.appliance.configuration.archive_requests import ArchiveRequests
from archredundancy.appliance.configuration.configuration import Configuration, SharedMaps
from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.engine import Engine
from archredundancy.appliance.etl.runner import Etl
from archredundancy.appliance.remote.failover import FailoverServers
from archredundancy.appliance.server.visits import Visits
from archredundancy.appliance.storage.storage import Storage

__all__ = ["VERSION", "ApplianceState", "Members"]

#: What the recorded appliances call themselves; the embedded one behaves as they do.
VERSION = "Archiver Appliance Version a7a938e5"


class Members:
    """The appliances of one cluster, as `appliances.xml` names them, and those among them that are running.

    Attributes
    ----------
    shared : SharedMaps
        Their configuration in memory.
    urls : dict of str to str
        `http://host:port` by identity; those of appliances that are down stay.
    """

    def __init__(self) -> None:
        self.shared = SharedMaps()
        self.urls: dict[str, str] = {}
        self._running: dict[str, ApplianceState] = {}

    @property
    def running(self) -> list[ApplianceState]:
        """Those that are running, in the order of the alphabet."""
        return [state for _, state in sorted(self._running.items())]

    def state(self, identity: str) -> ApplianceState | None:
        """Return what the parts of a running member share; None if it is down, or there is none of this identity."""
        return self._running.get(identity)

    def join(self, state: ApplianceState) -> None:
        """Let a member take part, which knows its own URL by now."""
        self.urls[state.identity] = state.url
        self._running[state.identity] = state

    def leave(self, identity: str) -> None:
        """Let a member take part no more; its PVs stay known."""
        self._running.pop(identity, None)


@dataclass(kw_only=True)
class ApplianceState:
    """What the parts of one appliance share.

    Attributes
    ----------
    identity : str
        Such as `primary0`.
    url : str
        `http://host:port` under which it answers.
    settings : SiteSettings
    configuration : Configuration
    requests : ArchiveRequests
        To archive PVs, until they are archived.
    storage : Storage
    engine : Engine
    etl : Etl
    failover : FailoverServers
    clock : callable
        Gives the present, ns since 1970 UTC.
    members : Members
        Of its cluster, itself included.
    visits : Visits
        Requests for samples, counted.
    redirects : bool
        Whether `getData` of another member's PV is answered with a redirect.
    """

    identity: str
    url: str
    settings: SiteSettings
    configuration: Configuration
    requests: ArchiveRequests
    storage: Storage
    engine: Engine
    etl: Etl
    failover: FailoverServers
    clock: Callable[[], int]
    members: Members = field(repr=False)
    visits: Visits = field(default_factory=Visits)
    redirects: bool = False

    @property
    def reachable(self) -> list[PvTypeInfo]:
        """Type infos of the PVs whose member is running, in the order of the alphabet.

        Lists that a real member asks of each running one leave the others' PVs out, without a sign (`appliance.md` L).
        """
        return [info for info in self.configuration.infos if self.owner(info) is not None]

    def owns(self, info: PvTypeInfo) -> bool:
        """Whether a PV is archived by this appliance itself."""
        return info.identity == self.identity

    def owner(self, info: PvTypeInfo) -> ApplianceState | None:
        """Return the state of the member that archives a PV, be it this one; None if another one is down.

        Its engine and its stores are asked here directly. A real member asks `/engine/bpl` and `/etl/bpl` of the other.
        """
        return self if self.owns(info) else self.members.state(info.identity)
