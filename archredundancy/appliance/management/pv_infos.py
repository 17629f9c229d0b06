"""What is known of a PV."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.channel_names import without_protocol
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.instants import report_text
from archredundancy.appliance.management.channel_details import channel_status, live_details
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["CALLS"]


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


def _status(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply([_status_of(state, name) for name in request.pvs(state)])


def _status_of(state: ApplianceState, name: str) -> dict[str, str]:
    """Return a PV's status; only name and status if unknown, or while the engine follows (`GetPVStatusAction`).

    A field has that of the PV with which it is archived.
    """
    asked = without_protocol(name)
    info = state.configuration.type_info_of_channel(asked)
    if info is None:
        pv = state.configuration.aliases.get(asked, asked)
        is_sampled = any(member.requests.get(pv) for member in state.members.running)
        return {"pvName": name, "status": "Initial sampling" if is_sampled else "Not being archived"}
    owner = state.owner(info)
    channel = None if owner is None else owner.engine.channel(info.pv)
    if not info.paused and channel is None:
        is_down = owner is None or not owner.engine.is_running
        return {"pvName": name, "status": "Appliance Down" if is_down else "Appliance assigned"}
    found = {"appliance": info.identity, "pvName": name, "pvNameOnly": info.pv}
    if channel is None:
        return found | {"status": "Paused"}
    return found | channel_status(channel)


def _type_info(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(request.known_pv(state, 404).info)


def _stores(state: ApplianceState, request: BplRequest) -> Response:
    info = request.known_pv(state, 404)
    return json_reply({url.name: url.text for url in info.stores})


def _details(state: ApplianceState, request: BplRequest) -> Response:
    info = state.configuration.type_info(request.parameters.get("pv", ""))
    if info is None:
        raise Refused(404, f"Cannot find the appliance archiving {request.parameters.get('pv', '')}")
    owner = state.owner(info)
    rows = [*_mgmt_details(info), *(live_details(owner, info) if owner is not None else ())]
    return json_reply([{"name": name, "value": value, "source": source} for source, name, value in rows])


def _mgmt_details(info: PvTypeInfo) -> list[tuple[str, str, str | None]]:
    extra, keys = info.info["extraFields"], info.info
    rows: dict[str, str | None] = {
        "PV Name": info.pv,
        "Instance archiving PV": info.identity,
        "Archival params creation time:": report_text(info.created),
        "Archival params modification time:": report_text(info.modified),
        "Archiver DBR type (from typeinfo):": keys["DBRType"],
        "Is this a scalar:": "Yes" if keys["scalar"] == "true" else "No",
        "Number of elements:": keys["elementCount"],
        "Precision:": keys["precision"],
        "Units:": keys.get("units"),
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
    return [("mgmt", name, value) for name, value in rows.items()]


def _extra(field: str, text: str) -> str:
    number = text.removesuffix(".0")
    return _SCANS[int(number)] if field == "SCAN" and number.isdecimal() and int(number) < len(_SCANS) else text


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getPVStatus": _status,
    "getPVTypeInfo": _type_info,
    "getPVDetails": _details,
    "getStoresForPV": _stores,
}
