"""What a cluster's configuration says about one PV."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archredundancy.errors import InputError
from archredundancy.model.dbr_type import DbrType
from archredundancy.model.store_url import StoreUrl
from archredundancy.model.times import parse_time

__all__ = ["TypeInfo"]

_LIMITS = tuple(f"{side}{kind}Limit" for kind in ("Alarm", "Warning", "Display", "Ctrl") for side in ("lower", "upper"))


@dataclass(frozen=True, kw_only=True)
class TypeInfo:
    """A PVTypeInfo, read (reply of `getPVTypeInfo`).

    Attributes
    ----------
    pv : str
        The PV's real name, also when it was asked for by an alias.
    dbr_type : DbrType
    element_count : int
    paused : bool
    created, modified : int, ns since 1970 UTC
        The appliance gives them to the millisecond.
    appliance : str
        Identity of the member that owns the PV.
    sampling_method : str
        `MONITOR` or `SCAN`.
    sampling_period : float, seconds
    stores : tuple of StoreUrl
        Youngest samples first.
    host : str
        Where the PV was served when it was last asked for; empty where not told.
    egu : str
        Engineering units as configured.
    precision : int or None
    limits : mapping of str to float
        Such as `lowerDisplayLimit`; only those that are set.
    reply : mapping
        The whole reply as it came.
    """

    pv: str
    dbr_type: DbrType
    element_count: int
    paused: bool
    created: int
    modified: int
    appliance: str
    sampling_method: str
    sampling_period: float
    stores: tuple[StoreUrl, ...]
    host: str
    egu: str
    precision: int | None
    limits: Mapping[str, float]
    reply: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> TypeInfo:
        """Read a reply of `getPVTypeInfo`, in which every scalar is text.

        Raises
        ------
        InputError
            If something this package needs is absent or not of its kind.
        """
        try:
            limits = {name: float(reply[name]) for name in _LIMITS if name in reply}
            return cls(
                pv=str(reply["pvName"]),
                dbr_type=DbrType.from_name(str(reply["DBRType"])),
                element_count=int(reply.get("elementCount", 1)),
                paused=str(reply.get("paused", "false")).lower() == "true",
                created=parse_time(reply["creationTime"], now=0),
                modified=parse_time(reply.get("modificationTime", reply["creationTime"]), now=0),
                appliance=str(reply.get("applianceIdentity", "")),
                sampling_method=str(reply.get("samplingMethod", "")),
                sampling_period=float(reply.get("samplingPeriod", 0)),
                stores=tuple(StoreUrl.parse(url) for url in reply.get("dataStores", ())),
                host=str(reply.get("hostName") or ""),
                egu=str(reply.get("units") or ""),
                precision=_precision(reply.get("precision")),
                limits={name: value for name, value in limits.items() if math.isfinite(value)},
                reply=reply,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"a PVTypeInfo that cannot be read ({error!r}): {dict(reply)!r}") from error


def _precision(text: Any) -> int | None:
    number = float(text) if text not in (None, "") else math.nan
    return int(number) if math.isfinite(number) else None
