"""Lines of the reports of the management interface, as dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archredundancy.client.replies import parse_server_time
from archredundancy.client.reply_values import flag_in, number_in, text_in, whole_in
from archredundancy.model import NS_PER_SECOND

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


@dataclass(frozen=True, kw_only=True)
class DisconnectedPV:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> DisconnectedPV:
        """Read one line; raises KeyError if the name is absent."""
        return cls(
            pv=str(reply["pvName"]),
            appliance=text_in(reply, "instance"),
            last_event=parse_server_time(text_in(reply, "lastKnownEvent")),
            lost=_moment(reply, "noConnectionAsOfEpochSecs"),
            host=text_in(reply, "hostName"),
        )


@dataclass(frozen=True, kw_only=True)
class LostConnections:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> LostConnections:
        """Read one line; raises KeyError if the name is absent."""
        return cls(
            pv=str(reply["pvName"]),
            appliance=text_in(reply, "instance"),
            count=whole_in(reply, "lostConnections"),
            connected=flag_in(reply, "currentlyConnected"),
        )


@dataclass(frozen=True, kw_only=True)
class DroppedEvents:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> DroppedEvents:
        """Read one line; raises KeyError if the name is absent."""
        return cls(
            pv=str(reply["pvName"]), dropped=whole_in(reply, "eventsDropped"), archived=whole_in(reply, "totalEvents")
        )


@dataclass(frozen=True, kw_only=True)
class PendingPV:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> PendingPV:
        """Read one line; raises KeyError if the name is absent."""
        return cls(
            pv=str(reply["pvName"]),
            appliance=text_in(reply, "appliance"),
            state=text_in(reply, "currentState"),
            submitted=parse_server_time(text_in(reply, "startOfWorkflow")),
        )


@dataclass(frozen=True, kw_only=True)
class SilentPV:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> SilentPV:
        """Read one line; raises KeyError if the name is absent."""
        return cls(
            pv=str(reply["pvName"]),
            appliance=text_in(reply, "instance"),
            last_event=parse_server_time(text_in(reply, "lastKnownEvent")),
        )


@dataclass(frozen=True, kw_only=True)
class ChangedPV:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> ChangedPV:
        """Read one line; raises KeyError if the name is absent."""
        when = text_in(reply, "modificationTime") or text_in(reply, "creationTime")
        return cls(pv=str(reply["pvName"]), appliance=text_in(reply, "instance"), changed=parse_server_time(when))


@dataclass(frozen=True, kw_only=True)
class TimeSpan:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> TimeSpan:
        """Read one line; raises KeyError if the name is absent."""
        return cls(
            pv=str(reply["pvName"]),
            first=_moment(reply, "creationTS"),
            last=_moment(reply, "lastEvent"),
            paused=flag_in(reply, "paused"),
        )


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
        return cls(pv=str(reply["pvName"]), per_second=number_in(reply, "eventRate"))

    @classmethod
    def of_storage(cls, reply: Mapping[str, Any]) -> PVRate:
        """Read a line of KiB an hour; raises KeyError if the name is absent."""
        hourly = number_in(reply, "storageRate_KBperHour")
        return cls(pv=str(reply["pvName"]), per_second=None if hourly is None else hourly * 1024 / 3600)


@dataclass(frozen=True, kw_only=True)
class StorageConsumed:
    """The size of all files of a PV (`getPVsByStorageConsumed`).

    Attributes
    ----------
    pv, appliance : str
    size : int or None, bytes
    """

    pv: str
    appliance: str
    size: int | None

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> StorageConsumed:
        """Read one line; raises KeyError if the name is absent."""
        return cls(
            pv=str(reply["pvName"]), appliance=text_in(reply, "instance"), size=whole_in(reply, "storageConsumed")
        )


@dataclass(frozen=True, kw_only=True)
class StoreRoom:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> StoreRoom:
        """Read one line; raises KeyError if the name is absent."""
        return cls(
            store=str(reply["name"]),
            capacity=number_in(reply, "total_space"),
            available=number_in(reply, "available_space"),
            available_percent=number_in(reply, "available_space_percent"),
            reply=reply,
        )


@dataclass(frozen=True, kw_only=True)
class ApplianceMetrics:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> ApplianceMetrics:
        """Read one line; raises KeyError if the identity is absent."""
        return cls(
            appliance=str(reply["instance"]),
            status=text_in(reply, "status"),
            pv_count=whole_in(reply, "pvCount"),
            connected=whole_in(reply, "connectedPVCount"),
            disconnected=whole_in(reply, "disconnectedPVCount"),
            events_per_second=number_in(reply, "eventRate"),
            bytes_per_second=number_in(reply, "dataRate"),
            capacity_percent=number_in(reply, "capacityUtilized"),
            reply=reply,
        )


def _moment(reply: Mapping[str, Any], name: str) -> int | None:
    """Return an instant given in seconds since 1970, ns; None where it is absent or 0."""
    seconds = whole_in(reply, name)
    return seconds * NS_PER_SECOND if seconds else None
