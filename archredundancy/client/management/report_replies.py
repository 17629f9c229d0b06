"""Lines of the reports of the management interface, as dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from archredundancy.client.management.reply_line import Readers, ReplyLine
from archredundancy.client.management.reply_values import flag_in, needed_in, text_in, whole_in
from archredundancy.client.management.server_times import moment_in, server_time_in

__all__ = ["ChangedPV", "DisconnectedPV", "DroppedEvents", "LostConnections", "PendingPV", "SilentPV", "TimeSpan"]


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
