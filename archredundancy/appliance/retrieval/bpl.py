"""Calls below `/retrieval/bpl`."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.retrieval.elsewhere import names_elsewhere
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import VERSION, ApplianceState

__all__ = ["CALLS"]


def _ping(_state: ApplianceState, _request: BplRequest) -> Response:
    return text_reply("pong\n")


def _version(_state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply({"version": VERSION})


def _are_we_archiving(state: ApplianceState, request: BplRequest) -> Response:
    """Say whether a PV is configured; paused ones count (`AreWeArchivingPV`)."""
    known = state.configuration.type_info(_pv(request)) is not None
    return json_reply({"status": "true" if known else "false"})


def _metadata(state: ApplianceState, request: BplRequest) -> Response:
    """Return a PV's type info; an empty body while its engine knows nothing of the PV, or is down (`GetPVMetaData`).

    Raises
    ------
    Refused
        With 404 if the PV is unknown.
    """
    info = state.configuration.type_info(_pv(request))
    if info is None:
        raise Refused(404)
    owner = state.owner(info)
    live = None if info.paused or owner is None else owner.engine.metadata(info.pv)
    return text_reply("", "application/json") if live is None else json_reply(info.info | live)


def _matching(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(_search(state, request))


def _search_regex(state: ApplianceState, request: BplRequest) -> Response:
    names = _search(state, request)
    return text_reply("".join(f"{name}\n" for name in names))


def _filter(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply([name for name in request.posted() if state.configuration.type_info(name)])


def _search(state: ApplianceState, request: BplRequest) -> list[str]:
    if "regex" not in request.parameters and "pv" not in request.parameters:
        raise Refused(404)
    names = {name for member in state.members.running for name in request.matching(_names_of(member))}
    found = request.matching(sorted(names))
    if request.parameters.get("skipExternalServers", "").lower() == "true":
        return found
    return _with_others(state, request, found)


def _with_others(state: ApplianceState, request: BplRequest, found: list[str]) -> list[str]:
    """Add the names that external servers know; those that both know come twice (`GetMatchingPVs`)."""
    pv, limit = request.parameters.get("pv"), request.parameters.get("limit", "500")
    regex = request.parameters.get("regex", "") if pv is None else pv.replace("*", ".*").replace("?", ".")
    others = names_elsewhere(state, regex, limit)
    if not others:
        return found
    return sorted(found + others)[: int(limit)] if int(limit) > 0 else found + others


def _names_of(member: ApplianceState) -> list[str]:
    """Return what a member answers to `getMatchingPVsForThisAppliance`; of one that is down nothing is known."""
    return member.configuration.names_of(member.identity)


def _pv(request: BplRequest) -> str:
    return request.needed("pv", 404).removesuffix(".VAL")


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "ping": _ping,
    "getVersion": _version,
    "areWeArchivingPV": _are_we_archiving,
    "getMetadata": _metadata,
    "getMatchingPVs": _matching,
    "searchForPVsRegex": _search_regex,
    "filterArchivedPVs": _filter,
}
