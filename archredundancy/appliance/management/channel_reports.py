"""Reports over the channels of all engines of the cluster (`engine.bpl.reports`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.engine.channel import Channel
from archredundancy.appliance.engine.metrics import Metrics
from archredundancy.appliance.java.instants import report_text
from archredundancy.appliance.java.text import double_text
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.model import NS_PER_SECOND

__all__ = ["CALLS"]

_Row = dict[str, str]
_KIB = 1024


def _disconnected(state: ApplianceState, _request: BplRequest) -> Response:
    """List PVs without connection; one that was never connected counts from the start of the engine."""
    return json_reply(
        [
            {
                "pvName": channel.pv,
                "instance": member.identity,
                "lastKnownEvent": _moment(channel.metrics.last_event),
                "connectionLostAt": _moment(since),
                "noConnectionAsOfEpochSecs": str(since),
                "hostName": channel.host or "N/A",
                "commandThreadID": "0",
            }
            for member, channel in _channels(state)
            if not channel.is_connected
            for since in [channel.lost or member.engine.started // NS_PER_SECOND]
        ]
    )


def _lost_connections(state: ApplianceState, request: BplRequest) -> Response:
    channels = sorted(_channels(state), key=lambda found: -found[1].metrics.regained)
    return _limited(
        request,
        (
            {
                "pvName": channel.pv,
                "instance": member.identity,
                "lostConnections": str(channel.metrics.regained),
                "currentlyConnected": "Yes" if channel.is_connected else "No",
            }
            for member, channel in channels
        ),
    )


def _silent(state: ApplianceState, request: BplRequest) -> Response:
    """List all PVs, those that were silent for longest first."""
    channels = sorted(_channels(state), key=lambda found: found[1].metrics.last_event)
    return _limited(
        request,
        (
            {
                "pvName": channel.pv,
                "instance": member.identity,
                "lastKnownEvent": _moment(channel.metrics.last_event),
            }
            for member, channel in channels
        ),
    )


def _dropped(count: Callable[[Metrics], int]) -> Callable[[ApplianceState, BplRequest], Response]:
    """Return a report of PVs that lost samples for one reason."""

    def report(state: ApplianceState, request: BplRequest) -> Response:
        dropped = [(count(channel.metrics), channel.pv) for _, channel in _channels(state)]
        rows = sorted((-number, pv) for number, pv in dropped if number)
        return _limited(request, ({"pvName": pv, "eventsDropped": str(-number)} for number, pv in rows))

    return report


def _slow_with_dropped(state: ApplianceState, request: BplRequest) -> Response:
    """List PVs that lost more samples for their stamps than were archived since they connected."""
    found = [channel for _, channel in _channels(state) if channel.metrics.wrong_time > channel.metrics.events]
    found.sort(key=lambda channel: (-channel.metrics.wrong_time, channel.pv))
    return _limited(
        request,
        (
            {
                "pvName": channel.pv,
                "eventsDropped": str(channel.metrics.wrong_time),
                "totalEvents": str(channel.metrics.events),
            }
            for channel in found
        ),
    )


def _event_rates(state: ApplianceState, request: BplRequest) -> Response:
    now = state.clock() // NS_PER_SECOND
    rates = sorted(((-channel.metrics.event_rate(now), channel.pv) for _, channel in _channels(state)))
    return _limited(request, ({"pvName": pv, "eventRate": double_text(-rate)} for rate, pv in rates))


def _storage_rates(state: ApplianceState, request: BplRequest) -> Response:
    now = state.clock() // NS_PER_SECOND
    rates = sorted(((-channel.metrics.storage_rate(now), channel.pv) for _, channel in _channels(state)))
    return _limited(
        request,
        (
            {
                "pvName": pv,
                "storageRate_MBperDay": double_text(-rate * 86400 / _KIB**2),
                "storageRate_KBperHour": double_text(-rate * 3600 / _KIB),
                "storageRate_GBperYear": double_text(-rate * 86400 * 365 / _KIB**3),
            }
            for rate, pv in rates
        ),
    )


def _waveforms(state: ApplianceState, _request: BplRequest) -> Response:
    """List PVs whose samples are arrays."""
    return json_reply(
        [
            {
                "pvName": channel.pv,
                "elementCount": str(channel.metrics.element_count),
                "samplingPeriod": str(channel.period),
            }
            for _, channel in _channels(state)
            if channel.dbr_type.is_waveform
        ]
    )


def _channels(state: ApplianceState) -> list[tuple[ApplianceState, Channel]]:
    return [(member, channel) for member in state.members.running for channel in member.engine.channels]


def _limited(request: BplRequest, rows: Iterable[_Row]) -> Response:
    """Return the first rows, as many as `limit` says.

    Raises
    ------
    Refused
        With 500 if that is no number.
    """
    limit = request.parameters.get("limit")
    try:
        return json_reply(list(rows)[: None if limit is None else max(0, int(limit))])
    except ValueError:
        raise Refused(500, f'For input string: "{limit}"') from None


def _moment(seconds: int) -> str:
    return report_text(seconds * NS_PER_SECOND)


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "getCurrentlyDisconnectedPVs": _disconnected,
    "getLostConnectionsReport": _lost_connections,
    "getSilentPVsReport": _silent,
    "getPVsByDroppedEventsTimestamp": _dropped(lambda metrics: metrics.wrong_time),
    "getPVsByDroppedEventsBuffer": _dropped(lambda metrics: metrics.buffer_full),
    "getPVsByDroppedEventsTypeChange": _dropped(lambda metrics: metrics.other_type),
    "getSlowChangingPVsWithDroppedEvents": _slow_with_dropped,
    "getEventRateReport": _event_rates,
    "getStorageRateReport": _storage_rates,
    "getArchivedWaveforms": _waveforms,
}
