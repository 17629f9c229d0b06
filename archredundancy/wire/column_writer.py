"""Writing the same field of all lines at once: numeric scalars without extras, which is nearly all an archive holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from archredundancy.model import DbrType
from archredundancy.wire.message import LENGTH_DELIMITED, VARINT
from archredundancy.wire.payload import NANO, PAYLOADS, SECONDS, SEVERITY, STATUS, VALUE
from archredundancy.wire.varints import Words, varint_columns, zigzag

__all__ = ["write_columns"]

#: Behind an escape character, for each byte that needs one.
_CODES: Final = np.zeros(256, np.uint8)
_CODES[[0x1B, 0x0A, 0x0D]] = 1, 2, 3

_Bytes = npt.NDArray[np.uint8]
#: Which rows have this byte.
_Used = npt.NDArray[np.bool_]


def write_columns(
    dbr_type: DbrType,
    seconds: npt.NDArray[np.int64],
    nano: npt.NDArray[np.int64],
    value: npt.NDArray[Any],
    severity: npt.NDArray[np.int32],
    status: npt.NDArray[np.int32],
) -> bytes:
    """Return one line a row, escaped, with its line end.

    Parameters
    ----------
    dbr_type : DbrType
        A numeric scalar.
    seconds, nano : int64, (n,)
        Seconds since the start of the year and nanoseconds after that.
    value : ndarray, (n,)
    severity, status : int32, (n,)
        Zeros are not written.

    Returns
    -------
    bytes
        Cost: one pass for each byte of the longest line.
    """
    count = len(seconds)
    columns = [
        *_tagged_varint(SECONDS, seconds.view(np.uint64)),
        *_tagged_varint(NANO, nano.view(np.uint64)),
        *_value_columns(dbr_type, value),
        *_alarm_columns(SEVERITY, severity),
        *_alarm_columns(STATUS, status),
        (np.full(count, 0x0A, np.uint8), np.ones(count, bool)),
    ]
    used = np.stack([shown for _, shown in columns], axis=1)
    text = np.stack([column for column, _ in columns], axis=1)[used]
    return _escape(text, np.cumsum(used.sum(axis=1)) - 1)


def _tagged_varint(field: int, number: Words) -> Iterator[tuple[_Bytes, _Used]]:
    yield _tag(field, VARINT, len(number))
    yield from varint_columns(number)


def _tag(field: int, wire_type: int, count: int) -> tuple[_Bytes, _Used]:
    return np.full(count, field << 3 | wire_type, np.uint8), np.ones(count, bool)


def _alarm_columns(field: int, alarm: npt.NDArray[np.int32]) -> list[tuple[_Bytes, _Used]]:
    raised = alarm != 0
    if not raised.any():
        return []
    # A negative int32 goes out as the int64 of the same value.
    return [(column, used & raised) for column, used in _tagged_varint(field, alarm.astype(np.int64).view(np.uint64))]


def _value_columns(dbr_type: DbrType, value: npt.NDArray[Any]) -> Iterator[tuple[_Bytes, _Used]]:
    wire_type, count = PAYLOADS[dbr_type].wire_type, len(value)
    yield _tag(VALUE, wire_type, count)
    if wire_type == VARINT:
        yield from varint_columns(zigzag(value))
        return
    everywhere = np.ones(count, bool)
    if wire_type == LENGTH_DELIMITED:
        yield np.ones(count, np.uint8), everywhere
    content = np.ascontiguousarray(value).view(np.uint8).reshape(count, -1)
    for index in range(content.shape[1]):
        yield content[:, index], everywhere


def _escape(text: _Bytes, line_ends: npt.NDArray[np.int64]) -> bytes:
    special = _CODES[text] > 0
    special[line_ends] = False
    places = np.flatnonzero(special)
    escaped = np.repeat(text, special + np.int8(1))
    shifted = places + np.arange(len(places))
    escaped[shifted + 1] = _CODES[text[places]]
    escaped[shifted] = 0x1B
    return escaped.tobytes()
