"""How much an appliance does: rates, room, and time spent (`ApplianceMetrics`, `StorageWithLifetime`)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.instants import report_text
from archredundancy.appliance.java.text import decimal_text, json_text
from archredundancy.appliance.management.channel_details import visits_text
from archredundancy.appliance.management.store_failures import with_stores
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.store import PvStore
from archredundancy.model import NS_PER_SECOND

__all__ = ["CALLS"]

_MEGABYTE = 1 << 20
_GIGABYTE = 1 << 30
_DAY = 86400


def _appliance_metrics(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([_metrics(member) | {"capacityUtilized": "N/A"} for member in state.members.running])


def _instance_metrics(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([_metrics(member) | {"MGMT_uptime": _uptime(member)} for member in state.members.running])


def _metrics(state: ApplianceState) -> dict[str, str]:
    """Return what the parts of one appliance tell; the engine's writer counts nothing here."""
    return {
        "instance": state.identity,
        "status": "Working",
        **_engine_metrics(state),
        **_etl_metrics(state),
        **visits_text(state.visits.all()),
    }


def _engine_metrics(state: ApplianceState) -> dict[str, str]:
    channels, now = state.engine.channels, state.clock() // NS_PER_SECOND
    connected = sum(channel.is_connected for channel in channels)
    data = sum(channel.metrics.storage_rate(now) for channel in channels)
    return {
        "pvCount": str(len(channels)),
        "connectedPVCount": str(connected),
        "disconnectedPVCount": str(len(channels) - connected),
        "eventRate": decimal_text(sum(channel.metrics.event_rate(now) for channel in channels)),
        "dataRate": decimal_text(data),
        "dataRateGBPerDay": decimal_text(data * _DAY / _GIGABYTE),
        "dataRateGBPerYear": decimal_text(data * _DAY * 365 / _GIGABYTE),
        "avgChannelsWrittenPerCycle": "0",
        "formattedWriteThreadSeconds": "0",
        "secondsConsumedByWriter": "0.0",
        "skippedWriteCycles": "0",
        "totalChannelIOSeconds": "0.0",
    }


def _etl_metrics(state: ApplianceState) -> dict[str, str]:
    into = state.etl.into_stores()
    lived = max((state.clock() - state.engine.started) / NS_PER_SECOND, 1.0)
    busiest = max((done.seconds for done in into.values()), default=0.0)
    found = {"maxETLPercentage": decimal_text(busiest * 100 / lived)}
    for name, done in into.items():
        found[f"totalETLRuns({name})"] = str(done.runs)
        found[f"timeForOverallETLInSeconds({name})"] = str(int(done.seconds))
    return found


def _uptime(state: ApplianceState) -> str:
    """Return how long the appliance has been running, as `1h 2m 3.5s`."""
    minutes, seconds = divmod((state.clock() - state.engine.started) / NS_PER_SECOND, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{f'{hours}h ' if hours else ''}{f'{minutes}m ' if hours or minutes else ''}{round(seconds, 3)}s"


def _process_metrics(state: ApplianceState, _request: BplRequest) -> Response:
    """Tell of the parts' processes; all of them are one here, of which nothing is measured."""
    started, now = state.engine.started, state.clock()
    found: dict[str, object] = {}
    for part in ("MGMT", "ENGINE", "ETL", "RETRIEVAL"):
        found[f"{part}_start"] = report_text(started)
        found[f"{part}_uptime"] = int(timedelta(microseconds=(now - started) // 1000).total_seconds())
        sample = {"timeInEpochSeconds": str(now // NS_PER_SECOND), "systemLoadAverage": "0.0", "heapUsedPercent": "0.0"}
        found[f"{part}_metrics"] = [sample]
    return text_reply(json_text(found), "application/json")


def _storage_metrics(state: ApplianceState, request: BplRequest) -> Response:
    """Tell of the stores that ETL works on: their room, and how long it takes to fill them.

    Raises
    ------
    Refused
        With 500 if there is no such appliance.
    """
    member = state.members.state(request.parameters.get("appliance", ""))
    if member is None:
        raise Refused(500, "java.lang.NullPointerException: there is no such appliance")
    into = member.etl.into_stores()
    roots = {store.name: store for info in member.etl.pvs() for store in _stores(member, info)}
    # A PV that came meanwhile is in the next answer.
    rows = [_room(roots[name]) | _effort(done.runs, done.seconds) for name, done in into.items() if name in roots]
    return json_reply(rows)


def _room(store: PvStore) -> dict[str, str]:
    usage = shutil.disk_usage(next(path for path in (store.root, *store.root.parents) if path.exists()))
    return {
        "name": store.name,
        "total_space": decimal_text(usage.total / _GIGABYTE),
        "available_space": decimal_text(usage.free / _GIGABYTE),
        "available_space_percent": decimal_text(usage.free * 100 / usage.total),
    }


def _effort(runs: int, seconds: float) -> dict[str, str]:
    """Return what a run took, also in percent of a year; before the first one that is no number."""
    average = seconds / runs if runs else float("nan")
    return {
        "time_copy_data_into_store": decimal_text(average),
        "time_copy_data_into_store_percent": decimal_text(average / (366 * _DAY)),
    }


def _by_storage_consumed(state: ApplianceState, request: BplRequest) -> Response:
    """List PVs that have ETL by the size of all their files, each member's up to a limit.

    Raises
    ------
    Refused
        With 500 if the limit is no number.
    """
    try:
        limit = int(request.parameters.get("limit") or "100")
    except ValueError as damage:
        raise Refused(500, f"java.lang.NumberFormatException: {damage}") from None
    return json_reply([row for member in state.members.running for row in _largest(member)[:limit]])


def _largest(state: ApplianceState) -> list[dict[str, str]]:
    sizes = {info.pv: sum(map(_size, _stores(state, info))) for info in state.etl.pvs()}
    return [
        {
            "pvName": pv,
            "instance": state.identity,
            "storageConsumed": str(size),
            "storageConsumedInMB": decimal_text(size / _MEGABYTE),
        }
        for pv, size in sorted(sizes.items(), key=lambda item: -item[1])
    ]


def _size(store: PvStore) -> int:
    return sum(path.stat().st_size for path in store.paths(""))


def _stores(state: ApplianceState, info: PvTypeInfo) -> list[PvStore]:
    return [store for store in state.storage.stores(info) if store is not None]


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getStorageMetrics": _appliance_metrics,
    "getApplianceMetrics": _appliance_metrics,
    "getInstanceMetrics": _instance_metrics,
    "getProcessMetrics": _process_metrics,
    "getStorageMetricsForAppliance": with_stores(_storage_metrics),
    "getPVsByStorageConsumed": with_stores(_by_storage_consumed),
}
