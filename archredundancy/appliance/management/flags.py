"""Named flags."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.server.replies import json_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["CALLS"]


def _flag(state: ApplianceState, request: BplRequest) -> Response:
    name = request.needed("name", 400)
    return json_reply({name: state.configuration.flag(name)})


def _flags(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply(dict(state.configuration.flags))


def _set_flag(state: ApplianceState, request: BplRequest) -> Response:
    state.configuration.flags[request.needed("name", 400)] = request.needed("value", 400).lower() == "true"
    return json_reply({"status": "ok"})


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getNamedFlag": _flag,
    "getAllNamedFlags": _flags,
    "setNamedFlag": _set_flag,
}
