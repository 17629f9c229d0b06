"""How the value of a sample is stored, for each payload type (`EPICSEvent.proto`)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from archredundancy.appliance.messages.protobuf import DamagedLine, read_varint, sized, write_varint
from archredundancy.model import DbrType

__all__ = ["VALUE_CODECS", "ValueCodec"]

_VALUE_NUMBER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCodec:
    """Reads and writes the value field of one payload type.

    Attributes
    ----------
    wire : int
        Wire type of an element.
    decode, encode : callable
        From the content of a field to a Python value, and back.
    array : bool
        Whether the value is a list of elements.
    packed : bool
        Whether they are written in one field.
    """

    wire: int
    decode: Callable[[Any], Any]
    encode: Callable[[Any], bytes]
    array: bool = False
    packed: bool = False

    def add(self, value: Any, wire: int, content: int | bytes) -> Any:
        """Return the value after one more occurrence of its field; one of another wire type is not the value."""
        if not self.array:
            return self.decode(content) if wire == self.wire else value
        if wire == self.wire:
            return [*value, self.decode(content)]
        if self.packed and isinstance(content, bytes) and wire == 2:
            return [*value, *map(self.decode, self._unpack(content))]
        return value

    def write(self, value: Any) -> bytes:
        """Return the whole value field."""
        if not self.array:
            return self._field(self.encode(value))
        if not value:
            return b""
        elements = [self.encode(element) for element in value]
        if self.packed:
            return bytes((_VALUE_NUMBER << 3 | 2,)) + sized(b"".join(elements))
        return b"".join(map(self._field, elements))

    def _field(self, content: bytes) -> bytes:
        return bytes((_VALUE_NUMBER << 3 | self.wire,)) + (sized(content) if self.wire == 2 else content)

    def _unpack(self, content: bytes) -> Iterator[int | bytes]:
        if self.wire:
            width = 8 if self.wire == 1 else 4
            if len(content) % width:
                raise DamagedLine("a packed array that ends inside an element")
            yield from (content[start : start + width] for start in range(0, len(content), width))
            return
        position = 0
        while position < len(content):
            number, position = read_varint(content, position)
            yield number


def _fixed(form: str, wire: int, **kind: bool) -> ValueCodec:
    layout = struct.Struct(form)
    return ValueCodec(wire=wire, decode=lambda content: layout.unpack(content)[0], encode=layout.pack, **kind)


def _short(**kind: bool) -> ValueCodec:
    return ValueCodec(wire=0, decode=_decode_short, encode=_encode_short, **kind)


def _string(**kind: bool) -> ValueCodec:
    return ValueCodec(wire=2, decode=lambda content: content.decode(errors="replace"), encode=str.encode, **kind)


def _decode_short(content: int) -> int:
    """Undo zigzag, then cut to 16 bits as the appliance does: an enum index 65535 becomes -1 (`PBScalarEnum`)."""
    value = (content & 0xFFFFFFFF) >> 1 ^ -(content & 1)
    value &= 0xFFFF
    return value - (1 << 16) if value >= 1 << 15 else value


def _encode_short(value: int) -> bytes:
    return write_varint((value << 1 ^ value >> 31) & 0xFFFFFFFF)


def _decode_byte(content: bytes) -> int:
    if not content:
        raise DamagedLine("a byte without content")
    return content[0] - 256 if content[0] > 127 else content[0]


_BYTES = ValueCodec(wire=2, decode=bytes, encode=bytes)
_ARRAY = {"array": True, "packed": True}
VALUE_CODECS = {
    DbrType.SCALAR_STRING: _string(),
    DbrType.SCALAR_SHORT: _short(),
    DbrType.SCALAR_FLOAT: _fixed("<f", 5),
    DbrType.SCALAR_ENUM: _short(),
    DbrType.SCALAR_BYTE: ValueCodec(wire=2, decode=_decode_byte, encode=lambda value: bytes((value & 0xFF,))),
    DbrType.SCALAR_INT: _fixed("<i", 5),
    DbrType.SCALAR_DOUBLE: _fixed("<d", 1),
    DbrType.WAVEFORM_STRING: _string(array=True),
    DbrType.WAVEFORM_SHORT: _short(**_ARRAY),
    DbrType.WAVEFORM_FLOAT: _fixed("<f", 5, **_ARRAY),
    DbrType.WAVEFORM_ENUM: _short(**_ARRAY),
    DbrType.WAVEFORM_BYTE: _BYTES,
    DbrType.WAVEFORM_INT: _fixed("<i", 5, **_ARRAY),
    DbrType.WAVEFORM_DOUBLE: _fixed("<d", 1, **_ARRAY),
    DbrType.V4_GENERIC_BYTES: _BYTES,
}
