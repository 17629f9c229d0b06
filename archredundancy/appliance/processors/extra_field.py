"""A field that is archived beside its PV's value, such as `HIHI`: its changes as samples of their own."""

from __future__ import annotations

import json
from typing import Any

from archredundancy.appliance.processors.processor import Describe, NoNumber
from archredundancy.appliance.processors.rows import made_row
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.model import DbrType

__all__ = ["ExtraField"]

_BITS = {"SHORT": 16, "ENUM": 16, "BYTE": 8, "INT": 32}


class ExtraField:
    """Keeps the samples that tell a field's value, with that in the place of their own (`ExtraFieldsPostProcessor`).

    The field is read as the PV's own type, so one that does not fit, such as a text where the value is a number, leaves
    its stream out of the answer.

    Parameters
    ----------
    field : str
    """

    extension = ".extraFields"

    def __init__(self, field: str) -> None:
        self._field = field

    def take(self, stream: SampleStream) -> SampleStream:
        """Return the values of the field."""
        told = (row for row in stream.rows() if self._field in row.sample.fields)
        return Samples(header=stream.header, source=stream.source, content=tuple(map(self._value, told)))

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return nothing: each stream has its own result."""
        return None

    def rest(self) -> SampleStream | None:
        """Return nothing."""
        return None

    def _value(self, row: Row) -> Row:
        sample = row.sample
        value = _read(sample.fields[self._field], row.dbr_type)
        return made_row(row.time, value, row.dbr_type, severity=sample.severity, status=sample.status)


def _read(text: str, dbr_type: DbrType) -> Any:
    """Return the value of a text; that of an array is a JSON list of texts (`ArchDBRTypes.sampleValueFromString`).

    Raises
    ------
    NoNumber
        If it is no value of the type.
    """
    shape, _, kind = dbr_type.name.partition("_")
    try:
        if shape == "SCALAR":
            return _element(text, kind)
        if shape == "WAVEFORM":
            values = [_element(value, kind) for value in json.loads(text)]
            return bytes(value & 0xFF for value in values) if kind == "BYTE" else values
    except (TypeError, ValueError):
        pass
    raise NoNumber(f"{text!r} is no {dbr_type.name}")


def _element(text: str, kind: str) -> Any:
    if not isinstance(text, str):
        raise TypeError("only texts are read")
    if kind == "STRING":
        return text
    if kind in ("FLOAT", "DOUBLE"):
        return float(text)
    half = 1 << _BITS[kind] - 1
    if not -half <= int(text) < half:
        raise ValueError("too large")
    return int(text)
