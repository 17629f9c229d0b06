"""Values as text: as they are in JSON (`SampleValue.toJSONString`), and plain (`SampleValue.toString`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from archredundancy.appliance.java.text import double_text, escape_json, float_text, hash_of_bytes
from archredundancy.appliance.messages.pva import structure_text
from archredundancy.model import DbrType

__all__ = ["json_value", "plain_value"]


def json_value(value: Any, dbr_type: DbrType) -> str:
    """Return a value as the appliance writes it in JSON, with bare NaN and Infinity.

    Empty strings of a string waveform are left out (`VectorStringSampleValue`).
    """
    if dbr_type is DbrType.WAVEFORM_STRING:
        return _list(map(_string, filter(None, value)))
    if dbr_type is DbrType.SCALAR_STRING:
        return _string(value)
    if dbr_type is DbrType.V4_GENERIC_BYTES:
        return structure_text(value)
    return _numbers(value, dbr_type)


def plain_value(value: Any, dbr_type: DbrType) -> str:
    """Return a value as the appliance writes it in text: strings bare, a structure as the hash code of its bytes.

    Examples
    --------
    >>> plain_value(["a", "", "b"], DbrType.WAVEFORM_STRING)
    '[a,,b]'
    """
    if dbr_type is DbrType.WAVEFORM_STRING:
        return _list(value)
    if dbr_type is DbrType.SCALAR_STRING:
        return str(value)
    if dbr_type is DbrType.V4_GENERIC_BYTES:
        return f"org.epics.archiverappliance.data.ByteBufSampleValue@{hash_of_bytes(value):x}"
    return _numbers(value, dbr_type)


def _numbers(value: Any, dbr_type: DbrType) -> str:
    if dbr_type is DbrType.WAVEFORM_BYTE:
        return _list(str(byte - 256 if byte > 127 else byte) for byte in value)
    element = _ELEMENTS.get(dbr_type, str)
    return _list(map(element, value)) if dbr_type.is_waveform else element(value)


def _list(elements: Iterable[str]) -> str:
    return "[" + ",".join(elements) + "]"


def _string(value: str) -> str:
    return f'"{escape_json(value)}"'


_ELEMENTS: dict[DbrType, Callable[[Any], str]] = {
    DbrType.SCALAR_FLOAT: float_text,
    DbrType.SCALAR_DOUBLE: double_text,
    DbrType.WAVEFORM_FLOAT: float_text,
    DbrType.WAVEFORM_DOUBLE: double_text,
}
