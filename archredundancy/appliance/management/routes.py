"""Everything below `/mgmt/bpl`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.management import (
    appliances,
    archive_pv,
    channel_reports,
    external_servers,
    flags,
    import_config,
    import_data,
    metrics,
    pausing,
    pv_infos,
    pv_lists,
    reports,
    rewriting,
    stores,
    transfers,
    type_infos,
)
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState

__all__ = ["management_routes"]

_TOPICS = (
    appliances,
    archive_pv,
    channel_reports,
    external_servers,
    flags,
    import_config,
    import_data,
    metrics,
    pausing,
    pv_infos,
    pv_lists,
    reports,
    rewriting,
    stores,
    transfers,
    type_infos,
)
_CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    name: call for topic in _TOPICS for name, call in topic.CALLS.items()
}
# What is dispatched by method, as `mgmt.BPLServlet` does; all others are for GET.
_FOR_POST_ONLY = {
    *("importConfig", "importConfigForAppliance", "putPVTypeInfo"),
    *("unarchivedPVs", "archivedPVs", "archivedPVsNotInList"),
}
_FOR_BOTH = {
    *("archivePV", "deletePV", "getPVStatus"),
    *("pauseArchivingPV", "resumeArchivingPV", "reassignAppliance"),
}


def _call_for(name: str, method: str) -> Callable[[ApplianceState, BplRequest], Response]:
    """Return a call.

    Raises
    ------
    Refused
        With 404 if there is none of this name for this method.
    """
    if name not in _CALLS or (name not in _FOR_BOTH and (name in _FOR_POST_ONLY) != (method == "POST")):
        raise Refused(404)
    return _CALLS[name]


def management_routes(state: ApplianceState) -> list[Route]:
    """Return the routes of one appliance's management."""

    async def bpl(request: Request) -> Response:
        call = _call_for(request.path_params["call"], request.method)
        asked = await BplRequest.read(request)
        # Threads of the loop's own executor end with the loop; those of starlette's would be left behind.
        return await asyncio.to_thread(call, state, asked)

    return [Route("/mgmt/bpl/{call}", bpl, methods=["GET", "POST"])]
