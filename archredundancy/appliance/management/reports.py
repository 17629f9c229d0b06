"""Reports over all PVs."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.instants import report_text
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.model import NS_PER_SECOND

__all__ = ["CALLS"]


def _paused_report(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply(
        [
            {"pvName": info.pv, "instance": info.identity, "modificationTime": report_text(info.modified)}
            for info in state.reachable
            if info.paused
        ]
    )


def _paused_pvs(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([info.pv for info in state.configuration.infos_of(state.identity) if info.paused])


def _creation_report(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([_span(info) for info in state.configuration.infos_of(state.identity)])


def _time_span_report(state: ApplianceState, request: BplRequest) -> Response:
    wanted = request.matching(state.configuration.pvs)
    infos = [info for info in state.reachable if info.pv in wanted]
    return json_reply({info.pv: _span(info) | _last_event(state, info) for info in infos})


def _last_event(state: ApplianceState, info: PvTypeInfo) -> dict[str, str]:
    """Return the IOC's last stamp of a PV, whole seconds, if the engine has had one (`LastKnownTimeStampReport`)."""
    owner = state.owner(info)
    channel = None if owner is None else owner.engine.channel(info.pv)
    last = 0 if channel is None else channel.metrics.last_ioc_time
    return {"lastEvent": str(last // NS_PER_SECOND)} if last else {}


def _span(info: PvTypeInfo) -> dict[str, str]:
    return {"pvName": info.pv, "paused": str(info.info["paused"]), "creationTS": str(info.created // NS_PER_SECOND)}


def _recently_added(state: ApplianceState, request: BplRequest) -> Response:
    infos = sorted(state.reachable, key=lambda info: -info.created)
    return _limited(request, infos, "creationTime", lambda info: info.created)


def _recently_modified(state: ApplianceState, request: BplRequest) -> Response:
    """List the PVs that were changed after they were added, the latest first."""
    changed = [info for info in state.reachable if info.modified > info.created]
    infos = sorted(changed, key=lambda info: -info.modified)
    return _limited(request, infos, "modificationTime", lambda info: info.modified)


def _limited(request: BplRequest, infos: list[PvTypeInfo], name: str, time: Callable[[PvTypeInfo], int]) -> Response:
    """Return the first rows of a report.

    Raises
    ------
    Refused
        With 500 if the limit is no number.
    """
    try:
        limit = int(request.parameters.get("limit", "-1")) % (1 << 31)
    except ValueError as damage:
        raise Refused(500, str(damage)) from None
    rows = [{"pvName": info.pv, "instance": info.identity, name: report_text(time(info))} for info in infos]
    return json_reply(rows[:limit])


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getPausedPVsReport": _paused_report,
    "getPausedPVsForThisAppliance": _paused_pvs,
    "getTimeSpanReport": _time_span_report,
    "getCreationReportForAppliance": _creation_report,
    "getRecentlyAddedPVs": _recently_added,
    "getRecentlyModifiedPVs": _recently_modified,
}
