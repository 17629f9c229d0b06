"""The slow, obvious twin of `archredundancy.wire`: one byte, one field, one line after the other.

It shares no code with the fast reader, so that what both say of generated and damaged bytes can be believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Ragged, Samples, start_of_year

__all__ = ["SlowChunk", "decode_lines_slowly", "read_stream_slowly"]

#: Protobuf's wire type of a value's elements.
_VARINT, _EIGHT_BYTES, _ANY_BYTES, _FOUR_BYTES = 0, 1, 2, 5
_SCALARS = {
    DbrType.SCALAR_STRING: _ANY_BYTES,
    DbrType.SCALAR_SHORT: _VARINT,
    DbrType.SCALAR_FLOAT: _FOUR_BYTES,
    DbrType.SCALAR_ENUM: _VARINT,
    DbrType.SCALAR_BYTE: _ANY_BYTES,
    DbrType.SCALAR_INT: _FOUR_BYTES,
    DbrType.SCALAR_DOUBLE: _EIGHT_BYTES,
    DbrType.WAVEFORM_BYTE: _ANY_BYTES,
    DbrType.V4_GENERIC_BYTES: _ANY_BYTES,
}
_REPEATED = {
    DbrType.WAVEFORM_STRING: _ANY_BYTES,
    DbrType.WAVEFORM_SHORT: _VARINT,
    DbrType.WAVEFORM_FLOAT: _FOUR_BYTES,
    DbrType.WAVEFORM_ENUM: _VARINT,
    DbrType.WAVEFORM_INT: _FOUR_BYTES,
    DbrType.WAVEFORM_DOUBLE: _EIGHT_BYTES,
}

#: Start and length of bytes that could not be read.
Span = tuple[int, int]


class _Unreadable(Exception):
    """These bytes are not what they should be."""


@dataclass
class SlowChunk:
    """A chunk as `read_stream_slowly` finds it.

    Attributes
    ----------
    dbr_type, pv, year, element_count, headers
        As in `archredundancy.wire.ChunkHeader`.
    offset : int
        Where the header starts.
    lines : list of bytes
        The lines behind it, with their line ends, not decoded yet.
    """

    dbr_type: DbrType
    pv: str
    year: int
    element_count: int | None
    headers: tuple[tuple[str, str], ...]
    offset: int
    lines: list[bytes] = field(default_factory=list)


def read_stream_slowly(data: bytes) -> tuple[list[SlowChunk], list[Span]]:
    """Return the chunks of a stream, and where lines are that belong to none or have no end.

    Parameters
    ----------
    data : bytes
        The whole stream.

    Returns
    -------
    tuple
        Chunks, and spans: one for each unreadable header with what follows it, and one for a cut last line.
    """
    chunks: list[SlowChunk] = []
    lost: list[Span] = []
    state = "header"
    offset = 0
    for line in data.split(b"\n"):
        whole = offset + len(line) < len(data)
        if not line:
            state = "header"
        elif state == "lost":
            lost[-1] = (lost[-1][0], offset + len(line) - lost[-1][0])
        elif not whole:
            lost.append((offset, len(line)))
        elif state == "samples":
            chunks[-1].lines.append(line + b"\n")
        else:
            try:
                chunks.append(_read_header(line, offset))
                state = "samples"
            except _Unreadable:
                lost.append((offset, len(line)))
                state = "lost"
        offset += len(line) + 1
    return chunks, lost


def decode_lines_slowly(dbr_type: DbrType, year: int, block: bytes) -> tuple[Samples, list[Span]]:
    """Return the samples in complete lines, and where lines are that hold none.

    Parameters
    ----------
    dbr_type : DbrType
        Type in the header.
    year : int
        UTC year in the header.
    block : bytes
        Lines as stored, each with its line end.

    Returns
    -------
    tuple
        Samples, and spans relative to the start of the block.
    """
    rows, lost = [], []
    offset = 0
    for line in block.split(b"\n")[:-1]:
        try:
            rows.append(_read_sample(dbr_type, line))
        except _Unreadable:
            lost.append((offset, len(line)))
        offset += len(line) + 1
    extras = [(number, *row.extra) for number, row in enumerate(rows) if row.extra != ((), -1, -1, -1)]
    samples = Samples.build(
        dbr_type,
        [start_of_year(year) + row.seconds * NS_PER_SECOND + row.nano for row in rows],
        _join_values(dbr_type, [row.value for row in rows]),
        [row.severity for row in rows],
        [row.status for row in rows],
        Extras.build(extras),
    )
    return samples, lost


@dataclass
class _Row:
    seconds: int
    nano: int
    value: Any
    severity: int
    status: int
    extra: tuple[tuple[tuple[str, str], ...], int, int, int]


def _join_values(dbr_type: DbrType, values: list[Any]) -> Any:
    """Return the values of all rows; numbers go to numpy as bytes, since Python floats lose NaN payloads."""
    if dbr_type.is_numeric_scalar:
        return np.frombuffer(b"".join(values), dbr_type.element_dtype)
    if dbr_type is DbrType.WAVEFORM_STRING:
        return Ragged.from_strings(values)
    return Ragged.from_rows([np.frombuffer(value, dbr_type.element_dtype) for value in values], dbr_type.element_dtype)


def _read_sample(dbr_type: DbrType, line: bytes) -> _Row:
    wire_type = (_SCALARS | _REPEATED)[dbr_type]
    numbers: dict[int, int] = {}
    elements: list[bytes] = []
    fields: list[tuple[str, str]] = []
    for number, kind, content in _read_message(_undo_escapes(line)):
        if number == 3 and kind == wire_type:
            elements.append(_zigzag_bytes(content) if kind == 0 else content)
        elif number == 3 and kind == 2 and dbr_type in _REPEATED:
            elements.extend(_unpack(content, wire_type))
        elif number == 7 and kind == 2:
            fields.append(_read_pair(content))
        elif number != 3 and kind == 0:
            numbers[number] = content
    if 1 not in numbers or 2 not in numbers:
        raise _Unreadable
    if dbr_type in _SCALARS and not elements:
        raise _Unreadable
    if dbr_type is DbrType.SCALAR_BYTE and len(elements[-1]) != 1:
        raise _Unreadable
    value: Any = elements if dbr_type is DbrType.WAVEFORM_STRING else b"".join(elements)
    tag = numbers.get(9) if dbr_type is DbrType.V4_GENERIC_BYTES else None
    return _Row(
        seconds=numbers[1] % 2**32,
        nano=numbers[2] % 2**32,
        value=elements[-1] if dbr_type in _SCALARS else value,
        severity=_int32(numbers.get(4, 0)),
        status=_int32(numbers.get(5, 0)),
        extra=(
            tuple(fields),
            -1 if 6 not in numbers else numbers[6] % 2**32,
            -1 if 8 not in numbers else int(bool(numbers[8])),
            -1 if tag is None else tag % 2**32,
        ),
    )


def _read_header(line: bytes, offset: int) -> SlowChunk:
    known = {member.value: member for member in DbrType}
    numbers: dict[int, int] = {}
    name: bytes | None = None
    headers = []
    for number, kind, content in _read_message(_undo_escapes(line)):
        if kind == 0:
            numbers[number] = _int32(content)
        elif kind == 2 and number == 2:
            name = content
        elif kind == 2 and number == 15:
            headers.append(_read_pair(content))
    if name is None or numbers.get(1) not in known or 3 not in numbers:
        raise _Unreadable
    return SlowChunk(known[numbers[1]], _text(name), numbers[3], numbers.get(4), tuple(headers), offset)


def _read_pair(message: bytes) -> tuple[str, str]:
    parts = {number: content for number, kind, content in _read_message(message) if kind == 2}
    if 1 not in parts or 2 not in parts:
        raise _Unreadable
    return _text(parts[1]), _text(parts[2])


def _read_message(message: bytes) -> list[tuple[int, int, Any]]:
    fields: list[tuple[int, int, Any]] = []
    groups: list[int] = []
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        number, kind = tag % 2**32 // 8, tag % 8
        content: Any = None
        if number == 0 or kind > 5:
            raise _Unreadable
        if kind == 0:
            content, at = _read_varint(message, at)
        elif kind == 3:
            groups.append(number)
        elif kind == 4:
            if not groups or groups.pop() != number:
                raise _Unreadable
        else:
            size, at = (8, at) if kind == 1 else (4, at) if kind == 5 else _read_varint(message, at)
            content, at = message[at : at + size], at + size
            if at > len(message):
                raise _Unreadable
        if content is not None and not groups:
            fields.append((number, kind, content))
    if groups:
        raise _Unreadable
    return fields


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    number = 0
    for size in range(10):
        if at + size >= len(message):
            raise _Unreadable
        byte = message[at + size]
        number += byte % 128 * 128**size
        if byte < 128:
            return number % 2**64, at + size + 1
    raise _Unreadable


def _undo_escapes(line: bytes) -> bytes:
    plain = bytearray()
    at = 0
    while at < len(line):
        if line[at] != 0x1B:
            plain.append(line[at])
            at += 1
        elif line[at + 1 : at + 2] in (b"\x01", b"\x02", b"\x03"):
            plain.append({1: 0x1B, 2: 0x0A, 3: 0x0D}[line[at + 1]])
            at += 2
        else:
            raise _Unreadable
    return bytes(plain)


def _unpack(content: bytes, wire_type: int) -> list[bytes]:
    if wire_type == _VARINT:
        elements, at = [], 0
        while at < len(content):
            number, at = _read_varint(content, at)
            elements.append(_zigzag_bytes(number))
        return elements
    size = 8 if wire_type == _EIGHT_BYTES else 4
    if len(content) % size:
        raise _Unreadable
    return [content[at : at + size] for at in range(0, len(content), size)]


def _zigzag_bytes(number: int) -> bytes:
    half, odd = divmod(number % 2**32, 2)
    return (-half - 1 if odd else half).to_bytes(4, "little", signed=True)


def _int32(number: int) -> int:
    low = number % 2**32
    return low - 2**32 if low >= 2**31 else low


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
