"""The little of protocol buffers that the archiver needs: messages to fields and back, one message at a time.

Written by hand, since a package that ships generated `EPICSEvent` classes cannot live beside another one that does: the
two register the same names. The rules are those of the Java parser that the appliance uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archredundancy.model import FieldValue

__all__ = [
    "FIXED32",
    "FIXED64",
    "LENGTH_DELIMITED",
    "LONGEST_VARINT",
    "VARINT",
    "Malformed",
    "decode_text",
    "encode_text",
    "read_field_value",
    "read_fields",
    "read_packed_varints",
    "signed32",
    "unsigned32",
    "unzigzag32",
    "write_bytes",
    "write_field_value",
    "write_int",
    "write_tag",
    "write_varint",
]

VARINT: Final = 0
FIXED64: Final = 1
LENGTH_DELIMITED: Final = 2
FIXED32: Final = 5
_START_GROUP: Final = 3
_END_GROUP: Final = 4

#: Bytes; 64 bits need no more.
LONGEST_VARINT: Final = 10
_UINT32: Final = 0xFFFF_FFFF
_UINT64: Final = 0xFFFF_FFFF_FFFF_FFFF

#: A field's number, its wire type, and its content: a number for varints, bytes for all else.
Field = tuple[int, int, int | bytes]


class Malformed(Exception):
    """One line is not what it should be; its text says why. Callers make a `Damage` or a `WireError` of it."""


def read_fields(message: bytes) -> Iterator[Field]:
    """Yield the fields of a message in stored order; groups, which no known field is, are left out.

    Parameters
    ----------
    message : bytes
        A whole message, unescaped.

    Yields
    ------
    tuple
        Field number, wire type (`VARINT`, `FIXED64`, `LENGTH_DELIMITED` or `FIXED32`) and content.

    Raises
    ------
    Malformed
        If the bytes are not a message.
    """
    at = 0
    while at < len(message):
        number, wire_type, content, at = _read_field(message, at)
        if wire_type == _START_GROUP:
            at = _skip_group(message, at, number)
        elif wire_type == _END_GROUP:
            raise Malformed(f"group {number} ends without a start")
        else:
            yield number, wire_type, content


def read_packed_varints(content: bytes) -> list[int]:
    """Return the numbers of a packed field, each below 2**64.

    Raises
    ------
    Malformed
        If the last number is cut.
    """
    numbers, at = [], 0
    while at < len(content):
        number, at = _read_varint(content, at)
        numbers.append(number)
    return numbers


def read_field_value(content: bytes) -> FieldValue:
    """Return name and text of an `EPICSEvent.FieldValue` message.

    Raises
    ------
    Malformed
        If it lacks one of the two, which are both required.
    """
    parts = {number: part for number, wire_type, part in read_fields(content) if wire_type == LENGTH_DELIMITED}
    name, text = parts.get(1), parts.get(2)
    if not isinstance(name, bytes) or not isinstance(text, bytes):
        raise Malformed("a field value lacks its name or its text")
    return decode_text(name), decode_text(text)


def decode_text(content: bytes) -> str:
    """Return stored text; bytes that are not UTF-8 become surrogates, so that `encode_text` gives them back."""
    return content.decode("utf-8", "surrogateescape")


def encode_text(text: str) -> bytes:
    """Return text as stored; the inverse of `decode_text`."""
    return text.encode("utf-8", "surrogateescape")


def unsigned32(number: int) -> int:
    """Return the uint32 that protobuf reads from a varint: its low 32 bits."""
    return number & _UINT32


def signed32(number: int) -> int:
    """Return the int32 that protobuf reads from a varint: its low 32 bits, in two's complement.

    Examples
    --------
    >>> signed32(2**64 - 1), signed32(3904)
    (-1, 3904)
    """
    return ((number & _UINT32) ^ 0x8000_0000) - 0x8000_0000


def unzigzag32(number: int) -> int:
    """Return the sint32 behind a varint; the sign is its lowest bit.

    Examples
    --------
    >>> [unzigzag32(number) for number in (0, 1, 2, 3)]
    [0, -1, 1, -2]
    """
    low = number & _UINT32
    return (low >> 1) ^ -(low & 1)


def write_varint(number: int) -> bytes:
    """Return a number as a varint; negative ones take ten bytes, as protobuf's int32 does.

    Examples
    --------
    >>> write_varint(300).hex(), len(write_varint(-1))
    ('ac02', 10)
    """
    rest = number & _UINT64
    groups = bytearray()
    while rest > 0x7F:
        groups.append(rest & 0x7F | 0x80)
        rest >>= 7
    groups.append(rest)
    return bytes(groups)


def write_tag(field: int, wire_type: int) -> bytes:
    """Return what stands before a field's content."""
    return write_varint(field << 3 | wire_type)


def write_int(field: int, number: int) -> bytes:
    """Return a field holding a varint."""
    return write_tag(field, VARINT) + write_varint(number)


def write_bytes(field: int, content: bytes) -> bytes:
    """Return a field holding bytes: a string, a message or packed numbers."""
    return write_tag(field, LENGTH_DELIMITED) + write_varint(len(content)) + content


def write_field_value(field: int, pair: FieldValue) -> bytes:
    """Return a field holding an `EPICSEvent.FieldValue` message."""
    name, text = pair
    return write_bytes(field, write_bytes(1, encode_text(name)) + write_bytes(2, encode_text(text)))


def _read_field(message: bytes, at: int) -> tuple[int, int, int | bytes, int]:
    tag, at = _read_varint(message, at)
    number, wire_type = unsigned32(tag) >> 3, tag & 7
    if number == 0:
        raise Malformed("a field has number 0")
    if wire_type == VARINT:
        content, at = _read_varint(message, at)
        return number, wire_type, content, at
    if wire_type == FIXED64:
        size = 8
    elif wire_type == FIXED32:
        size = 4
    elif wire_type == LENGTH_DELIMITED:
        size, at = _read_varint(message, at)
    elif wire_type in (_START_GROUP, _END_GROUP):
        size = 0
    else:
        raise Malformed(f"field {number} has the unknown wire type {wire_type}")
    if size > len(message) - at:
        raise Malformed(f"field {number} is cut: {size} bytes announced, {len(message) - at} left")
    return number, wire_type, message[at : at + size], at + size


def _skip_group(message: bytes, at: int, number: int) -> int:
    unclosed = [number]
    while unclosed:
        number, wire_type, _, at = _read_field(message, at)
        if wire_type == _START_GROUP:
            unclosed.append(number)
        elif wire_type == _END_GROUP and number != unclosed.pop():
            raise Malformed(f"group {number} ends inside another")
    return at


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    if at < len(data) and data[at] < 0x80:  # most have one byte
        return data[at], at + 1
    number = shift = 0
    for byte in data[at : at + LONGEST_VARINT]:
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & _UINT64, at
        shift += 7
    raise Malformed("a varint is cut or longer than ten bytes")
