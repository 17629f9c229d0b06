"""Protobuf fields and escaped lines, read and written one at a time.

The embedded appliance is the witness of the rest of this package, so it has its own codec and shares nothing with
`archredundancy.wire`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["DamagedLine", "escape", "fields_of", "int32", "read_varint", "sized", "unescape", "write_varint"]

_ESCAPED = re.compile(rb"\x1b(.?)", re.DOTALL)
_ORIGINALS = {b"\x01": b"\x1b", b"\x02": b"\n", b"\x03": b"\r"}


class DamagedLine(Exception):
    """A line that is not the message it should be (Java: `PBParseException`)."""


def escape(message: bytes) -> bytes:
    r"""Return a message without line ends, as stored (`LineEscaper`).

    Examples
    --------
    >>> escape(b"a\nb")
    b'a\x1b\x02b'
    """
    return message.replace(b"\x1b", b"\x1b\x01").replace(b"\n", b"\x1b\x02").replace(b"\r", b"\x1b\x03")


def unescape(line: bytes) -> bytes:
    """Return the message of a stored line.

    Raises
    ------
    DamagedLine
        If the line ends inside an escape.
    """
    return _ESCAPED.sub(_original, line) if b"\x1b" in line else line


def _original(match: re.Match[bytes]) -> bytes:
    code: bytes = match[1]
    if not code:
        raise DamagedLine("the line ends inside an escape")
    return _ORIGINALS.get(code, code)


def fields_of(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield each field of a message: its tag, that is 8 times its number plus its wire type, and its content.

    Content of wire type 0 is an integer, that of the others the bytes.

    Raises
    ------
    DamagedLine
        If the bytes are no protobuf message.
    """
    position, size = 0, len(message)
    while position < size:
        tag, position = read_varint(message, position)
        wire = tag & 7
        if wire == 0:
            content, position = read_varint(message, position)
            yield tag, content
            continue
        if wire == 2:
            length, position = read_varint(message, position)
        else:
            length = {1: 8, 5: 4}.get(wire, size)
        if position + length > size or tag < 8:
            raise DamagedLine("a field without number, of an unknown kind, or cut")
        yield tag, message[position : position + length]
        position += length


def read_varint(message: bytes, position: int) -> tuple[int, int]:
    """Return the number at a position, and the position after it.

    Raises
    ------
    DamagedLine
        If the number does not end.
    """
    value = shift = 0
    while shift < 70 and position < len(message):
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise DamagedLine("a number without end")


def write_varint(value: int) -> bytes:
    """Return a number that may be negative; negative ones take ten bytes, as Java writes an `int32`."""
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def sized(content: bytes) -> bytes:
    """Return bytes with their length before them."""
    return write_varint(len(content)) + content


def int32(value: int) -> int:
    """Return the lower 32 bits of a number, read with their sign."""
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value >= 1 << 31 else value
