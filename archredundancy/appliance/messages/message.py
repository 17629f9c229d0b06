"""One sample, and one header, as the lines of a file or a raw answer hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archredundancy.appliance.java.text import hash_order
from archredundancy.appliance.messages.protobuf import (
    DamagedLine,
    escape,
    fields_of,
    int32,
    sized,
    unescape,
    write_varint,
)
from archredundancy.appliance.messages.values import VALUE_CODECS
from archredundancy.model import NS_PER_SECOND, DbrType, start_of_year

__all__ = ["Header", "Sample", "add_fields", "decode_header", "decode_sample", "encode_header", "encode_sample"]

# The seconds of a sample may reach 136 years beyond its header's.
_YEARS = range(1, 9800)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample.

    Attributes
    ----------
    seconds : int
        Seconds since the start of the year that the file's header names.
    nano : int, ns
    value : str, int, float, bytes or a list of them
    severity, status : int
    fields : dict of str to str
        In the order of a Java HashMap, as the appliance hands them on.
    actual_change : bool or None
        Whether a field really changed (`fieldactualchange`); None if the message does not say, as when an engine adds
        the fields of its connection.
    """

    seconds: int
    nano: int
    value: Any
    severity: int = 0
    status: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    actual_change: bool | None = False

    def time(self, year: int) -> int:
        """Return the time stamp, ns since 1970 UTC, of the sample in a file of `year`."""
        return start_of_year(year) + self.seconds * NS_PER_SECOND + self.nano


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """First line of a file and of each chunk of a raw answer (`PayloadInfo`)."""

    dbr_type: DbrType
    pv: str
    year: int
    element_count: int | None = None
    fields: tuple[tuple[str, str], ...] = ()


def decode_sample(line: bytes, dbr_type: DbrType) -> Sample:
    """Read one stored line.

    Parameters
    ----------
    line : bytes
        Escaped, without its line end.
    dbr_type : DbrType
        What the line is read as, whatever wrote it.

    Raises
    ------
    DamagedLine
        If it is no such message, or a field that every sample has is missing.
    """
    codec = VALUE_CODECS[dbr_type]
    found: dict[int, Any] = {}
    value: Any = [] if codec.array else None
    fields: dict[str, str] = {}
    for tag, content in fields_of(unescape(line)):
        number = tag >> 3
        if number == 3:
            value = codec.add(value, tag & 7, content)
        elif number == 7 and isinstance(content, bytes):
            name, text = _decode_field(content)
            fields[name] = text
        else:
            found[tag] = content
    if 0x08 not in found or 0x10 not in found or value is None:
        raise DamagedLine("a field that every sample has is missing")
    return Sample(
        seconds=found[0x08] & 0xFFFFFFFF,
        nano=found[0x10] & 0xFFFFFFFF,
        value=value,
        severity=int32(found.get(0x20, 0)),
        status=int32(found.get(0x28, 0)),
        fields={name: fields[name] for name in hash_order(fields)},
        actual_change=bool(found.get(0x40, 0)),
    )


def encode_sample(sample: Sample, dbr_type: DbrType) -> bytes:
    """Return the stored line of a sample, without its line end, as the appliance copies it (`DBRTimeEvent.makeClone`).

    A repeat count, a V4 user tag, and `fieldactualchange` of a sample without fields have no place in a copy: they are
    lost.
    """
    parts = [b"\x08", write_varint(sample.seconds), b"\x10", write_varint(sample.nano)]
    parts.append(VALUE_CODECS[dbr_type].write(sample.value))
    if sample.severity:
        parts += [b"\x20", write_varint(sample.severity)]
    if sample.status:
        parts += [b"\x28", write_varint(sample.status)]
    parts += [b"\x3a" + sized(_encode_field(name, text)) for name, text in sample.fields.items()]
    if sample.fields and sample.actual_change is not None:
        parts.append(b"\x40\x01" if sample.actual_change else b"\x40\x00")
    return escape(b"".join(parts))


def add_fields(line: bytes, fields: Mapping[str, str]) -> bytes:
    """Return the line of a sample without fields with these, in their order (`DBRTimeEvent.addFieldValue`).

    Unlike in a copy, nothing says whether they changed.
    """
    added = (b"\x3a" + sized(_encode_field(name, text)) for name, text in fields.items())
    return line + escape(b"".join(added))


def decode_header(line: bytes) -> Header:
    """Read a header line.

    Raises
    ------
    DamagedLine
        If it is none.
    """
    found: dict[int, Any] = {}
    fields = []
    for tag, content in fields_of(unescape(line)):
        if tag == 0x7A and isinstance(content, bytes):
            fields.append(_decode_field(content))
        else:
            found[tag] = content
    if found.get(0x08) not in range(len(DbrType)) or 0x12 not in found or 0x18 not in found:
        raise DamagedLine("the header lacks its type, PV or year")
    if int32(found[0x18]) not in _YEARS:
        raise DamagedLine("the header's year is none")
    return Header(
        dbr_type=DbrType(found[0x08]),
        pv=found[0x12].decode(errors="replace"),
        year=int32(found[0x18]),
        element_count=int32(found[0x20]) if 0x20 in found else None,
        fields=tuple(fields),
    )


def encode_header(header: Header) -> bytes:
    """Return the line of a header, without its line end."""
    parts = [b"\x08", write_varint(header.dbr_type.value), b"\x12", sized(header.pv.encode())]
    parts += [b"\x18", write_varint(header.year)]
    if header.element_count is not None:
        parts += [b"\x20", write_varint(header.element_count)]
    parts += [b"\x7a" + sized(_encode_field(name, text)) for name, text in header.fields]
    return escape(b"".join(parts))


def _decode_field(message: bytes) -> tuple[str, str]:
    found = {tag: content for tag, content in fields_of(message) if isinstance(content, bytes)}
    if 0x0A not in found or 0x12 not in found:
        raise DamagedLine("a field without name or value")
    return found[0x0A].decode(errors="replace"), found[0x12].decode(errors="replace")


def _encode_field(name: str, text: str) -> bytes:
    return b"\x0a" + sized(name.encode()) + b"\x12" + sized(text.encode())
