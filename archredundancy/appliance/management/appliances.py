"""What an appliance says of itself and its cluster."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.java.text import json_text
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import VERSION, ApplianceState

__all__ = ["CALLS"]


_COMPONENTS = ("etl", "mgmt", "retrieval", "engine")


def _versions(state: ApplianceState, request: BplRequest) -> Response:
    _check_identity(state, request)
    return json_reply({f"{component}_version": VERSION for component in _COMPONENTS})


def _appliance_info(state: ApplianceState, request: BplRequest) -> Response:
    _check_identity(state, request)
    return json_reply(_urls(state) | {"version": VERSION})


def _appliances(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([_urls(state)])


def _check_identity(state: ApplianceState, request: BplRequest) -> None:
    if request.parameters.get("id", state.identity) != state.identity:
        raise Refused(404)


def _urls(state: ApplianceState) -> dict[str, str]:
    """Return the URLs of the parts; all of them live in one server here."""
    parts = {f"{part}URL": f"{state.url}/{part}/bpl" for part in ("engine", "retrieval", "etl", "mgmt")}
    host = state.url.removeprefix("http://")
    return parts | {
        "identity": state.identity,
        "clusterInetPort": host,
        "dataRetrievalURL": f"{state.url}/retrieval",
    }


def _properties(_state: ApplianceState, _request: BplRequest) -> Response:
    return text_reply(json_text({"minimum_sampling_period": "0.1"}) + "\n", "application/json")


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getVersions": _versions,
    "getApplianceInfo": _appliance_info,
    "getAppliancesInCluster": _appliances,
    "getApplianceProperties": _properties,
}
