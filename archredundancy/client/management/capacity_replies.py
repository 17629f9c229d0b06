"""Lines of the reports on rates, room and load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from archredundancy.client.management.reply_line import Readers, ReplyLine
from archredundancy.client.management.reply_values import line_of, needed_in, number_in, text_in, whole_in

__all__ = ["ApplianceMetrics", "PVRate", "StorageConsumed", "StoreRoom"]


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
