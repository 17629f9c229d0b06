"""Other appliances that this one asks while it answers (`appliance.md` C.1)."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.java.text import json_text
from archredundancy.appliance.remote.failover import PBRAW
from archredundancy.appliance.remote.partner import fetch_text
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["CALLS"]

# Not the same parameter as the probe's.
_URL = "channelarchiverserverurl"


def _probe_server(state: ApplianceState, request: BplRequest) -> Response:
    """Ping another appliance; this call stores nothing, and so tells what this one can reach.

    Raises
    ------
    Refused
        With 500 if there is no such type of server.
    """
    url, kind = request.needed("externalarchiverserverurl", 400), request.needed("externalServerType", 400)
    if url in state.configuration.external_servers:
        return json_reply({"validation": f"We already have the server {url} in the system."})
    if kind != "ARCHAPPL_PBRAW":
        raise Refused(
            500,
            "No enum constant "
            f"org.epics.archiverappliance.mgmt.bpl.AddExternalArchiverServer.ExternalServerType.{kind}",
        )
    try:
        answer = fetch_text(f"{url.partition('?')[0]}/ping")
    except Refused as refusal:
        failure = f"Exception pinging the external EPICS Archiver Appliance at {url} {refusal.message}"
        return json_reply({"validation": failure})
    if "Pong" not in answer:
        return json_reply({"validation": f"Unexpected response {answer} from the EPICS Archiver Appliance at {url}"})
    return json_reply({"Connected": "ok", "desc": f"EPICS Archiver Appliance at {url}", "archives": PBRAW})


def _add_server(state: ApplianceState, request: BplRequest) -> Response:
    """Keep an external server, without asking whether it is there; it is merged after the next start or reset."""
    state.configuration.add_external_server(request.needed(_URL, 400), request.needed("archives", 400))
    return json_reply({"Connected": "ok"})


def _servers(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([{"indexes": kind, "CAUrl": url} for url, kind in state.configuration.external_servers.items()])


def _remove_server(state: ApplianceState, request: BplRequest) -> Response:
    """Forget an external server, known or not; it is merged until the next start or reset."""
    request.needed("archives", 400)
    state.configuration.remove_external_server(request.needed(_URL, 400))
    return json_reply({"status": "ok"})


def _reset_caches(state: ApplianceState, _request: BplRequest) -> Response:
    """Let every running member look external servers up anew."""
    for member in state.members.running:
        member.failover.reset()
    lines = ",\n".join(json_text({"appliance": member.identity, "status": "ok"}) for member in state.members.running)
    return text_reply(f"[\n{lines}]\n", "application/json")


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "addExternalArchiverServer": _probe_server,
    "addExternalArchiverServerArchives": _add_server,
    "getExternalArchiverServers": _servers,
    "removeExternalArchiverServer": _remove_server,
    "resetFailoverCaches": _reset_caches,
}
