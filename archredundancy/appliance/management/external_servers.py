"""Other appliances that this one asks while it answers (`appliance.md` C.1)."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.remote.partner import fetch_text
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["CALLS"]


def _probe_server(_state: ApplianceState, request: BplRequest) -> Response:
    """Ping another appliance; this call stores nothing, and so tells what this one can reach.

    Raises
    ------
    Refused
        With 500 if there is no such type of server.
    """
    url, kind = request.needed("externalarchiverserverurl", 400), request.needed("externalServerType", 400)
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
    return json_reply({"Connected": "ok", "desc": f"EPICS Archiver Appliance at {url}", "archives": "pbraw"})


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "addExternalArchiverServer": _probe_server,
}
