"""What is said of one PV's channel in the engine, and of its ETL (`EngineChannelStatus`, `PVMetrics`, `PVDetails`)."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.channel import Channel
from archredundancy.appliance.etl.schedule import due_runs, next_start, periods
from archredundancy.appliance.java.instants import report_text
from archredundancy.appliance.java.text import decimal_text, float_text
from archredundancy.appliance.server.visits import VisitsOfPv
from archredundancy.appliance.state import ApplianceState
from archredundancy.model import NS_PER_SECOND

__all__ = ["channel_status", "live_details", "visits_text"]

_AHEAD = 9 * 3600 * NS_PER_SECOND
_KIB = 1024
_HOUR, _DAY, _YEAR = 3600, 86400, 86400 * 365


def channel_status(channel: Channel) -> dict[str, str]:
    """Return the rows of `getPVStatus` that come from the engine; `lastRotateLogs` is never filled in."""
    metrics = channel.metrics
    return {
        "lastRotateLogs": "Never",
        "connectionState": _truth(channel.is_connected),
        "lastEvent": _moment(metrics.last_event),
        "samplingPeriod": float_text(channel.period),
        "isMonitored": _truth(channel.is_monitored),
        "connectionLastRestablished": _moment(metrics.last_reconnected),
        "connectionFirstEstablished": _moment(metrics.first_connected),
        "connectionLossRegainCount": str(metrics.regained),
        "status": "Being archived",
    }


def live_details(owner: ApplianceState, info: PvTypeInfo) -> list[tuple[str, str, str]]:
    """Return source, name and value of the rows of `getPVDetails` that come from engine, retrieval and ETL."""
    channel = owner.engine.channel(info.pv)
    if channel is None:
        return [("pv", "Open channels", "0"), *_retrieval(owner, info)]
    now = owner.clock() // NS_PER_SECOND
    return [
        *(("pv", name, value) for name, value in _metrics(channel, now)),
        *(("CA", name, value) for name, value in _connection(channel)),
        *_engine(channel, now),
        *_retrieval(owner, info),
        *(("ETL", name, value) for name, value in _etl(owner, info)),
    ]


def _metrics(channel: Channel, now: int) -> Iterator[tuple[str, str]]:
    metrics, seen = channel.metrics, channel.metrics.seen_type or channel.dbr_type
    yield "Channel Name", channel.pv
    yield "Host name", channel.host
    yield "Controlling PV", ""
    yield "Is engine currently archiving this?", "yes"
    yield "Archiver DBR type (initial)", f"DBR_{channel.dbr_type.name}"
    yield "Archiver DBR type (from CA)", f"DBR_{seen.name}"
    yield "Number of elements per event (from CA)", str(metrics.element_count)
    yield "Is engine using monitors?", _yes(channel.is_monitored)
    yield "What's the engine's sampling period?", float_text(channel.period)
    yield "The SCAN period (ms) after applying the jitter factor", "0"
    yield "Is this PV currently connected?", _yes(channel.is_connected)
    yield "Connection state at last connection changed event", _state(channel)
    yield "When did we receive the last event?", _moment(metrics.last_event)
    yield "What did we last push the data to the short term store?", _moment(metrics.last_push)
    yield (
        "When did we request CA to make a connection to this PV?",
        _moment(metrics.made if channel.is_asked_for else 0),
    )
    yield "When did we first establish a connection to this PV?", _moment(metrics.first_connected)
    yield "When did we last lose and reestablish a connection to this PV?", _moment(metrics.last_reconnected)
    yield "When did we last lose a connection to this PV?", _moment(channel.lost)
    yield "How many times have we lost and regained the connection to this PV?", str(metrics.regained)
    yield "How many events so far?", str(metrics.events)
    yield "How many raw scan events so far?", "0"
    yield from _losses(channel)
    yield from _rates(channel, now)


def _losses(channel: Channel) -> Iterator[tuple[str, str]]:
    metrics = channel.metrics
    stamp = report_text(metrics.last_ioc_time) if metrics.last_ioc_time else "N/A"
    yield (
        "How many events lost because the timestamp is in the far future or past so far?",
        str(metrics.wrong_time),
    )
    yield "Instant of last event from the IOC - correct or not.", stamp
    yield "How many events lost because the sample buffer is full so far?", str(metrics.buffer_full)
    yield (
        "How many events lost because the DBR_Type of the PV has changed from what it used to be?",
        str(metrics.other_type),
    )
    yield "How many events lost totally so far?", str(metrics.lost)


def _rates(channel: Channel, now: int) -> Iterator[tuple[str, str]]:
    metrics = channel.metrics
    if metrics.events and metrics.bytes:
        yield "Average bytes per event", decimal_text(metrics.bytes / metrics.events)
    events, size = metrics.event_rate(now), metrics.storage_rate(now)
    yield "Estimated event rate (events/sec)", _estimate(events)
    yield "Estimated storage rate (KB/hour)", _estimate(size * _HOUR / _KIB)
    yield "Estimated storage rate (MB/day)", _estimate(size * _DAY / _KIB**2)
    yield "Estimated storage rate (GB/year)", _estimate(size * _YEAR / _KIB**3)


def _connection(channel: Channel) -> Iterator[tuple[str, str]]:
    """Yield what the client library of Channel Access says; what only a real one knows is made up."""
    yield "PV connection state machine state", _state(channel)
    yield "Last monitor received at", _moment(channel.metrics.last_event)
    latest = channel.latest  # a loss of the connection forgets it meanwhile
    yield "Last monitor had a valid DBR?", _truth(latest is not None)
    if latest is not None:
        yield "Last monitor event timestamp", report_text(latest.time)
    yield "Various transient errors", "0"
    yield "Do we have a CA channel?", _truth(channel.is_asked_for)
    yield "Do we have a subscription?", _truth(channel.is_connected)
    if channel.is_asked_for:
        yield from _client_library(channel)
    yield "Daily metadata last saved at", _moment(channel.fields.saved)
    yield "Do we use DBE_Properties?", "false"
    yield "Do we have a DBE Properties subscription?", "false"
    yield "The internal connected bool", _truth(channel.is_connected)
    yield "The internal running bool", "true"
    yield "Do we have a valid DBR Type constructor", "true"
    yield "The CAJ command thread id", "0"
    yield "Any other PV's being controlled?", "false"
    yield "Has metafields?", "true"
    yield "Hostname of PV from CA", channel.host or "N/A"


def _client_library(channel: Channel) -> Iterator[tuple[str, str]]:
    known = bool(channel.metrics.first_connected)
    yield "CAJ Searches", "1"
    yield "CAJ channel ID (CID)", "1"
    yield "CAJ server channel ID (SID)", "1" if known else "-1"
    if channel.is_connected:
        yield "CAJ subscription ID", "1"
    yield (
        "CAJ connection state",
        "CONNECTED" if channel.is_connected else "DISCONNECTED" if known else "NEVER_CONNECTED",
    )


def _engine(channel: Channel, now: int) -> Iterator[tuple[str, str, str]]:
    yield "pv", "Open channels", channel.pv if channel.is_asked_for else "0"
    if channel.is_asked_for:
        yield "engine", "Command thread id", "0"
        yield "engine", "Current command queue size", "0"
        yield "engine", "Max command queue size", "0"
    yield "pv", "Channels for the extra fields", str(channel.fields.count)
    connected = channel.fields.count if channel.fields.is_connected else 0
    yield "pv", "Connected channels for the extra fields", str(connected)
    yield "pv", "Sample buffer capacity", str(channel.buffer.capacity)
    elapsed = now - channel.metrics.made if channel.needs_first else -1
    yield "pv", "Time elapsed since search request (s)", str(elapsed)


def _retrieval(owner: ApplianceState, info: PvTypeInfo) -> list[tuple[str, str, str]]:
    return [("RETRIEVAL", name, value) for name, value in visits_text(owner.visits.of(info.pv)).items()]


def visits_text(visits: VisitsOfPv) -> dict[str, str]:
    """Return what retrieval counts, as details and metrics name it."""
    return {
        "Number of Retrieval Requests": str(visits.count),
        "Time of last Retrieval Request": report_text(visits.last),
        "Number of unique users": str(len(visits.users)),
    }


def _etl(owner: ApplianceState, info: PvTypeInfo) -> Iterator[tuple[str, str]]:
    sources = [url for url in info.stores[:-1] if url.scheme != "blackhole"]
    if not sources:
        return
    now = owner.clock()
    run = next(due_runs(sources, now, now + _AHEAD), None)
    yield "Name (from ETL)", info.pv
    yield "ETL Stages will be triggered at", report_text(run.at if run else None)
    for number, period in enumerate(periods(sources)):
        source, destination = info.stores[number], info.stores[number + 1]
        stage = f"ETL {number}"
        yield f"<b>{stage}</b>", f"<b>{source.name} &raquo; {destination.name}</b>"
        yield f"{stage} partition granularity of source", source.granularity.value if source.granularity else ""
        yield (
            f"{stage} partition granularity of dest",
            destination.granularity.value if destination.granularity else "PARTITION_YEAR",
        )
        yield f"{stage} delay between jobs (s)", str(period // NS_PER_SECOND)
        yield f"{stage} next job runs at", report_text(next_start(period, now))
        yield f"{stage} number of times we performed ETL", str(owner.etl.runs(info.pv, number) or "None so far")


def _state(channel: Channel) -> str:
    if channel.is_connected:
        return "GotMonitor"
    if not channel.is_asked_for:
        return "Idle"
    return "Disconnected" if channel.metrics.first_connected else "Connecting"


def _moment(seconds: int) -> str:
    return report_text(seconds * NS_PER_SECOND)


def _estimate(value: float) -> str:
    return decimal_text(value) if value > 0 else "Not enough info"


def _truth(value: object) -> str:
    return "true" if value else "false"


def _yes(value: object) -> str:
    return "yes" if value else "no"
