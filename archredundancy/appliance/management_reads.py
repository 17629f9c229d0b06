"""Calls of the management that only read (`appliance.md` E)."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.instants import report_text
from archredundancy.appliance.java_text import json_text
from archredundancy.appliance.names import matching
from archredundancy.appliance.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import VERSION, ApplianceState
from archredundancy.appliance.typeinfo import PvTypeInfo
from archredundancy.model import NS_PER_SECOND

__all__ = ["READING_CALLS"]

_COMPONENTS = ("etl", "mgmt", "retrieval", "engine")
# Menu of a record's SCAN field, which type infos hold by number.
_SCANS = (
    "Passive",
    "Event",
    "I/O Intr",
    "10 second",
    "5 second",
    "2 second",
    "1 second",
    ".5 second",
    ".2 second",
    ".1 second",
)


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


def _all_pvs(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(_search(state.configuration.names, request))


def _pvs_of_appliance(state: ApplianceState, request: BplRequest) -> Response:
    if "pv" not in request.parameters and "regex" not in request.parameters:
        raise Refused(500, 'Cannot invoke "String.split(String)" because "<parameter1>" is null')
    return json_reply(_search(state.configuration.names, request))


def _search(names: list[str], request: BplRequest) -> list[str]:
    parameters = request.parameters
    try:
        return matching(names, parameters.get("pv"), parameters.get("regex"), parameters.get("limit", "500"))
    except (ValueError, re.error) as damage:
        raise Refused(500, str(damage)) from None


def _own_pvs(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply(state.configuration.pvs)


def _expanded_names(state: ApplianceState, _request: BplRequest) -> Response:
    names = [text for name in state.configuration.names for text in (name, f"{name}.VAL")]
    return json_reply(["EPICS:Archiver:Appliance", *names])


def _status(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply([_status_of(state, name) for name in request.pvs(state)])


def _status_of(state: ApplianceState, name: str) -> dict[str, str]:
    """Return a PV's status; only name and status if unknown, or while the engine follows (`GetPVStatusAction`)."""
    info = state.configuration.type_info(name)
    if info is None:
        return {"pvName": name, "status": "Not being archived"}
    archiving = state.engine.is_archiving(info.pv)
    if not info.paused and not archiving:
        return {"pvName": name, "status": "Appliance assigned"}
    found = {"appliance": state.identity, "pvName": name, "pvNameOnly": info.pv}
    if info.paused and not archiving:
        return found | {"status": "Paused"}
    return found | {
        "lastRotateLogs": "Never",
        "connectionState": "false",
        "lastEvent": "Never",
        "samplingPeriod": str(info.info["samplingPeriod"]),
        "isMonitored": "true" if info.info["samplingMethod"] == "MONITOR" else "false",
        "connectionLastRestablished": "Never",
        "connectionFirstEstablished": "Never",
        "connectionLossRegainCount": "0",
        "status": "Being archived",
    }


def _type_info(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(request.known_pv(state, 404).info)


def _stores(state: ApplianceState, request: BplRequest) -> Response:
    info = request.known_pv(state, 404)
    return json_reply({url.name: url.text for url in info.stores})


def _details(state: ApplianceState, request: BplRequest) -> Response:
    info = state.configuration.type_info(request.parameters.get("pv", ""))
    if info is None:
        raise Refused(404, f"Cannot find the appliance archiving {request.parameters.get('pv', '')}")
    rows = [*_mgmt_details(state, info), *_engine_details(state, info)]
    return json_reply([{"name": name, "value": value, "source": source} for source, name, value in rows])


def _mgmt_details(state: ApplianceState, info: PvTypeInfo) -> list[tuple[str, str, str]]:
    extra, keys = info.info["extraFields"], info.info
    rows = {
        "PV Name": info.pv,
        "Instance archiving PV": state.identity,
        "Archival params creation time:": report_text(info.created),
        "Archival params modification time:": report_text(info.modified),
        "Archiver DBR type (from typeinfo):": keys["DBRType"],
        "Is this a scalar:": "Yes" if keys["scalar"] == "true" else "No",
        "Number of elements:": keys["elementCount"],
        "Precision:": keys["precision"],
        "Units:": keys["units"],
        "Is this PV paused:": "Yes" if info.paused else "No",
        "Sampling method:": keys["samplingMethod"],
        "Sampling period:": keys["samplingPeriod"],
        "Are we using PVAccess?": "Yes" if keys["usePVAccess"] == "true" else "No",
    }
    rows |= {
        f"Extra info - {field}:": _extra(field, extra[field])
        for field in ("MDEL", "ADEL", "SCAN", "RTYP")
        if field in extra
    }
    if keys["archiveFields"]:
        rows["Archive Fields"] = ",".join(keys["archiveFields"])
    return [("mgmt", name, str(value)) for name, value in rows.items()]


def _extra(field: str, text: str) -> str:
    number = text.removesuffix(".0")
    return _SCANS[int(number)] if field == "SCAN" and number.isdecimal() and int(number) < len(_SCANS) else text


def _engine_details(state: ApplianceState, info: PvTypeInfo) -> list[tuple[str, str, str]]:
    """Return the engine's rows for a PV it archives; the counters of lost events are what clients look for."""
    archiving = state.engine.is_archiving(info.pv)
    lost = (
        "the timestamp is in the far future or past",
        "the sample buffer is full",
        "the DBR_Type of the PV has changed from what it used to be",
    )
    rows = [
        ("pv", "Is engine currently archiving this?", "yes"),
        ("pv", "Is this PV currently connected?", "no"),
        *(("pv", f"How many events lost because {why} so far?", "0") for why in lost),
        ("pv", "How many events lost totally so far?", "0"),
    ]
    return [*(rows if archiving else []), ("pv", "Open channels", "0")]


def _paused_report(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply(
        [
            {"pvName": info.pv, "instance": state.identity, "modificationTime": report_text(info.modified)}
            for info in _infos(state)
            if info.paused
        ]
    )


def _paused_pvs(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([info.pv for info in _infos(state) if info.paused])


def _infos(state: ApplianceState) -> list[PvTypeInfo]:
    found = (state.configuration.type_info(pv) for pv in state.configuration.pvs)
    return [info for info in found if info is not None]


def _export(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([info.info for info in _infos(state)])


def _creation_report(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([_span(info) for info in _infos(state)])


def _time_span_report(state: ApplianceState, request: BplRequest) -> Response:
    wanted = _search(state.configuration.pvs, request)
    return json_reply({info.pv: _span(info) for info in _infos(state) if info.pv in wanted})


def _span(info: PvTypeInfo) -> dict[str, str]:
    return {"pvName": info.pv, "paused": str(info.info["paused"]), "creationTS": str(info.created // NS_PER_SECOND)}


def _recently_added(state: ApplianceState, request: BplRequest) -> Response:
    infos = sorted(_infos(state), key=lambda info: -info.created)[
        : int(request.parameters.get("limit", "-1")) % (1 << 31)
    ]
    return json_reply(
        [{"pvName": info.pv, "instance": state.identity, "creationTime": report_text(info.created)} for info in infos]
    )


def _aliases(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([{"aliasName": name, "srcPVName": pv} for name, pv in state.configuration.aliases.items()])


def _flag(state: ApplianceState, request: BplRequest) -> Response:
    name = request.needed("name", 400)
    return json_reply({name: state.configuration.flags.get(name, False)})


def _flags(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply(state.configuration.flags)


def _archived(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply([name for name in request.posted() if state.configuration.type_info(name)])


def _unarchived(state: ApplianceState, request: BplRequest) -> Response:
    """List names that are not archived, without quotes: the real reply is not JSON either."""
    names = [name for name in request.posted() if not state.configuration.type_info(name)]
    return text_reply("[" + ",".join(names) + "]", "application/json")


def _not_in_list(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(sorted(set(state.configuration.pvs) - set(request.posted())))


def _properties(_state: ApplianceState, _request: BplRequest) -> Response:
    return text_reply(json_text({"minimum_sampling_period": "0.1"}) + "\n", "application/json")


def _nothing(_state: ApplianceState, _request: BplRequest) -> Response:
    """Answer with an empty list: what the report says of an appliance whose engine samples nothing."""
    return json_reply([])


_EMPTY_REPORTS = (
    "getExternalArchiverServers", "getCurrentlyDisconnectedPVs", "getLostConnectionsReport", "getSilentPVsReport",
    "getNeverConnectedPVs", "getRecentlyModifiedPVs", "getPVsByDroppedEventsTimestamp", "getPVsByDroppedEventsBuffer",
    "getPVsByDroppedEventsTypeChange", "getSlowChangingPVsWithDroppedEvents", "getArchivedWaveforms",
    "getStorageRateReport", "getEventRateReport", "getStorageMetricsForAppliance", "getPVsByStorageConsumed",
)  # fmt: skip

#: Calls by name; each takes the appliance and the request.
READING_CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getVersions": _versions,
    "getApplianceInfo": _appliance_info,
    "getAppliancesInCluster": _appliances,
    "getApplianceProperties": _properties,
    "getAllPVs": _all_pvs,
    "getAllExpandedPVNames": _expanded_names,
    "getMatchingPVsForThisAppliance": _pvs_of_appliance,
    "getPVsForThisAppliance": _own_pvs,
    "getTypeInfoKeys": _own_pvs,
    "getPVStatus": _status,
    "getPVTypeInfo": _type_info,
    "getPVDetails": _details,
    "getStoresForPV": _stores,
    "getPausedPVsReport": _paused_report,
    "getPausedPVsForThisAppliance": _paused_pvs,
    "getTimeSpanReport": _time_span_report,
    "getCreationReportForAppliance": _creation_report,
    "getRecentlyAddedPVs": _recently_added,
    "getAllAliases": _aliases,
    "getNamedFlag": _flag,
    "getAllNamedFlags": _flags,
    "exportConfig": _export,
    "archivedPVs": _archived,
    "unarchivedPVs": _unarchived,
    "archivedPVsNotInList": _not_in_list,
    **dict.fromkeys(_EMPTY_REPORTS, _nothing),
}
