"""The slow, obvious twin of `archredundancy.wire`: one byte, one field, one line after the other.

It shares no code with the fast reader, so that what both say of generated and damaged bytes can be believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from archredundancy.model import NS_PER_SECOND, DbrType, Extras, Ragged, Samples, start_of_year
from archredundancy.testing.twins.slow_messages import (
    ANY_BYTES,
    EIGHT_BYTES,
    FOUR_BYTES,
    VARINT,
    Unreadable,
    int32,
    read_message,
    read_pair,
    text_of,
    undo_escapes,
    unpack,
    zigzag_bytes,
)

__all__ = ["SlowChunk", "decode_lines_slowly", "read_stream_slowly"]

_SCALARS = {
    DbrType.SCALAR_STRING: ANY_BYTES,
    DbrType.SCALAR_SHORT: VARINT,
    DbrType.SCALAR_FLOAT: FOUR_BYTES,
    DbrType.SCALAR_ENUM: VARINT,
    DbrType.SCALAR_BYTE: ANY_BYTES,
    DbrType.SCALAR_INT: FOUR_BYTES,
    DbrType.SCALAR_DOUBLE: EIGHT_BYTES,
    DbrType.WAVEFORM_BYTE: ANY_BYTES,
    DbrType.V4_GENERIC_BYTES: ANY_BYTES,
}
_REPEATED = {
    DbrType.WAVEFORM_STRING: ANY_BYTES,
    DbrType.WAVEFORM_SHORT: VARINT,
    DbrType.WAVEFORM_FLOAT: FOUR_BYTES,
    DbrType.WAVEFORM_ENUM: VARINT,
    DbrType.WAVEFORM_INT: FOUR_BYTES,
    DbrType.WAVEFORM_DOUBLE: EIGHT_BYTES,
}

#: Start and length of bytes that could not be read.
Span = tuple[int, int]


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
            except Unreadable:
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
        except Unreadable:
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
    for number, kind, content in read_message(undo_escapes(line)):
        if number == 3 and kind == wire_type:
            elements.append(zigzag_bytes(content) if kind == 0 else content)
        elif number == 3 and kind == 2 and dbr_type in _REPEATED:
            elements.extend(unpack(content, wire_type))
        elif number == 7 and kind == 2:
            fields.append(read_pair(content))
        elif number != 3 and kind == 0:
            numbers[number] = content
    if 1 not in numbers or 2 not in numbers:
        raise Unreadable
    if dbr_type in _SCALARS and not elements:
        raise Unreadable
    if dbr_type is DbrType.SCALAR_BYTE and len(elements[-1]) != 1:
        raise Unreadable
    value: Any = elements if dbr_type is DbrType.WAVEFORM_STRING else b"".join(elements)
    tag = numbers.get(9) if dbr_type is DbrType.V4_GENERIC_BYTES else None
    return _Row(
        seconds=numbers[1] % 2**32,
        nano=numbers[2] % 2**32,
        value=elements[-1] if dbr_type in _SCALARS else value,
        severity=int32(numbers.get(4, 0)),
        status=int32(numbers.get(5, 0)),
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
    for number, kind, content in read_message(undo_escapes(line)):
        if kind == 0:
            numbers[number] = int32(content)
        elif kind == 2 and number == 2:
            name = content
        elif kind == 2 and number == 15:
            headers.append(read_pair(content))
    if name is None or numbers.get(1) not in known or 3 not in numbers:
        raise Unreadable
    return SlowChunk(known[numbers[1]], text_of(name), numbers[3], numbers.get(4), tuple(headers), offset)
