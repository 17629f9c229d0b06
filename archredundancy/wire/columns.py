"""Reading the same field of all lines at once: the fast path, exact about what it accepts and silent about the rest.

Nearly all lines of a stream look alike: seconds, nanoseconds, value, perhaps an alarm, in this order and nothing else.
Such lines are *regular* and are read here, by numpy, without a loop over them. Each tag, length and varint is checked;
a line that deviates in any way is left to `lines`, which knows all the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from archredundancy.model import NS_PER_SECOND, DbrType, Ragged, Values
from archredundancy.wire.block import LineBlock
from archredundancy.wire.message import FIXED32, FIXED64, LENGTH_DELIMITED, LONGEST_VARINT, VARINT
from archredundancy.wire.payload import NANO, PAYLOADS, SECONDS, SEVERITY, STATUS, VALUE, as_elements
from archredundancy.wire.varints import Words, decode_varints, unzigzag

__all__ = ["Columns", "read_columns"]

_Rows = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]

#: Bytes that a word has left for a varint behind its tag. Longer ones are legal, rare (negative alarms) and irregular.
_VARINT_IN_WORD: Final = 7


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """What the regular lines of a block hold. Other rows hold anything, to be overwritten or dropped.

    Attributes
    ----------
    regular : bool, (n,)
        Which rows were read.
    since_year : int64, (n,), ns since the start of the year in the header
    value : ndarray or Ragged, (n,)
    severity, status : int32, (n,)
    """

    regular: npt.NDArray[np.bool_]
    since_year: npt.NDArray[np.int64]
    value: Values
    severity: npt.NDArray[np.int32]
    status: npt.NDArray[np.int32]


def read_columns(dbr_type: DbrType, block: LineBlock) -> Columns:
    """Return the regular lines of a block as columns.

    Parameters
    ----------
    dbr_type : DbrType
    block : LineBlock

    Returns
    -------
    Columns
        Cost: some 40 ns a line for numeric scalars.
    """
    cursor = _Cursor(block)
    seconds, nano = cursor.read_varint(SECONDS), cursor.read_varint(NANO)
    value = _read_numbers(cursor, dbr_type) if dbr_type.is_numeric_scalar else _read_rows(cursor, dbr_type)
    severity, status = cursor.read_alarms()
    return Columns(
        regular=cursor.regular & (cursor.at == block.end),
        since_year=seconds.view(np.int64) * NS_PER_SECOND + nano.view(np.int64),
        value=value,
        severity=severity,
        status=status,
    )


class _Cursor:
    """A place in each line, moving over one field at a time.

    Attributes
    ----------
    block : LineBlock
    at : int64, (n,)
        Where the next field starts in the block's text. It stands behind the line's end if the line was too short.
    regular : bool, (n,)
        Which lines have held only what was expected so far.
    """

    def __init__(self, block: LineBlock) -> None:
        self.block = block
        self.at = block.start.copy()
        self.regular = np.ones(len(block), bool)
        self.regular[block.broken] = False

    def read_varint(self, field: int, wire_type: int = VARINT) -> Words:
        """Return the varint of a field, below 2**32 in regular lines, uint64, (n,)."""
        number, size, found = _read_varints(self.block, self.at, field << 3 | wire_type)
        self.regular &= found
        self.at += size
        return number

    def read_fixed(self, field: int, wire_type: int, width: int) -> Words:
        """Return the `width` bytes of a field as the low bytes of a word, uint64, (n,)."""
        self.regular &= self.block.text[self.at] == (field << 3 | wire_type)
        word = self.block.words[self.at + 1]
        self.at += width + 1
        return word

    def read_span(self, field: int) -> tuple[_Rows, _Rows]:
        """Return where a field's bytes start and how many they are: inside the line, all of them if it is regular."""
        announced = self.read_varint(field, LENGTH_DELIMITED).view(np.int64)
        fits = announced <= self.block.end - self.at
        self.regular &= fits
        start, length = np.minimum(self.at, self.block.end), np.where(fits, announced, 0)
        self.at += length
        return start, length

    def read_alarms(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return severity and status, 0 where a line has none, int32, (n,) each."""
        columns = []
        for field in (SEVERITY, STATUS):
            column = np.zeros(len(self.at), np.int32)
            rest = np.flatnonzero(self.at < self.block.end)  # most lines end with their value
            number, size, found = _read_varints(self.block, self.at[rest], field << 3 | VARINT)
            rows = rest[found]
            column[rows] = number[found].astype(np.uint32).view(np.int32)
            self.at[rows] += size[found]
            columns.append(column)
        return columns[0], columns[1]


def _read_varints(block: LineBlock, at: _Rows, tag: int) -> tuple[Words, npt.NDArray[np.uint8], _Flags]:
    """Return the numbers of varint fields, their sizes with the tag, and where tag and number are as expected."""
    word = block.words[at]
    number, size = decode_varints(word >> 8)
    return number, size + np.uint8(1), (word & 0xFF == tag) & (size <= _VARINT_IN_WORD) & (number < 2**32)


def _read_numbers(cursor: _Cursor, dbr_type: DbrType) -> npt.NDArray[Any]:
    payload, dtype = PAYLOADS[dbr_type], dbr_type.element_dtype
    if payload.wire_type == VARINT:
        return unzigzag(cursor.read_varint(VALUE))
    if payload.wire_type == FIXED64:
        return cursor.read_fixed(VALUE, FIXED64, 8).view(dtype)
    if payload.wire_type == FIXED32:
        return cursor.read_fixed(VALUE, FIXED32, 4).astype(np.uint32).view(dtype)
    start, length = cursor.read_span(VALUE)  # one byte in a `bytes` field
    cursor.regular &= length == 1
    return cursor.block.text[start].view(dtype)


def _read_rows(cursor: _Cursor, dbr_type: DbrType) -> Ragged:
    payload, dtype = PAYLOADS[dbr_type], dbr_type.element_dtype
    if dbr_type is DbrType.WAVEFORM_STRING:  # one field for each string: no line is regular
        cursor.regular[:] = False
        return Ragged.from_strings([()] * len(cursor.regular))
    start, length = cursor.read_span(VALUE)
    if payload.wire_type == VARINT:
        return _read_packed_varints(cursor, start, length)
    excess = length % payload.width
    cursor.regular &= excess == 0
    return as_elements(_cut(cursor.block.text, start, length - excess), dtype)


def _read_packed_varints(cursor: _Cursor, start: _Rows, length: _Rows) -> Ragged:
    text = cursor.block.text
    # A body whose last number goes on would swallow the first number of the next row: it is left out.
    unreadable = (length > 0) & (text[start + length - 1] > 0x7F)
    rows = _cut(text, start, np.where(unreadable, 0, length))
    content = np.asarray(rows.content)
    last = np.flatnonzero(content <= 0x7F)
    first = np.zeros_like(last)
    first[1:] = last[:-1] + 1
    padded = np.concatenate([content, np.zeros(8, np.uint8)])
    number, _ = decode_varints(np.ndarray((len(content) + 1,), "<u8", padded, strides=(1,))[first])
    offsets = np.searchsorted(last, rows.offsets)
    too_long = np.flatnonzero(last - first >= LONGEST_VARINT)  # of others, the low 32 bits are in the word and count
    unreadable[np.searchsorted(offsets, too_long, side="right") - 1] = True
    cursor.regular &= ~unreadable
    return Ragged(offsets, unzigzag(number))


def _cut(text: npt.NDArray[np.uint8], start: _Rows, length: _Rows) -> Ragged:
    """Return pieces of a text, in order and not overlapping, as rows of bytes."""
    # Pieces and what lies between them are rows of the text; the pieces are the odd ones.
    edges = np.zeros(2 * len(start) + 1, np.int64)
    edges[1::2], edges[2::2] = start, start + length
    return Ragged(edges, text).take(np.arange(1, len(edges), 2))
