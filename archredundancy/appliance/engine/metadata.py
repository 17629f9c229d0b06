"""What an engine knows of a record's fields, and when it stores them with a sample (`MetaInfo`, `EPICS_V3_PV`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archredundancy.appliance.engine.source import Connected
from archredundancy.appliance.java.text import double_text, hash_order
from archredundancy.model import DbrType

__all__ = ["RecordFields", "control_values"]

_LIMITS = ("LOPR", "HOPR", "LOW", "LOLO", "HIGH", "HIHI", "DRVL", "DRVH")
# Fields that are monitored for each PV without being archived for their own sake (`ConfigService.getRuntimeFields`).
_RUNTIME = ("DESC",)
_DAY = 86400


def control_values(record: Connected) -> dict[str, str]:
    """Return what an engine asks of a record when it connects, as texts (`MetaInfo.addToDict`).

    Examples
    --------
    >>> from archredundancy.model import DbrType
    >>> control_values(Connected(host="ioc", dbr_type=DbrType.SCALAR_DOUBLE, fields={"PREC": "3", "EGU": "mm"}))["PREC"]
    '3.0'
    """
    fields = record.fields
    found = {name: _number(fields.get(name)) for name in (*_LIMITS, "PREC")}
    found["EAA_COUNT"] = str(record.element_count)
    found |= {name: text for name, text in fields.items() if name.startswith("ENUM_")}
    if _has_units(record.dbr_type):
        found["EGU"] = fields.get("EGU", "")
    return found


def _number(text: str | None) -> str:
    return double_text(float(text or 0.0))


def _has_units(dbr_type: DbrType) -> bool:
    return not (dbr_type.is_string or dbr_type.is_enum)


class RecordFields:
    """The fields of one record that are monitored beside its value.

    They are connected only at the engine's next look round for PVs without connection, up to 20 min after the value.

    Parameters
    ----------
    archived : iterable of str
        `archiveFields` of the PV's type info.
    """

    def __init__(self, archived: Iterable[str]) -> None:
        self._archived = tuple(archived)
        self._saved = 0
        self._control: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._runtime: dict[str, str] = {}
        self._changed: dict[str, str] = {}
        self._record: dict[str, str] = {}
        self.is_connected = False

    @property
    def count(self) -> int:
        """How many fields have a channel of their own."""
        return len(set(self._archived) | set(_RUNTIME))

    @property
    def saved(self) -> int:
        """When all fields were stored last, seconds since 1970 UTC; 0 for never."""
        return self._saved

    def learn(self, record: Connected) -> None:
        """Keep what the record says when its value connects."""
        self._control = control_values(record)
        self._record = dict(record.fields)

    def connect(self) -> None:
        """Let the fields connect; each tells its value, which counts as a change."""
        if not self.is_connected:
            self.is_connected = True
            for name, text in self._record.items():
                self._monitor(name, text)

    def disconnect(self) -> None:
        """Let the fields lose their connection with that of the value; what is known of them stays."""
        self.is_connected = False

    def change(self, name: str, text: str) -> None:
        """Take a new value of a field."""
        self._record[name] = text
        if self.is_connected:
            self._monitor(name, text)

    def latest(self) -> dict[str, str]:
        """Return all that is known, as `getMetadata` and the headers of the engine's chunks show it."""
        found = self._control | self._values | self._runtime
        return {name: found[name] for name in hash_order(found)}

    def to_store(self, now: int) -> list[tuple[dict[str, str], bool]]:
        """Return what goes with the last sample of a batch, each part with whether a field really changed.

        Changes go with the next batch; once a day all fields do, with DESC, EGU and PREC (`aboutToWriteBuffer`).

        Parameters
        ----------
        now : int, seconds since 1970 UTC
        """
        parts: list[tuple[dict[str, str], bool]] = []
        if self._archived and self._changed:
            parts.append((_ordered(self._changed), True))
            self._changed = {}
        if self._archived and self._values and now - self._saved >= _DAY:
            parts.append((_ordered(self._values | self._runtime | self._units()), False))
            self._saved = now
        return parts

    def _units(self) -> dict[str, str]:
        precision = int(float(self._control.get("PREC", "0")))
        units = {"EGU": self._control["EGU"]} if "EGU" in self._control else {}
        return units | ({"PREC": str(precision)} if precision else {})

    def _monitor(self, name: str, text: str) -> None:
        if name in self._archived:
            self._values[name] = self._changed[name] = text
        elif name in _RUNTIME:
            self._runtime[name] = text


def _ordered(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in hash_order(fields)}
