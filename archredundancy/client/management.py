"""`ManagementClient`: what a cluster says about its members, PVs and stores. It has no call that changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from archredundancy.client.replies import ApplianceInfo, ExternalServer, PausedPV, PVStatus, Versions
from archredundancy.client.statuses import json_list, json_object, require_ok
from archredundancy.client.urls import readable_url, without_userinfo
from archredundancy.errors import InputError, ReplyError
from archredundancy.model import StoreUrl, TypeInfo

if TYPE_CHECKING:
    from archredundancy.client.transport import Reply, Transport

__all__ = ["ManagementClient"]

_Entry = TypeVar("_Entry")
#: How many names go into one request; Tomcat refuses headers above 8 KiB.
_NAMES_A_REQUEST = 50


class ManagementClient:
    """Asks the management interface (BPL) of a cluster.

    Parameters
    ----------
    url : str
        Base of the calls, such as ``http://host:17665/mgmt/bpl``; `resolve_cluster` finds it.
    transport : Transport

    Notes
    -----
    Every method raises `ConnectionFailed` when no whole answer came, `NotReadyError` while the appliance starts, and
    `ReplyError` when an answer cannot be used; those about one PV raise `UnknownPVError` for one that the cluster does
    not know. May be shared by threads as far as the transport may.
    """

    def __init__(self, url: str, transport: Transport) -> None:
        self.url = url.rstrip("/")
        self._transport = transport

    def __repr__(self) -> str:
        return f"<ManagementClient at {readable_url(self.url)}>"

    def appliance_info(self) -> ApplianceInfo:
        """Return the member that answers."""
        return self._one("getApplianceInfo", [], "", ApplianceInfo.from_reply)

    def appliances_in_cluster(self) -> list[ApplianceInfo]:
        """Return the members that are up, as seen by the one that answers."""
        return self._many("getAppliancesInCluster", [], ApplianceInfo.from_reply)

    def all_pvs(self, pattern: str = "*", limit: int = -1) -> list[str]:
        """Return the names of PVs that match a glob pattern, aliases included, sorted.

        Parameters
        ----------
        pattern : str
            Glob, or several with commas between them.
        limit : int
            Most names to return; -1 means all, and 500 would be the server's own choice.
        """
        return sorted(set(self._many("getAllPVs", [("pv", pattern), ("limit", str(limit))], str)))

    def pv_status(self, pvs: Iterable[str]) -> list[PVStatus]:
        """Return the status of each PV, in order, also of those that are not known.

        Raises
        ------
        InputError
            If a name holds a comma or a glob character, which the call takes for several names.
        """
        names = list(pvs)
        for name in names:
            if not name or set(name) & set(",*?"):
                raise InputError(
                    f"the status of {name!r} cannot be asked for: the call takes , * and ? to mean several PVs"
                )
        found: dict[str, PVStatus] = {}
        for first in range(0, len(names), _NAMES_A_REQUEST):
            some = ",".join(names[first : first + _NAMES_A_REQUEST])
            entries = self._many("getPVStatus", [("pv", some)], PVStatus.from_reply)
            found.update((entry.pv, entry) for entry in entries)
        return [found.get(name) or _not_archived(name) for name in names]

    def type_info(self, pv: str) -> TypeInfo:
        """Return the configuration of a PV, found by its name or an alias."""
        return self._one("getPVTypeInfo", [("pv", pv)], pv, TypeInfo.from_reply)

    def stores(self, pv: str) -> dict[str, StoreUrl]:
        """Return the stores of a PV by name, youngest samples first where the server keeps their order."""
        return self._one("getStoresForPV", [("pv", pv)], pv, _stores)

    def paused_pvs(self) -> list[PausedPV]:
        """Return all paused PVs; those of a member that is down are silently missing from this report."""
        return self._many("getPausedPVsReport", [], PausedPV.from_reply)

    def versions(self) -> Versions:
        """Return the versions of the parts of the member that answers."""
        return self._one("getVersions", [], "", Versions.from_reply)

    def external_servers(self) -> list[ExternalServer]:
        """Return the other archivers whose data this cluster passes on."""
        return self._many("getExternalArchiverServers", [], ExternalServer.from_reply)

    def _one(
        self, call: str, params: list[tuple[str, str]], pv: str, read: Callable[[Mapping[str, Any]], _Entry]
    ) -> _Entry:
        url, reply = self._ask(call, params, pv)
        return _understood(url, json_object(reply, url), read)

    def _many(self, call: str, params: list[tuple[str, str]], read: Callable[[Any], _Entry]) -> list[_Entry]:
        url, reply = self._ask(call, params)
        return [_understood(url, entry, read) for entry in json_list(reply, url)]

    def _ask(self, call: str, params: list[tuple[str, str]], pv: str = "") -> tuple[str, Reply]:
        url = f"{self.url}/{call}"
        reply = self._transport.get(url, params)
        require_ok(reply.status, reply.body, url, pv)
        return url, reply


def _understood(url: str, entry: Any, read: Callable[[Any], _Entry]) -> _Entry:
    try:
        return read(entry)
    except (InputError, KeyError, TypeError, AttributeError) as error:
        raise ReplyError(
            f"{readable_url(url)} answered something that cannot be understood ({error!r}): {entry!r}; "
            "check the version of the appliance",
            url=without_userinfo(url),
            status=200,
        ) from error


def _stores(reply: Mapping[str, Any]) -> dict[str, StoreUrl]:
    return {str(name): StoreUrl.parse(str(url)) for name, url in reply.items()}


def _not_archived(pv: str) -> PVStatus:
    """Return the status of a PV that the answer leaves out, as that of a single unknown PV would read."""
    status = "Not being archived"
    return PVStatus(pv=pv, status=status, real_name=None, appliance=None, connected=None, last_event=None)
