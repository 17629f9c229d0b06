"""Structures of pvAccess, which V4 samples hold as bytes: read just so far that they can be printed."""

from __future__ import annotations

import struct
from typing import Any

from archredundancy.appliance.java.text import float_text, json_text
from archredundancy.appliance.messages.protobuf import DamagedLine

__all__ = ["structure_text"]

# Codes of the pvAccess specification, "Introspection Data": kind in the upper bits, 0x08 for arrays of variable size.
_ARRAY = 0x08
_STRUCTURE, _UNION, _ANY = 0x80, 0x81, 0x82
_FULL_WITH_ID, _ID_ONLY = 0xFD, 0xFE
_NUMBERS = {
    0x20: ">b", 0x21: ">h", 0x22: ">i", 0x23: ">q", 0x24: ">B", 0x25: ">H", 0x26: ">I", 0x27: ">Q", 0x42: ">f",
    0x43: ">d",
}  # fmt: skip


def structure_text(content: bytes) -> str:
    """Return a structure as JSON with its members in order of their names (`ByteBufSampleValue.toJSONString`).

    Bytes that are no structure give `{}`.

    Examples
    --------
    >>> structure_text(bytes.fromhex("8000 01 0576616c7565 43 3ff8000000000000".replace(" ", "")))
    '{"value":1.5}'
    """
    try:
        reader = _Reader(content)
        return json_text(reader.value(reader.type()))
    except (DamagedLine, IndexError, RecursionError, UnicodeDecodeError, struct.error):
        return "{}"


class _Reader:
    """Reads types and values from bytes in network order."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0
        self._known: dict[int, Any] = {}

    def type(self) -> Any:
        """Return a description of what follows: a code, or a tuple that begins with one.

        Raises
        ------
        DamagedLine
            If it refers to a type that was not described.
        """
        code = self._number(">B")
        if code in (_FULL_WITH_ID, _ID_ONLY):
            number = self._number(">H")
            if code == _FULL_WITH_ID:
                self._known[number] = self.type()
            if number not in self._known:
                raise DamagedLine("a type that was not described before")
            return self._known[number]
        if code in (_STRUCTURE, _UNION):
            self._string()
            return code, [(self._string(), self.type()) for _ in range(self._size())]
        if code in (_STRUCTURE | _ARRAY, _UNION | _ARRAY):
            return code, self.type()
        return code

    def value(self, kind: Any) -> Any:
        """Return the value of a type."""
        code = kind[0] if isinstance(kind, tuple) else kind
        if code == _STRUCTURE:
            members = {name: self.value(member) for name, member in kind[1]}
            return {name: members[name] for name in sorted(members)}
        if code == _UNION:
            chosen = self._size()
            return {"union": None if chosen < 0 else self.value(kind[1][chosen][1])}
        if code == _ANY:
            inner = self.type()
            return {"any": None if inner == 0xFF else self.value(inner)}
        if code & _ARRAY:
            return [self._element(kind, code) for _ in range(self._size())]
        return self._scalar(code)

    def _element(self, kind: Any, code: int) -> Any:
        if isinstance(kind, tuple):
            return self.value(kind[1]) if self._number(">B") else None
        return self._scalar(code & ~_ARRAY)

    def _scalar(self, code: int) -> Any:
        if code == 0x00:
            return bool(self._number(">B"))
        if code == 0x60:
            return self._string()
        if code not in _NUMBERS:
            raise DamagedLine(f"type code {code:#x}")
        number = self._number(_NUMBERS[code])
        # A double with the float's shortest digits prints as the float does.
        return float(float_text(number)) if code == 0x42 else number

    def _number(self, form: str) -> Any:
        (value,) = struct.unpack_from(form, self._content, self._position)
        self._position += struct.calcsize(form)
        return value

    def _size(self) -> int:
        size = self._number(">B")
        if size == 0xFF:
            return -1
        return int(self._number(">i")) if size == 0xFE else int(size)

    def _string(self) -> str:
        size = max(self._size(), 0)
        text = self._content[self._position : self._position + size]
        self._position += size
        return text.decode(errors="replace")
