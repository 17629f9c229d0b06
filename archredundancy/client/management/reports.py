"""Calls of the management interface that report on many PVs, or on how an appliance is doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from archredundancy.client.management.bpl_client import BplClient, limited
from archredundancy.client.management.capacity_replies import ApplianceMetrics, PVRate, StorageConsumed, StoreRoom
from archredundancy.client.management.report_replies import (
    ChangedPV,
    DisconnectedPV,
    DroppedEvents,
    LostConnections,
    PendingPV,
    SilentPV,
    TimeSpan,
)
from archredundancy.errors import InputError

__all__ = ["DropReason", "ReportCalls"]

#: Why the engine drops a sample: its stamp goes back or lies far off, the buffer is full, its type is another one.
DropReason = Literal["timestamp", "buffer", "type-change"]

_DROPPED = {
    "timestamp": "getPVsByDroppedEventsTimestamp",
    "buffer": "getPVsByDroppedEventsBuffer",
    "type-change": "getPVsByDroppedEventsTypeChange",
}


class ReportCalls(BplClient):
    """The reports; errors are those of `ManagementClient`. What belongs to a member that is down is silently missing.

    Where a method takes `limit`, it is the most lines to return, each member's perhaps; as many as the server has or
    gives by itself where it is not given.
    """

    def disconnected_pvs(self) -> list[DisconnectedPV]:
        """Return the PVs whose channel is not connected now."""
        return self._many("getCurrentlyDisconnectedPVs", [], DisconnectedPV.from_reply)

    def lost_connections(self, limit: int | None = None) -> list[LostConnections]:
        """Return how often PVs lost their connection, most often first."""
        return self._many("getLostConnectionsReport", limited(limit), LostConnections.from_reply)

    def dropped_events(self, reason: DropReason, limit: int | None = None) -> list[DroppedEvents]:
        """Return the PVs of which the engine dropped samples for one reason, most first.

        Parameters
        ----------
        reason : {"timestamp", "buffer", "type-change"}
        limit : int, optional

        Raises
        ------
        InputError
            If there is no such reason.
        """
        if reason not in _DROPPED:
            raise InputError(f"reason={reason!r} is not known; allowed: {', '.join(get_args(DropReason))}")
        return self._many(_DROPPED[reason], limited(limit), DroppedEvents.from_reply)

    def slow_changing_with_dropped_events(self, limit: int | None = None) -> list[DroppedEvents]:
        """Return the PVs of which more samples were dropped for their stamps than archived, most first."""
        return self._many("getSlowChangingPVsWithDroppedEvents", limited(limit), DroppedEvents.from_reply)

    def never_connected_pvs(self) -> list[PendingPV]:
        """Return the PVs that were to be archived and have not been reached yet."""
        return self._many("getNeverConnectedPVs", [], PendingPV.from_reply)

    def silent_pvs(self, limit: int | None = None) -> list[SilentPV]:
        """Return when PVs last brought a sample, those that were silent for longest first."""
        return self._many("getSilentPVsReport", limited(limit), SilentPV.from_reply)

    def recently_added_pvs(self, limit: int | None = None) -> list[ChangedPV]:
        """Return the PVs that were added last, newest first."""
        return self._many("getRecentlyAddedPVs", limited(limit), ChangedPV.from_reply)

    def recently_modified_pvs(self, limit: int | None = None) -> list[ChangedPV]:
        """Return the PVs whose configuration changed last after they were added, newest first."""
        return self._many("getRecentlyModifiedPVs", limited(limit), ChangedPV.from_reply)

    def time_spans(self, regex: str = ".*") -> list[TimeSpan]:
        """Return from when to when PVs have samples, in order of their names.

        Parameters
        ----------
        regex : str
            Of Java, for whole names. A wide one is slow: each PV's first file is looked for.
        """
        spans = self._one("getTimeSpanReport", [("regex", regex)], "", _time_spans)
        return [spans[pv] for pv in sorted(spans)]

    def event_rates(self, limit: int | None = None) -> list[PVRate]:
        """Return how many samples a second PVs bring, fastest first."""
        return self._many("getEventRateReport", limited(limit), PVRate.of_events)

    def storage_rates(self, limit: int | None = None) -> list[PVRate]:
        """Return how many bytes a second PVs store, fastest first."""
        return self._many("getStorageRateReport", limited(limit), PVRate.of_storage)

    def storage_consumed(self, limit: int | None = None) -> list[StorageConsumed]:
        """Return the sizes of all files of PVs, largest first; slow, since each file is looked at."""
        return self._many("getPVsByStorageConsumed", limited(limit), StorageConsumed.from_reply)

    def appliance_metrics(self) -> list[ApplianceMetrics]:
        """Return how each member is doing (`getStorageMetrics`)."""
        return self._many("getStorageMetrics", [], ApplianceMetrics.from_reply)

    def mgmt_started(self) -> str:
        """Return when the mgmt that answers was started, in its own words: what changes with each start, and only then.

        Notes
        -----
        It is `MGMT_start` of `getProcessMetrics`, the start of its Java process.
        """
        return self._one("getProcessMetrics", [], "", lambda reply: str(reply.get("MGMT_start") or ""))

    def store_room(self, appliance: str) -> list[StoreRoom]:
        """Return the room that the stores of a member have, by its identity."""
        return self._many("getStorageMetricsForAppliance", [("appliance", appliance)], StoreRoom.from_reply)


def _time_spans(reply: Mapping[str, Any]) -> dict[str, TimeSpan]:
    return {str(pv): TimeSpan.from_reply(line) for pv, line in reply.items()}
