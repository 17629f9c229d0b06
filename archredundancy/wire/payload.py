"""What EPICSEvent.proto says about samples: the numbers of their fields, and how each payload type writes its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from archredundancy.model import DbrType, Ragged
from archredundancy.wire.message import FIXED32, FIXED64, LENGTH_DELIMITED, VARINT

__all__ = [
    "FIELD_CHANGE",
    "FIELD_VALUES",
    "NANO",
    "PAYLOADS",
    "REPEAT_COUNT",
    "SAMPLE_YEARS",
    "SECONDS",
    "SEVERITY",
    "STATUS",
    "USER_TAG",
    "VALUE",
    "Payload",
    "as_bytes",
    "as_elements",
    "explain_year",
]

SECONDS: Final = 1
NANO: Final = 2
VALUE: Final = 3
SEVERITY: Final = 4
STATUS: Final = 5
REPEAT_COUNT: Final = 6
FIELD_VALUES: Final = 7
FIELD_CHANGE: Final = 8
USER_TAG: Final = 9

#: Years whose samples fit int64 nanoseconds since 1970 whatever their seconds (a uint32, that is up to 136 years) say.
SAMPLE_YEARS: Final = range(1678, 2127)


@dataclass(frozen=True)
class Payload:
    """How a value is written.

    Attributes
    ----------
    wire_type : int
        Protobuf wire type of one element; `VARINT` means zigzag (sint32) here.
    repeated : bool
        Whether a sample has any number of elements, packed unless they are strings; without the field it has none.
    width : int
        Bytes of an element as numpy holds it.
    has_user_tag : bool
        Whether its message has the field `USER_TAG`.
    """

    wire_type: int
    repeated: bool
    width: int
    has_user_tag: bool


_WIRE_TYPES = {
    DbrType.SCALAR_STRING: LENGTH_DELIMITED,
    DbrType.SCALAR_SHORT: VARINT,
    DbrType.SCALAR_FLOAT: FIXED32,
    DbrType.SCALAR_ENUM: VARINT,
    DbrType.SCALAR_BYTE: LENGTH_DELIMITED,
    DbrType.SCALAR_INT: FIXED32,
    DbrType.SCALAR_DOUBLE: FIXED64,
    DbrType.WAVEFORM_STRING: LENGTH_DELIMITED,
    DbrType.WAVEFORM_SHORT: VARINT,
    DbrType.WAVEFORM_FLOAT: FIXED32,
    DbrType.WAVEFORM_ENUM: VARINT,
    DbrType.WAVEFORM_BYTE: LENGTH_DELIMITED,
    DbrType.WAVEFORM_INT: FIXED32,
    DbrType.WAVEFORM_DOUBLE: FIXED64,
    DbrType.V4_GENERIC_BYTES: LENGTH_DELIMITED,
}

#: A waveform of bytes is one `bytes` field in the protocol, not a repeated one.
PAYLOADS: Final = {
    dbr_type: Payload(
        wire_type=wire_type,
        repeated=dbr_type.is_waveform and dbr_type is not DbrType.WAVEFORM_BYTE,
        width=dbr_type.element_dtype.itemsize,
        has_user_tag=dbr_type is DbrType.V4_GENERIC_BYTES,
    )
    for dbr_type, wire_type in _WIRE_TYPES.items()
}


def explain_year(year: int) -> str:
    """Return what is wrong with samples of a year outside `SAMPLE_YEARS`."""
    return f"samples of the year {year} cannot be dated; allowed: {SAMPLE_YEARS[0]} to {SAMPLE_YEARS[-1]}"


def as_elements(rows: Ragged, dtype: np.dtype[Any]) -> Ragged:
    """Return rows of bytes as rows of elements, which each row divides into. Cost: a copy if memory is unaligned."""
    return Ragged(rows.offsets // dtype.itemsize, np.require(np.asarray(rows.content).view(dtype), requirements="A"))


def as_bytes(rows: Ragged) -> Ragged:
    """Return rows of elements as rows of bytes; the inverse of `as_elements`."""
    content = np.ascontiguousarray(rows.content)
    return Ragged(rows.offsets * content.itemsize, content.view(np.uint8))
