"""Protobuf messages and escaped lines, read byte by byte."""

from __future__ import annotations

from typing import Any

__all__ = [
    "ANY_BYTES",
    "EIGHT_BYTES",
    "FOUR_BYTES",
    "VARINT",
    "Unreadable",
    "int32",
    "read_message",
    "read_pair",
    "text_of",
    "undo_escapes",
    "unpack",
    "zigzag_bytes",
]

#: Protobuf's wire type of a value's elements.
VARINT, EIGHT_BYTES, ANY_BYTES, FOUR_BYTES = 0, 1, 2, 5


class Unreadable(Exception):
    """These bytes are not what they should be."""


def read_pair(message: bytes) -> tuple[str, str]:
    """Return name and text of a field that is stored beside a sample, or in a header.

    Raises
    ------
    Unreadable
        If one of them is not there.
    """
    parts = {number: content for number, kind, content in read_message(message) if kind == 2}
    if 1 not in parts or 2 not in parts:
        raise Unreadable
    return text_of(parts[1]), text_of(parts[2])


def read_message(message: bytes) -> list[tuple[int, int, Any]]:
    """Return number, wire type and content of each field of a message; groups are skipped.

    Raises
    ------
    Unreadable
        If it is no message.
    """
    fields: list[tuple[int, int, Any]] = []
    groups: list[int] = []
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        number, kind = tag % 2**32 // 8, tag % 8
        content: Any = None
        if number == 0 or kind > 5:
            raise Unreadable
        if kind == 0:
            content, at = _read_varint(message, at)
        elif kind == 3:
            groups.append(number)
        elif kind == 4:
            if not groups or groups.pop() != number:
                raise Unreadable
        else:
            size, at = (8, at) if kind == 1 else (4, at) if kind == 5 else _read_varint(message, at)
            content, at = message[at : at + size], at + size
            if at > len(message):
                raise Unreadable
        if content is not None and not groups:
            fields.append((number, kind, content))
    if groups:
        raise Unreadable
    return fields


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    number = 0
    for size in range(10):
        if at + size >= len(message):
            raise Unreadable
        byte = message[at + size]
        number += byte % 128 * 128**size
        if byte < 128:
            return number % 2**64, at + size + 1
    raise Unreadable


def undo_escapes(line: bytes) -> bytes:
    """Return a line as it was before its escape signs and line ends were escaped.

    Raises
    ------
    Unreadable
        If an escape sign is followed by none that it can be followed by.
    """
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
            raise Unreadable
    return bytes(plain)


def unpack(content: bytes, wire_type: int) -> list[bytes]:
    """Return the elements of a packed field, little-endian.

    Raises
    ------
    Unreadable
        If they do not fill the field.
    """
    if wire_type == VARINT:
        elements, at = [], 0
        while at < len(content):
            number, at = _read_varint(content, at)
            elements.append(zigzag_bytes(number))
        return elements
    size = 8 if wire_type == EIGHT_BYTES else 4
    if len(content) % size:
        raise Unreadable
    return [content[at : at + size] for at in range(0, len(content), size)]


def zigzag_bytes(number: int) -> bytes:
    """Return what a zigzag number means, as four bytes, little-endian."""
    half, odd = divmod(number % 2**32, 2)
    return (-half - 1 if odd else half).to_bytes(4, "little", signed=True)


def int32(number: int) -> int:
    """Return the low 32 bits of a number, with their sign."""
    low = number % 2**32
    return low - 2**32 if low >= 2**31 else low


def text_of(content: bytes) -> str:
    """Return bytes as text; what is no UTF-8 survives."""
    return content.decode("utf-8", "surrogateescape")
