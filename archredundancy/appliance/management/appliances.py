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
_WEB_APPLICATIONS = ("MGMT", "RETRIEVAL", "ETL", "ENGINE")


def _versions(state: ApplianceState, request: BplRequest) -> Response:
    """Name the version of each component; of a member that is down nothing is said at all (`appliance.md` L, 4b)."""
    if state.members.state(_identity(state, request)) is None:
        return text_reply("", "application/json")
    return json_reply({f"{component}_version": VERSION for component in _COMPONENTS})


def _appliance_info(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(_urls(state, _identity(state, request)) | {"version": VERSION})


def _appliances(state: ApplianceState, _request: BplRequest) -> Response:
    """List the members that are running."""
    return json_reply([_urls(state, member.identity) for member in state.members.running])


def _identity(state: ApplianceState, request: BplRequest) -> str:
    """Return the member that is meant, running or not: this one unless another one is named.

    Raises
    ------
    Refused
        With 404 if there is no such member.
    """
    identity = request.parameters.get("id", state.identity)
    if identity not in state.members.urls:
        raise Refused(404)
    return identity


def _urls(state: ApplianceState, identity: str) -> dict[str, str]:
    """Return the URLs of a member's parts; all of them live in one server here."""
    root = state.members.urls[identity]
    parts = {f"{part}URL": f"{root}/{part}/bpl" for part in ("engine", "retrieval", "etl", "mgmt")}
    return parts | {
        "identity": identity,
        "clusterInetPort": root.removeprefix("http://"),
        "dataRetrievalURL": f"{root}/retrieval",
    }


def _properties(_state: ApplianceState, _request: BplRequest) -> Response:
    return text_reply(json_text({"minimum_sampling_period": "0.1"}) + "\n", "application/json")


def _web_app_ready(_state: ApplianceState, request: BplRequest) -> Response:
    """Take note that one of the parts is up; all of them are when this one answers (`WebappReady`).

    Raises
    ------
    Refused
        With 404 if none is named, with 500 if there is no such part.
    """
    name = request.needed("webapp", 404)
    if name not in _WEB_APPLICATIONS:
        raise Refused(
            500,
            "java.lang.IllegalArgumentException: No enum constant "
            f"org.epics.archiverappliance.config.ConfigService.WAR_FILE.{name}",
        )
    return text_reply("", None)


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getVersions": _versions,
    "getApplianceInfo": _appliance_info,
    "getAppliancesInCluster": _appliances,
    "getApplianceProperties": _properties,
    "webAppReady": _web_app_ready,
}
