"""The 15 payload types of the archiver and how this package holds their values."""

from __future__ import annotations

from enum import Enum

import numpy as np

from archredundancy.errors import InputError

__all__ = ["DbrType"]


class DbrType(Enum):
    """Type of a PV's samples; the member's value is its code on the wire (`PayloadType` in EPICSEvent.proto).

    Examples
    --------
    >>> DbrType.from_name("DBR_SCALAR_DOUBLE")
    <DbrType.SCALAR_DOUBLE: 6>
    >>> DbrType.WAVEFORM_INT.element_dtype
    dtype('int32')
    """

    SCALAR_STRING = 0
    SCALAR_SHORT = 1
    SCALAR_FLOAT = 2
    SCALAR_ENUM = 3
    SCALAR_BYTE = 4
    SCALAR_INT = 5
    SCALAR_DOUBLE = 6
    WAVEFORM_STRING = 7
    WAVEFORM_SHORT = 8
    WAVEFORM_FLOAT = 9
    WAVEFORM_ENUM = 10
    WAVEFORM_BYTE = 11
    WAVEFORM_INT = 12
    WAVEFORM_DOUBLE = 13
    V4_GENERIC_BYTES = 14

    @classmethod
    def from_name(cls, name: str) -> DbrType:
        """Return the type that a PVTypeInfo calls `name`, with or without its `DBR_` prefix.

        Raises
        ------
        InputError
            If there is no such type.
        """
        try:
            return cls[name.removeprefix("DBR_")]
        except KeyError:
            allowed = ", ".join(member.name for member in cls)
            raise InputError(f"unknown DBR type {name!r}; allowed: {allowed}, with or without a DBR_ prefix") from None

    @property
    def is_waveform(self) -> bool:
        """Whether a sample holds an array of elements."""
        return 7 <= self.value <= 13

    @property
    def is_string(self) -> bool:
        """Whether the elements are strings."""
        return self in (DbrType.SCALAR_STRING, DbrType.WAVEFORM_STRING)

    @property
    def is_enum(self) -> bool:
        """Whether the elements are indices into a list of labels."""
        return self in (DbrType.SCALAR_ENUM, DbrType.WAVEFORM_ENUM)

    @property
    def is_numeric_scalar(self) -> bool:
        """Whether a sample holds one number, so that values are a plain array."""
        return 1 <= self.value <= 6

    @property
    def element_dtype(self) -> np.dtype:
        """Dtype of one element; `uint8` for strings and V4, whose elements are bytes.

        SHORT and ENUM are int32, as on the wire (`sint32`): archives hold enum indices such as 65535 that int16 would
        misread. BYTE is int8, as the appliance prints it.
        """
        return _ELEMENT_DTYPES[(self.value - 7) if self.is_waveform else self.value]


_ELEMENT_DTYPES = {
    code: np.dtype(dtype)
    for code, dtype in {
        0: np.uint8, 1: np.int32, 2: np.float32, 3: np.int32, 4: np.int8, 5: np.int32, 6: np.float64, 14: np.uint8,
    }.items()
}  # fmt: skip
