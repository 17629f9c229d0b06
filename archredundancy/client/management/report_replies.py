"""Lines of the reports of the management interface, as dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from archredundancy.client.management.reply_line import Readers, ReplyLine
from archredundancy.client.management.reply_values import flag_in, line_of, needed_in, number_in, text_in, whole_in
from archredundancy.client.management.server_times import moment_in, server_time_in

__all__ = [
    "ApplianceMetrics",
    "ChangedPV",
    "DisconnectedPV",
    "DroppedEvents",
    "LostConnections",
    "PVRate",
    "PendingPV",
    "SilentPV",
    "StorageConsumed",
    "StoreRoom",
    "TimeSpan",
]


def _changed_in(reply: Mapping[str, Any], _name: str) -> int | None:
    return server_time_in(reply, "modificationTime" if reply.get("modificationTime") else "creationTime")


@dataclass(frozen=True, kw_only=True)
class DisconnectedPV(ReplyLine):
    """A PV whose channel is not connected now (`getCurrentlyDisconnectedPVs`).

    Attributes
    ----------
    pv, appliance : str
    last_event : int or None, ns since 1970 UTC
        Time of the server at the last sample, to the second; None for never.
    lost : int or None, ns since 1970 UTC
        When the connection was lost, to the second; the start of the engine, if it never was there.
    host : str
        Where the channel was served; `N/A` if nowhere.
    """

    pv: str
    appliance: str
    last_event: int | None
    lost: int | None
    host: str

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "appliance": (text_in, "instance"),
        "last_event": (server_time_in, "lastKnownEvent"),
        "lost": (moment_in, "noConnectionAsOfEpochSecs"),
        "host": (text_in, "hostName"),
    }


@dataclass(frozen=True, kw_only=True)
class LostConnections(ReplyLine):
    """How often a PV lost its connection since the engine started (`getLostConnectionsReport`).

    Attributes
    ----------
    pv, appliance : str
    count : int or None
    connected : bool or None
        Whether it is connected now.
    """

    pv: str
    appliance: str
    count: int | None
    connected: bool | None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "appliance": (text_in, "instance"),
        "count": (whole_in, "lostConnections"),
        "connected": (flag_in, "currentlyConnected"),
    }


@dataclass(frozen=True, kw_only=True)
class DroppedEvents(ReplyLine):
    """How many samples of a PV the engine dropped since it started (`getPVsByDroppedEvents...`).

    Attributes
    ----------
    pv : str
    dropped : int or None
    archived : int or None
        Samples that were not dropped; told only by `slow_changing_with_dropped_events`.
    """

    pv: str
    dropped: int | None
    archived: int | None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "dropped": (whole_in, "eventsDropped"),
        "archived": (whole_in, "totalEvents"),
    }


@dataclass(frozen=True, kw_only=True)
class PendingPV(ReplyLine):
    """A PV that was to be archived and has not been reached yet (`getNeverConnectedPVs`).

    Attributes
    ----------
    pv, appliance : str
    state : str
        Where its workflow stands, such as `METAINFO_REQUESTED`.
    submitted : int or None, ns since 1970 UTC
        When the workflow began, to the second.
    """

    pv: str
    appliance: str
    state: str
    submitted: int | None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "appliance": (text_in, "appliance"),
        "state": (text_in, "currentState"),
        "submitted": (server_time_in, "startOfWorkflow"),
    }


@dataclass(frozen=True, kw_only=True)
class SilentPV(ReplyLine):
    """When a PV last brought a sample (`getSilentPVsReport`).

    Attributes
    ----------
    pv, appliance : str
    last_event : int or None, ns since 1970 UTC
        Time of the server, to the second; None for never.
    """

    pv: str
    appliance: str
    last_event: int | None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "appliance": (text_in, "instance"),
        "last_event": (server_time_in, "lastKnownEvent"),
    }


@dataclass(frozen=True, kw_only=True)
class ChangedPV(ReplyLine):
    """When the configuration of a PV came or changed (`getRecentlyAddedPVs`, `getRecentlyModifiedPVs`).

    Attributes
    ----------
    pv, appliance : str
    changed : int or None, ns since 1970 UTC
        To the second.
    """

    pv: str
    appliance: str
    changed: int | None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "appliance": (text_in, "instance"),
        "changed": (_changed_in, ""),
    }


@dataclass(frozen=True, kw_only=True)
class TimeSpan(ReplyLine):
    """From when to when a PV has samples (`getTimeSpanReport`).

    Attributes
    ----------
    pv : str
    first : int or None, ns since 1970 UTC
        Its first sample, or its creation where there is none; to the second.
    last : int or None, ns since 1970 UTC
        Its last sample by the IOC's clock, to the second; None where the engine knows none.
    paused : bool or None
    """

    pv: str
    first: int | None
    last: int | None
    paused: bool | None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "first": (moment_in, "creationTS"),
        "last": (moment_in, "lastEvent"),
        "paused": (flag_in, "paused"),
    }


@dataclass(frozen=True, kw_only=True)
class PVRate:
    """How fast a PV brings samples, or fills its stores (`getEventRateReport`, `getStorageRateReport`).

    Attributes
    ----------
    pv : str
    per_second : float or None
        Samples, or bytes.
    """

    pv: str
    per_second: float | None

    @classmethod
    def of_events(cls, reply: Mapping[str, Any]) -> PVRate:
        """Read a line of samples a second; raises KeyError if the name is absent."""
        return cls(pv=needed_in(reply, "pvName"), per_second=number_in(reply, "eventRate"))

    @classmethod
    def of_storage(cls, reply: Mapping[str, Any]) -> PVRate:
        """Read a line of KiB an hour; raises KeyError if the name is absent."""
        hourly = number_in(reply, "storageRate_KBperHour")
        return cls(pv=needed_in(reply, "pvName"), per_second=None if hourly is None else hourly * 1024 / 3600)


@dataclass(frozen=True, kw_only=True)
class StorageConsumed(ReplyLine):
    """The size of all files of a PV (`getPVsByStorageConsumed`).

    Attributes
    ----------
    pv, appliance : str
    size : int or None, bytes
    """

    pv: str
    appliance: str
    size: int | None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "appliance": (text_in, "instance"),
        "size": (whole_in, "storageConsumed"),
    }


@dataclass(frozen=True, kw_only=True)
class StoreRoom(ReplyLine):
    """The room that a store of a member has (`getStorageMetricsForAppliance`).

    Attributes
    ----------
    store : str
    capacity, available : float or None, GiB
    available_percent : float or None
    reply : mapping
        The whole line as it came.
    """

    store: str
    capacity: float | None
    available: float | None
    available_percent: float | None
    reply: Mapping[str, Any] = field(repr=False)

    READERS: ClassVar[Readers] = {
        "store": (needed_in, "name"),
        "capacity": (number_in, "total_space"),
        "available": (number_in, "available_space"),
        "available_percent": (number_in, "available_space_percent"),
        "reply": (line_of, ""),
    }


@dataclass(frozen=True, kw_only=True)
class ApplianceMetrics(ReplyLine):
    """How a member is doing (`getStorageMetrics`).

    Attributes
    ----------
    appliance : str
    status : str
        `Working`, or `Stopped` with a reason.
    pv_count, connected, disconnected : int or None
    events_per_second, bytes_per_second : float or None
    capacity_percent : float or None
        How full the fullest of its stores is; None where it is not told.
    reply : mapping
        The whole line as it came; with ETL runs, times and visits.
    """

    appliance: str
    status: str
    pv_count: int | None
    connected: int | None
    disconnected: int | None
    events_per_second: float | None
    bytes_per_second: float | None
    capacity_percent: float | None
    reply: Mapping[str, Any] = field(repr=False)

    READERS: ClassVar[Readers] = {
        "appliance": (needed_in, "instance"),
        "status": (text_in, "status"),
        "pv_count": (whole_in, "pvCount"),
        "connected": (whole_in, "connectedPVCount"),
        "disconnected": (whole_in, "disconnectedPVCount"),
        "events_per_second": (number_in, "eventRate"),
        "bytes_per_second": (number_in, "dataRate"),
        "capacity_percent": (number_in, "capacityUtilized"),
        "reply": (line_of, ""),
    }
