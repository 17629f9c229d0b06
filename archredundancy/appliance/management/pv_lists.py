"""Lists of PVs."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["CALLS"]


def _all_pvs(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(request.matching(state.configuration.names))


def _pvs_of_appliance(state: ApplianceState, request: BplRequest) -> Response:
    if "pv" not in request.parameters and "regex" not in request.parameters:
        raise Refused(500, 'Cannot invoke "String.split(String)" because "<parameter1>" is null')
    return json_reply(request.matching(state.configuration.names_of(state.identity)))


def _own_pvs(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([info.pv for info in state.configuration.infos_of(state.identity)])


def _expanded_names(state: ApplianceState, _request: BplRequest) -> Response:
    names = [text for name in state.configuration.names for text in (name, f"{name}.VAL")]
    return json_reply(["EPICS:Archiver:Appliance", *names])


def _archived(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply([name for name in request.posted() if state.configuration.type_info(name)])


def _unarchived(state: ApplianceState, request: BplRequest) -> Response:
    """List names that are not archived, without quotes: the real reply is not JSON either."""
    names = [name for name in request.posted() if not state.configuration.type_info(name)]
    return text_reply("[" + ",".join(names) + "]", "application/json")


def _not_in_list(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(sorted(set(state.configuration.pvs) - set(request.posted())))


def _export(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([info.info for info in state.reachable])


def _aliases(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([{"aliasName": name, "srcPVName": pv} for name, pv in state.configuration.aliases.items()])


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getAllPVs": _all_pvs,
    "getAllExpandedPVNames": _expanded_names,
    "getMatchingPVsForThisAppliance": _pvs_of_appliance,
    "getPVsForThisAppliance": _own_pvs,
    "getTypeInfoKeys": _own_pvs,
    "archivedPVs": _archived,
    "unarchivedPVs": _unarchived,
    "archivedPVsNotInList": _not_in_list,
    "exportConfig": _export,
    "getAllAliases": _aliases,
}
