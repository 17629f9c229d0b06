"""`ManagementClient`: what a cluster says about its members, PVs and stores. It has no call that changes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archredundancy.client.http.statuses import json_list, names_in_brackets
from archredundancy.client.management.replies import (
    Alias,
    ApplianceInfo,
    Detail,
    ExternalServer,
    PausedPV,
    PVStatus,
    Versions,
)
from archredundancy.client.management.reports import ReportCalls
from archredundancy.errors import InputError
from archredundancy.model import StoreUrl, TypeInfo

__all__ = ["ManagementClient"]

#: How many names go into one request; Tomcat refuses headers above 8 KiB.
_NAMES_A_REQUEST = 50


class ManagementClient(ReportCalls):
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

    def appliance_info(self, identity: str | None = None) -> ApplianceInfo:
        """Return a member by its identity; without one, the member that answers."""
        return self._one("getApplianceInfo", _of_member(identity), "", ApplianceInfo.from_reply)

    def of_member(self, url: str) -> ManagementClient:
        """Return a client of another member of the cluster, by its management URL as members tell it."""
        return ManagementClient(url, self._transport)

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

    def archived_pvs(self, pvs: Iterable[str]) -> list[str]:
        """Return those of some names, any number of them, that the cluster archives or has paused, sorted."""
        url, reply = self._of_names("archivedPVs", pvs)
        return sorted(map(str, json_list(reply, url)))

    def unarchived_pvs(self, pvs: Iterable[str]) -> list[str]:
        """Return those of some names, any number of them, that the cluster does not know, sorted.

        Raises
        ------
        ReplyError
            If the answer has other names than those asked for.
        """
        names = set(pvs)
        url, reply = self._of_names("unarchivedPVs", names)
        return sorted(names_in_brackets(reply, url, names))

    def archived_pvs_not_in(self, pvs: Iterable[str]) -> list[str]:
        """Return the PVs of the cluster that are not among some names, any number of them, sorted."""
        url, reply = self._of_names("archivedPVsNotInList", pvs)
        return sorted(map(str, json_list(reply, url)))

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

    def versions(self, identity: str | None = None) -> Versions:
        """Return the versions of the parts of a member; without an identity, of the one that answers."""
        return self._one("getVersions", _of_member(identity), "", Versions.from_reply)

    def aliases(self) -> list[Alias]:
        """Return all aliases of the cluster."""
        return self._many("getAllAliases", [], Alias.from_reply)

    def details(self, pv: str) -> list[Detail]:
        """Return what the parts of the appliance tell of a PV, line by line, as its web page shows it."""
        return self._many("getPVDetails", [("pv", pv)], Detail.from_reply, pv)

    def export_config(self) -> list[TypeInfo]:
        """Return the configuration of all PVs of the cluster, as far as its members are up."""
        return self._many("exportConfig", [], TypeInfo.from_reply)

    def pvs_of_appliance(self, pattern: str = "*") -> list[str]:
        """Return the names of PVs that match a glob pattern and belong to the member that answers, sorted."""
        return sorted(set(self._many("getMatchingPVsForThisAppliance", [("pv", pattern), ("limit", "-1")], str)))

    def policies(self) -> dict[str, str]:
        """Return the policies of archiving by name, with what they say of themselves."""
        return self._one("getPolicyList", [], "", _texts)

    def properties(self) -> dict[str, str]:
        """Return the settings that the appliance tells, such as `minimum_sampling_period` (s)."""
        return self._one("getApplianceProperties", [], "", _texts)

    def named_flag(self, name: str) -> bool:
        """Return whether a named flag such as `SKIP_LTS_FOR_RETRIEVAL` is set; one that nobody set is not."""
        return self._one("getNamedFlag", [("name", name)], "", _flags).get(name, False)

    def named_flags(self) -> dict[str, bool]:
        """Return all named flags that were ever set."""
        return self._one("getAllNamedFlags", [], "", _flags)

    def external_servers(self) -> list[ExternalServer]:
        """Return the other archivers whose data this cluster passes on."""
        return self._many("getExternalArchiverServers", [], ExternalServer.from_reply)


def _stores(reply: Mapping[str, Any]) -> dict[str, StoreUrl]:
    return {str(name): StoreUrl.parse(str(url)) for name, url in reply.items()}


def _texts(reply: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(text) for name, text in reply.items()}


def _flags(reply: Mapping[str, Any]) -> dict[str, bool]:
    return {str(name): str(value).lower() == "true" for name, value in reply.items()}


def _of_member(identity: str | None) -> list[tuple[str, str]]:
    return [] if identity is None else [("id", identity)]


def _not_archived(pv: str) -> PVStatus:
    """Return the status of a PV that the answer leaves out, as that of a single unknown PV would read."""
    status = "Not being archived"
    return PVStatus(pv=pv, status=status, real_name=None, appliance=None, connected=None, last_event=None)
