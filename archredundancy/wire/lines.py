"""One sample line at a time, by all the rules of protobuf: the path of every line that `columns` does not recognise."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from archredundancy.model import DbrType, FieldValue
from archredundancy.wire.escape import escape, unescape_line
from archredundancy.wire.message import (
    LENGTH_DELIMITED,
    VARINT,
    Malformed,
    read_field_value,
    read_fields,
    read_packed_varints,
    signed32,
    unsigned32,
    unzigzag32,
    write_bytes,
    write_field_value,
    write_int,
    write_tag,
)
from archredundancy.wire.payload import (
    FIELD_CHANGE,
    FIELD_VALUES,
    NANO,
    PAYLOADS,
    REPEAT_COUNT,
    SECONDS,
    SEVERITY,
    STATUS,
    USER_TAG,
    VALUE,
    Payload,
)
from archredundancy.wire.varints import pack_varints, zigzag

__all__ = ["ABSENT", "Line", "read_line", "write_line"]

#: In place of a number that a sample does not have, as in `Extras`.
ABSENT: Final = -1


class Line(NamedTuple):
    """The content of one sample line.

    Attributes
    ----------
    seconds : int
        Since the start of the year in the header.
    nano : int
        Nanoseconds after that; old data hold values of 1e9 and more.
    value : bytes or tuple of bytes
        Elements as numpy holds them, one after the other; a tuple of strings for waveforms of strings.
    severity, status : int
        0 where absent.
    fields : tuple of FieldValue
    repeat_count, field_change, user_tag : int
        -1 where absent.
    """

    seconds: int
    nano: int
    value: bytes | tuple[bytes, ...]
    severity: int
    status: int
    fields: tuple[FieldValue, ...]
    repeat_count: int
    field_change: int
    user_tag: int

    @property
    def has_extras(self) -> bool:
        """Whether the sample carries more than value and alarm."""
        return bool(self.fields) or max(self.repeat_count, self.field_change, self.user_tag) != ABSENT


def read_line(dbr_type: DbrType, line: bytes) -> Line:
    """Return the sample on a line.

    Parameters
    ----------
    dbr_type : DbrType
        Type in the header above.
    line : bytes
        The line, escaped, without its line end.

    Raises
    ------
    Malformed
        If the line holds no sample of this type.
    """
    payload = PAYLOADS[dbr_type]
    numbers: dict[int, int] = {}
    elements: list[bytes] = []
    fields: list[FieldValue] = []
    for number, wire_type, content in read_fields(unescape_line(line)):
        if number == VALUE:
            elements += _read_elements(payload, wire_type, content)
        elif number == FIELD_VALUES and wire_type == LENGTH_DELIMITED and isinstance(content, bytes):
            fields.append(read_field_value(content))
        elif wire_type == VARINT and isinstance(content, int):
            numbers[number] = content  # the last one wins, as everywhere in protobuf
    if SECONDS not in numbers or NANO not in numbers:
        raise Malformed("a sample lacks its time")
    return Line(
        seconds=unsigned32(numbers[SECONDS]),
        nano=unsigned32(numbers[NANO]),
        value=_as_value(dbr_type, payload, elements),
        severity=signed32(numbers.get(SEVERITY, 0)),
        status=signed32(numbers.get(STATUS, 0)),
        fields=tuple(fields),
        repeat_count=unsigned32(numbers[REPEAT_COUNT]) if REPEAT_COUNT in numbers else ABSENT,
        field_change=int(numbers[FIELD_CHANGE] != 0) if FIELD_CHANGE in numbers else ABSENT,
        user_tag=unsigned32(numbers[USER_TAG]) if USER_TAG in numbers and payload.has_user_tag else ABSENT,
    )


def write_line(dbr_type: DbrType, line: Line) -> bytes:
    """Return a sample as a line, escaped, with its line end; the inverse of `read_line`.

    Fields come in order of number, absent and zero alarms not at all, as the appliance writes them.
    """
    parts = [write_int(SECONDS, line.seconds), write_int(NANO, line.nano)]
    parts += _write_value(PAYLOADS[dbr_type], line.value)
    alarms = (SEVERITY, line.severity), (STATUS, line.status)
    parts += [write_int(field, number) for field, number in alarms if number]
    if line.repeat_count != ABSENT:
        parts.append(write_int(REPEAT_COUNT, line.repeat_count))
    parts += [write_field_value(FIELD_VALUES, pair) for pair in line.fields]
    if line.field_change != ABSENT:
        parts.append(write_int(FIELD_CHANGE, line.field_change))
    if line.user_tag != ABSENT:
        parts.append(write_int(USER_TAG, line.user_tag))
    return escape(b"".join(parts)) + b"\n"


def _write_value(payload: Payload, value: bytes | tuple[bytes, ...]) -> list[bytes]:
    if isinstance(value, tuple):
        return [write_bytes(VALUE, text) for text in value]
    if payload.repeated and not value:
        return []
    if payload.wire_type == VARINT:
        numbers = pack_varints(zigzag(np.frombuffer(value, np.int32)))
        return [write_bytes(VALUE, numbers)] if payload.repeated else [write_tag(VALUE, VARINT), numbers]
    if payload.repeated or payload.wire_type == LENGTH_DELIMITED:
        return [write_bytes(VALUE, value)]
    return [write_tag(VALUE, payload.wire_type), value]


def _read_elements(payload: Payload, wire_type: int, content: int | bytes) -> list[bytes]:
    """Return the elements in one value field; none if its wire type makes it an unknown field.

    Raises
    ------
    Malformed
        If packed elements are cut.
    """
    if isinstance(content, int):
        return [_int32(content)] if payload.wire_type == VARINT else []
    if wire_type == payload.wire_type:
        return [content]
    if wire_type != LENGTH_DELIMITED or not payload.repeated:
        return []
    if payload.wire_type == VARINT:
        return [_int32(number) for number in read_packed_varints(content)]
    if len(content) % payload.width:
        raise Malformed(f"{len(content)} bytes of packed elements do not divide into elements of {payload.width}")
    return [content]


def _as_value(dbr_type: DbrType, payload: Payload, elements: list[bytes]) -> bytes | tuple[bytes, ...]:
    if dbr_type is DbrType.WAVEFORM_STRING:
        return tuple(elements)
    if payload.repeated:
        return b"".join(elements)
    if not elements:
        raise Malformed(f"a sample lacks its {dbr_type.name} value")
    if dbr_type is DbrType.SCALAR_BYTE and len(elements[-1]) != 1:
        raise Malformed(f"a SCALAR_BYTE value has {len(elements[-1])} bytes; it must have 1")
    return elements[-1]


def _int32(number: int) -> bytes:
    return unzigzag32(number).to_bytes(4, "little", signed=True)
