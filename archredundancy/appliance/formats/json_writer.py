"""Answers of `getData.json` (`JSONResponse`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from archredundancy.appliance.java.text import double_text, escape_json, float_text
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.pva import structure_text
from archredundancy.appliance.storage.streams import Row, SampleStream
from archredundancy.model import NS_PER_SECOND, DbrType

__all__ = ["JsonWriter", "value_text"]


class JsonWriter:
    """Writes a list of one object, as the appliance does: bare NaN, and a comma that a damaged sample leaves behind."""

    media_type = "application/json"
    copies = False

    def __init__(self) -> None:
        self._begun = False
        self._written = False

    def open(self) -> bytes:
        """Return the start of the list."""
        return b"[ \n"

    def begin(self, name: str, header: Header) -> bytes:
        """Return the `meta` object."""
        meta = "".join(f', "{field}": "{text}" ' for field, text in header.fields)
        self._begun = True
        return f'{{ "meta": {{ "name": "{name}" {meta}}},\n"data": [ \n'.encode()

    def switch(self, stream: SampleStream) -> bytes:
        """Return nothing: where a stream begins cannot be seen in JSON."""
        return b""

    def write(self, row: Row) -> Iterator[bytes]:
        """Yield a sample's object."""
        if self._written:
            yield b",\n"
        self._written = True
        sample = row.sample
        seconds, nanos = divmod(row.time, NS_PER_SECOND)
        yield (
            f'{{ "secs": {seconds}, "val": {value_text(sample.value, row.dbr_type)}, "nanos": {nanos}, '
            f'"severity":{sample.severity}, "status":{sample.status}{_fields_text(sample.fields)} }}'
        ).encode()

    def close(self) -> bytes:
        """Return the end of the list."""
        return (b"\n] }\n" if self._begun else b"") + b" ]\n"


def _fields_text(fields: dict[str, str]) -> str:
    """Return the `fields` member of a sample, with its comma."""
    if not fields:
        return ""
    return ', "fields": { ' + ",".join(f'"{name}": "{escape_json(text)}"' for name, text in fields.items()) + "}"


def value_text(value: Any, dbr_type: DbrType) -> str:
    """Return a value as the appliance writes it in JSON (`SampleValue.toJSONString`).

    Empty strings of a string waveform are left out (`VectorStringSampleValue`).
    """
    if dbr_type is DbrType.WAVEFORM_STRING:
        return "[" + ",".join(map(_string, filter(None, value))) + "]"
    if dbr_type is DbrType.WAVEFORM_BYTE:
        return "[" + ",".join(str(byte - 256 if byte > 127 else byte) for byte in value) + "]"
    element = _ELEMENTS.get(dbr_type, str)
    return "[" + ",".join(map(element, value)) + "]" if dbr_type.is_waveform else element(value)


def _string(value: str) -> str:
    return f'"{escape_json(value)}"'


_ELEMENTS: dict[DbrType, Callable[[Any], str]] = {
    DbrType.SCALAR_STRING: _string,
    DbrType.SCALAR_FLOAT: float_text,
    DbrType.SCALAR_DOUBLE: double_text,
    DbrType.WAVEFORM_FLOAT: float_text,
    DbrType.WAVEFORM_DOUBLE: double_text,
    DbrType.V4_GENERIC_BYTES: structure_text,
}
