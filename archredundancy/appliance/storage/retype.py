"""Samples of one type made into samples of another (`ThruNumberAndStringConversion`)."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from archredundancy.appliance.java.text import double_text, float_text
from archredundancy.appliance.messages.message import encode_sample
from archredundancy.appliance.storage.row import Row
from archredundancy.model import DbrType

__all__ = ["Unconvertible", "retype"]


class Unconvertible(Exception):
    """A value that has no counterpart in the other type."""


def retype(rows: Iterable[Row], dbr_type: DbrType) -> Iterator[Row]:
    """Yield samples with their values as another type holds them; times, alarms and fields stay.

    A number goes the way of a Java cast: digits after the point are cut off, an int is held within its range, and a
    short keeps the lowest bits of that int. Of a waveform the first element is taken. Nothing becomes a waveform, and a
    string nothing else.

    Raises
    ------
    Unconvertible
        At a value that has no counterpart.
    DamagedLine
        At a sample that cannot be read.
    """
    for row in rows:
        number = _number(row)
        if number is None or dbr_type not in _CASTS:
            raise Unconvertible(f"{row.dbr_type.name} {row.sample.value!r} cannot become {dbr_type.name}")
        value = _text(row, number) if dbr_type is DbrType.SCALAR_STRING else _CASTS[dbr_type](number)
        yield Row(encode_sample(replace(row.sample, value=value), dbr_type), dbr_type, row.year)


def _number(row: Row) -> float | int | None:
    """Return the value as a number; of several the first."""
    value = row.sample.value
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, (int, float)) else None


def _text(row: Row, number: float) -> str:
    """Return a number as Java prints it."""
    if row.dbr_type in (DbrType.SCALAR_FLOAT, DbrType.WAVEFORM_FLOAT):
        return float_text(number)
    return double_text(number) if isinstance(number, float) else str(number)


def _int(number: float) -> int:
    """Cast to a Java int."""
    if isinstance(number, float):
        if math.isnan(number):
            return 0
        number = max(min(number, float(1 << 31)), -float(1 << 31))
    return max(min(int(number), (1 << 31) - 1), -(1 << 31))


def _lowest(bits: int) -> Callable[[float], int]:
    """Return the cast to a Java integer of some bits."""
    half = 1 << (bits - 1)
    return lambda number: (_int(number) + half) % (2 * half) - half


def _float(number: float) -> float:
    """Cast to a Java float; what is too large becomes infinite."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


_CASTS: dict[DbrType, Callable[[float], Any]] = {
    DbrType.SCALAR_STRING: str,
    DbrType.SCALAR_SHORT: _lowest(16),
    DbrType.SCALAR_ENUM: _lowest(16),
    DbrType.SCALAR_BYTE: _lowest(8),
    DbrType.SCALAR_INT: _int,
    DbrType.SCALAR_FLOAT: _float,
    DbrType.SCALAR_DOUBLE: float,
}
