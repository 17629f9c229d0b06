"""PVTypeInfos: what an appliance keeps about each PV, with the keys and texts of the real one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from archredundancy.appliance.java.instants import UnparsableTime, parse_instant
from archredundancy.errors import InputError
from archredundancy.model import DbrType, StoreUrl, chunk_key

__all__ = ["PvTypeInfo"]

# Many PVs have the same stores, and ETL asks for them again and again.
_parsed = lru_cache(1 << 12)(StoreUrl.parse)

# Keys and defaults of `PVTypeInfo`; all single values are text.
_DEFAULTS: dict[str, Any] = {
    "paused": "false", "creationTime": "1970-01-01T00:00:00.000Z", "lowerAlarmLimit": "0.0",
    "precision": "0.0", "lowerCtrlLimit": "0.0", "computedBytesPerEvent": "0", "computedEventRate": "0.0",
    "usePVAccess": "false", "computedStorageRate": "0.0",
    "modificationTime": "1970-01-01T00:00:00.000Z", "upperDisplayLimit": "0.0",
    "upperWarningLimit": "0.0", "DBRType": "DBR_SCALAR_DOUBLE", "dataStores": [], "upperAlarmLimit": "0.0",
    "userSpecifiedEventRate": "0.0", "policyName": "Default", "useDBEProperties": "false", "hasReducedDataSet": "false",
    "lowerWarningLimit": "0.0", "applianceIdentity": "", "scalar": "true", "pvName": "",
    "upperCtrlLimit": "0.0", "lowerDisplayLimit": "0.0", "samplingPeriod": "1.0", "elementCount": "1",
    "samplingMethod": "MONITOR", "archiveFields": [], "extraFields": {},
}  # fmt: skip

# Texts that stand for numbers; those that things are done with must be finite, limits need not.
_NUMBERS = tuple(key for key, default in _DEFAULTS.items() if default in ("0", "0.0", "1", "1.0"))
_FINITE = ("samplingPeriod", "precision")
_KINDS: dict[type, str] = {str: "text", list: "a list of texts", dict: "an object of texts"}


class PvTypeInfo:
    """What an appliance keeps about one PV.

    Parameters
    ----------
    info : mapping
        With the keys of `getPVTypeInfo`; those that are missing get the values of a new PVTypeInfo, if it has any.
    key_of : callable
        Gives the start of the file names of a PV whose type info does not say it; the site's rule.

    Examples
    --------
    >>> PvTypeInfo({"pvName": "A:B", "precision": "3.0"}).precision
    3
    """

    def __init__(self, info: Mapping[str, Any], key_of: Callable[[str], str] = chunk_key) -> None:
        self.info: dict[str, Any] = _DEFAULTS | dict(info)
        if not self.info.get("chunkKey"):
            self.info.pop("chunkKey", None)
        self._key_of = key_of

    def check(self) -> None:
        """Refuse what cannot be read.

        Raises
        ------
        InputError
            If there is no name, a value has another type than it has in a new PVTypeInfo, or a number, the DBR type or
            the URL of a store is none.
        """
        if not self.pv:
            raise InputError("the type info has no pvName; give at least that")
        for key, default in _DEFAULTS.items():
            _check_type(key, self.info.get(key, default), type(default))
        for key in _NUMBERS:
            _check_number(key, self.info[key])
        DbrType.from_name(self.info["DBRType"])
        for url in self.info["dataStores"]:
            StoreUrl.parse(url)

    @property
    def pv(self) -> str:
        """The PV's real name."""
        return str(self.info["pvName"])

    @property
    def key(self) -> str:
        """Start of the names of its files below the root of a store."""
        return str(self.info.get("chunkKey") or self._key_of(self.pv))

    @property
    def units(self) -> str:
        """Engineering units; empty if they are not known."""
        return str(self.info.get("units") or "")

    @property
    def identity(self) -> str:
        """Identity of the appliance that archives it."""
        return str(self.info["applianceIdentity"])

    @property
    def paused(self) -> bool:
        """Whether the PV is paused."""
        return str(self.info["paused"]) == "true"

    @property
    def dbr_type(self) -> DbrType:
        """Type of its samples as configured; the files may say otherwise."""
        return DbrType.from_name(self.info["DBRType"])

    @property
    def precision(self) -> int:
        """Digits to show."""
        return int(float(self.info["precision"]))

    @property
    def stores(self) -> list[StoreUrl]:
        """Its stores, youngest samples first."""
        return [_parsed(url) for url in self.info["dataStores"]]

    @property
    def created(self) -> int:
        """When archiving was asked for, ns since 1970 UTC."""
        return self._time("creationTime")

    @property
    def modified(self) -> int:
        """When the configuration last changed, ns since 1970 UTC."""
        return self._time("modificationTime")

    def changed(self, now: int, **changes: Any) -> PvTypeInfo:
        """Return the type info after a change, with the time of the change in it."""
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now // 1_000_000)
        stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
        return self.replaced(**changes, modificationTime=stamp)

    def replaced(self, **changes: Any) -> PvTypeInfo:
        """Return the type info with other values for some keys."""
        return PvTypeInfo(self.info | changes, self._key_of)

    def _time(self, key: str) -> int:
        try:
            return parse_instant(str(self.info[key]))
        except UnparsableTime:
            return 0


def _check_type(key: str, value: Any, kind: type) -> None:
    """Refuse a value that is not of its kind; what is in lists and objects is text.

    Raises
    ------
    InputError
        If it is.
    """
    content = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    if not isinstance(value, kind) or not all(isinstance(item, str) for item in content):
        raise InputError(f"{key} of the type info is {value!r}; give {_KINDS[kind]}")


def _check_number(key: str, text: str) -> None:
    """Refuse a text that is no number.

    Raises
    ------
    InputError
        If it is.
    """
    try:
        number = float(text)
    except ValueError:
        raise InputError(f"{key} of the type info is {text!r}; give a number") from None
    if key in _FINITE and not math.isfinite(number):
        raise InputError(f"{key} of the type info is {text!r}; give a finite number")
