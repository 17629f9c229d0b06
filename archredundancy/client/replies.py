"""What the management interface answers, as dataclasses; in its JSON every scalar is text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archredundancy.client.reply_values import flag_in, number_in, whole_in
from archredundancy.errors import InputError
from archredundancy.model import parse_time

__all__ = [
    "Alias",
    "ApplianceInfo",
    "Detail",
    "ExternalServer",
    "PVStatus",
    "PausedPV",
    "Versions",
    "parse_server_time",
]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SERVER_TIME = re.compile(r"([A-Z][a-z]{2})/(\d\d)/(\d{4}) (\d\d:\d\d:\d\d) (\S+)")
#: Hours east of UTC; only abbreviations that mean one thing everywhere (CST, for one, is used in America and in China).
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "EST": -5, "EDT": -4, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


def parse_server_time(text: str) -> int | None:
    """Return the instant that a report means, ns since 1970 UTC.

    Parameters
    ----------
    text : str
        As `TimeUtils.convertToHumanReadableString` prints it, in the zone of the server, to the second.

    Returns
    -------
    int or None
        None for `Never` and for zones whose abbreviation is ambiguous.

    Examples
    --------
    >>> parse_server_time("Nov/22/2026 22:21:05 CET") == parse_server_time("Nov/22/2026 21:21:05 UTC")
    True
    >>> parse_server_time("Never") is None
    True
    """
    match = _SERVER_TIME.fullmatch(text)
    if match is None or match[1] not in _MONTHS or match[5] not in _ZONES:
        return None
    hours = _ZONES[match[5]]
    offset = f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
    try:
        return parse_time(f"{match[3]}-{_MONTHS.index(match[1]) + 1:02d}-{match[2]}T{match[4]}{offset}", now=0)
    except InputError:
        return None


@dataclass(frozen=True, kw_only=True)
class ApplianceInfo:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> ApplianceInfo:
        """Read one entry.

        Raises
        ------
        KeyError
            If identity or URLs are absent.
        """
        return cls(
            identity=str(reply["identity"]),
            management_url=str(reply["mgmtURL"]),
            data_retrieval_url=str(reply["dataRetrievalURL"]),
            version=str(reply.get("version", "")),
        )


@dataclass(frozen=True, kw_only=True)
class PVStatus:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> PVStatus:
        """Read one entry.

        Raises
        ------
        KeyError
            If name or status are absent.
        """
        return cls(
            pv=str(reply["pvName"]),
            status=str(reply["status"]),
            real_name=reply.get("pvNameOnly"),
            appliance=reply.get("appliance"),
            connected=flag_in(reply, "connectionState"),
            last_event=parse_server_time(str(reply.get("lastEvent", ""))),
            monitored=flag_in(reply, "isMonitored"),
            sampling_period=number_in(reply, "samplingPeriod"),
            first_connected=parse_server_time(str(reply.get("connectionFirstEstablished", ""))),
            last_reconnected=parse_server_time(str(reply.get("connectionLastRestablished", ""))),
            reconnections=whole_in(reply, "connectionLossRegainCount"),
        )


@dataclass(frozen=True, kw_only=True)
class PausedPV:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> PausedPV:
        """Read one entry.

        Raises
        ------
        KeyError
            If the name is absent.
        """
        return cls(
            pv=str(reply["pvName"]),
            appliance=str(reply.get("instance", "")),
            modified=parse_server_time(str(reply.get("modificationTime", ""))),
        )


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Versions of the parts of an appliance (`getVersions`); empty text where one is not told.

    Attributes
    ----------
    mgmt, engine, etl, retrieval : str
    """

    mgmt: str
    engine: str
    etl: str
    retrieval: str

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> Versions:
        """Read the reply."""
        return cls(
            mgmt=str(reply.get("mgmt_version", "")),
            engine=str(reply.get("engine_version", "")),
            etl=str(reply.get("etl_version", "")),
            retrieval=str(reply.get("retrieval_version", "")),
        )


@dataclass(frozen=True, kw_only=True)
class ExternalServer:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> ExternalServer:
        """Read one entry.

        Raises
        ------
        KeyError
            If the URL is absent.
        """
        return cls(url=str(reply["CAUrl"]), archives=str(reply.get("indexes", "")))

    @property
    def merges(self) -> bool:
        """Whether its samples are merged into answers for PVs that the appliance archives itself."""
        return "mergeDuringRetrieval=true" in self.url


@dataclass(frozen=True, kw_only=True)
class Alias:
    """Another name of a PV (`getAllAliases`).

    Attributes
    ----------
    alias : str
    pv : str
        Its real name.
    """

    alias: str
    pv: str

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> Alias:
        """Read one entry.

        Raises
        ------
        KeyError
            If one of the names is absent.
        """
        return cls(alias=str(reply["aliasName"]), pv=str(reply["srcPVName"]))


@dataclass(frozen=True, kw_only=True)
class Detail:
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

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> Detail:
        """Read one line.

        Raises
        ------
        KeyError
            If the name is absent.
        """
        return cls(name=str(reply["name"]), value=str(reply.get("value") or ""), source=str(reply.get("source", "")))
