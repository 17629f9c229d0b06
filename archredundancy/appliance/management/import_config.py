"""Type infos of other appliances, or of this one as it was, all at once (`ImportConfig`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.management.forwarding import ask_member
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["CALLS"]


def _import(state: ApplianceState, request: BplRequest) -> Response:
    """Hand type infos to the members that they name; those of members that are not known are left out.

    A member that would get only one of them gets none: the real one counts wrongly, and only logs it.
    """
    shares: dict[str, list[Mapping[str, Any]]] = {}
    for info in _posted(state, request):
        if info.identity in state.members.urls:
            shares.setdefault(info.identity, []).append(info.info)
    return json_reply([_handed(state, identity, share) for identity, share in shares.items() if len(share) > 1])


def _handed(state: ApplianceState, identity: str, share: list[Mapping[str, Any]]) -> object:
    """Return what a member says to its type infos; None if it is down."""
    try:
        reply: object = json.loads(
            ask_member(state, identity, "importConfigForAppliance", {}, json.dumps(share).encode())
        )
    except (Refused, ValueError):
        return None
    return reply


def _import_here(state: ApplianceState, request: BplRequest) -> Response:
    """Take the type infos of PVs that are not archived yet, and archive them; name the others."""
    refused = []
    for info in _posted(state, request):
        known = state.configuration.type_info(info.pv)
        if not state.owns(info) or (known is not None and known.pv == info.pv):
            refused.append(info.pv)
            continue
        state.configuration.put(info)
        state.engine.follow(info.pv)
    return json_reply({"appliance": state.identity, "errorPVs": refused})


def _posted(state: ApplianceState, request: BplRequest) -> list[PvTypeInfo]:
    """Read a list of type infos.

    Raises
    ------
    Refused
        With 500 if it is none.
    """
    try:
        infos = [PvTypeInfo(dict(entry), state.settings.key_of) for entry in json.loads(request.body)]
        for info in infos:
            info.check()
    except (ValueError, TypeError, RecursionError) as damage:
        raise Refused(500, f"java.io.IOException: {damage}") from None
    return infos


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "importConfig": _import,
    "importConfigForAppliance": _import_here,
}
