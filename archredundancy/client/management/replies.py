"""What the management interface answers, as dataclasses; in its JSON every scalar is text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from archredundancy.client.management.reply_line import Readers, ReplyLine
from archredundancy.client.management.reply_values import flag_in, needed_in, number_in, perhaps_in, text_in, whole_in
from archredundancy.client.management.server_times import server_time_in

__all__ = [
    "Alias",
    "ApplianceInfo",
    "Detail",
    "ExternalServer",
    "PVStatus",
    "PausedPV",
    "Versions",
]


@dataclass(frozen=True, kw_only=True)
class ApplianceInfo(ReplyLine):
    """One member of a cluster (`getApplianceInfo`, `getAppliancesInCluster`).

    Attributes
    ----------
    identity : str
    management_url : str
        Such as ``http://host:17665/mgmt/bpl``, as the members call each other.
    data_retrieval_url : str
        Such as ``http://host:17668/retrieval``, as it is told to clients.
    version : str
        Empty in the list of a cluster's members.
    """

    identity: str
    management_url: str
    data_retrieval_url: str
    version: str

    READERS: ClassVar[Readers] = {
        "identity": (needed_in, "identity"),
        "management_url": (needed_in, "mgmtURL"),
        "data_retrieval_url": (needed_in, "dataRetrievalURL"),
        "version": (text_in, "version"),
    }


@dataclass(frozen=True, kw_only=True)
class PVStatus(ReplyLine):
    """What a cluster does with a PV at present (`getPVStatus`).

    Attributes
    ----------
    pv : str
        As it was asked for.
    status : str
        `Being archived`, `Paused`, `Initial sampling`, `Appliance assigned`, `Appliance Down` or `Not being archived`.
    real_name : str or None
        Name behind an alias; None when the PV is not known or its appliance is down.
    appliance : str or None
        Identity of the member that owns it.
    connected : bool or None
        Whether the engine is connected to its channel; None when the engine says nothing.
    last_event : int or None, ns since 1970 UTC
        Time of the server at the last sample, to the second; None for never and not known.
    monitored : bool or None
        Whether it is sampled when it changes, not by the clock; None when the engine says nothing.
    sampling_period : float or None, seconds
    first_connected, last_reconnected : int or None, ns since 1970 UTC
        Since the engine started, to the second.
    reconnections : int or None
        How often a lost connection came back since the engine started.
    """

    pv: str
    status: str
    real_name: str | None
    appliance: str | None
    connected: bool | None
    last_event: int | None
    monitored: bool | None = None
    sampling_period: float | None = None
    first_connected: int | None = None
    last_reconnected: int | None = None
    reconnections: int | None = None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "status": (needed_in, "status"),
        "real_name": (perhaps_in, "pvNameOnly"),
        "appliance": (perhaps_in, "appliance"),
        "connected": (flag_in, "connectionState"),
        "last_event": (server_time_in, "lastEvent"),
        "monitored": (flag_in, "isMonitored"),
        "sampling_period": (number_in, "samplingPeriod"),
        "first_connected": (server_time_in, "connectionFirstEstablished"),
        "last_reconnected": (server_time_in, "connectionLastRestablished"),
        "reconnections": (whole_in, "connectionLossRegainCount"),
    }


@dataclass(frozen=True, kw_only=True)
class PausedPV(ReplyLine):
    """One line of `getPausedPVsReport`.

    Attributes
    ----------
    pv : str
    appliance : str
        Identity of the member that owns it.
    modified : int or None, ns since 1970 UTC
        When its configuration was last changed, as a rule by the pause; to the second. None when the server's zone is
        ambiguous.
    """

    pv: str
    appliance: str
    modified: int | None

    READERS: ClassVar[Readers] = {
        "pv": (needed_in, "pvName"),
        "appliance": (text_in, "instance"),
        "modified": (server_time_in, "modificationTime"),
    }


@dataclass(frozen=True, kw_only=True)
class Versions(ReplyLine):
    """Versions of the parts of an appliance (`getVersions`); empty text where one is not told.

    Attributes
    ----------
    mgmt, engine, etl, retrieval : str
    """

    mgmt: str
    engine: str
    etl: str
    retrieval: str

    READERS: ClassVar[Readers] = {
        "mgmt": (text_in, "mgmt_version"),
        "engine": (text_in, "engine_version"),
        "etl": (text_in, "etl_version"),
        "retrieval": (text_in, "retrieval_version"),
    }


@dataclass(frozen=True, kw_only=True)
class ExternalServer(ReplyLine):
    """Another archiver whose data an appliance passes on (`getExternalArchiverServers`).

    Attributes
    ----------
    url : str
        Its retrieval URL, with ``?mergeDuringRetrieval=true`` where answers are merged.
    archives : str
        `pbraw` for an archiver appliance; indexes of a Channel Archiver otherwise.
    """

    url: str
    archives: str

    READERS: ClassVar[Readers] = {
        "url": (needed_in, "CAUrl"),
        "archives": (text_in, "indexes"),
    }

    @property
    def merges(self) -> bool:
        """Whether its samples are merged into answers for PVs that the appliance archives itself."""
        return "mergeDuringRetrieval=true" in self.url


@dataclass(frozen=True, kw_only=True)
class Alias(ReplyLine):
    """Another name of a PV (`getAllAliases`).

    Attributes
    ----------
    alias : str
    pv : str
        Its real name.
    """

    alias: str
    pv: str

    READERS: ClassVar[Readers] = {
        "alias": (needed_in, "aliasName"),
        "pv": (needed_in, "srcPVName"),
    }


@dataclass(frozen=True, kw_only=True)
class Detail(ReplyLine):
    """One line of what an appliance tells of a PV (`getPVDetails`).

    Attributes
    ----------
    name : str
        As people read it, such as `Sampling method:`.
    value : str
        Empty where there is none.
    source : str
        Which part of the appliance tells it: `mgmt`, `pv`, `etl`, `RETRIEVAL`.
    """

    name: str
    value: str
    source: str

    READERS: ClassVar[Readers] = {
        "name": (needed_in, "name"),
        "value": (text_in, "value"),
        "source": (text_in, "source"),
    }
