"""`ChunkHeader`: the line before the samples of a chunk or file (`PayloadInfo` in EPICSEvent.proto)."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.errors import WireError
from archredundancy.model import DbrType, FieldValue
from archredundancy.wire.escape import escape, unescape_line
from archredundancy.wire.message import (
    LENGTH_DELIMITED,
    Malformed,
    decode_text,
    encode_text,
    read_field_value,
    read_fields,
    signed32,
    write_bytes,
    write_field_value,
    write_int,
)

__all__ = ["ChunkHeader", "explain_header", "read_header"]

_TYPE, _PV, _YEAR, _ELEMENT_COUNT, _HEADERS = 1, 2, 3, 4, 15


@dataclass(frozen=True, kw_only=True)
class ChunkHeader:
    """What the samples of a chunk are.

    Attributes
    ----------
    dbr_type : DbrType
    pv : str
        Name as the server knows it; an alias or operator may have been asked for.
    year : int
        UTC year of the samples; 0 and -1 occur in chunks without samples.
    element_count : int or None
        Elements of a waveform, as the PV's type info has it. None in files, which do not say.
    headers : tuple of FieldValue
        Metadata such as ("EGU", "mA"), in stored order. Empty in files.

    Examples
    --------
    >>> header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="SR:DCCT", year=2026)
    >>> ChunkHeader.parse(header.encode()) == header
    True
    """

    dbr_type: DbrType
    pv: str
    year: int
    element_count: int | None = None
    headers: tuple[FieldValue, ...] = ()

    @classmethod
    def parse(cls, line: bytes, offset: int = 0) -> ChunkHeader:
        """Return the header on a line.

        Parameters
        ----------
        line : bytes
            The line, escaped, with or without its line end.
        offset : int
            Where the line starts, for the error.

        Raises
        ------
        WireError
            If it is no header, or one of an unknown type.
        """
        try:
            return read_header(line.removesuffix(b"\n"))
        except Malformed as error:
            raise WireError(explain_header(error), offset=offset) from None

    def encode(self) -> bytes:
        """Return the header's line, escaped, with its line end."""
        parts = [write_int(_TYPE, self.dbr_type.value), write_bytes(_PV, encode_text(self.pv))]
        parts.append(write_int(_YEAR, self.year))
        if self.element_count is not None:
            parts.append(write_int(_ELEMENT_COUNT, self.element_count))
        parts.extend(write_field_value(_HEADERS, pair) for pair in self.headers)
        return escape(b"".join(parts)) + b"\n"


def explain_header(error: Malformed) -> str:
    """Return what to say of a line where a header should be."""
    return f"a header cannot be read: {error}"


def read_header(line: bytes) -> ChunkHeader:
    """Return the header on a line, escaped, without its line end.

    Raises
    ------
    Malformed
        If it is no header, or one of an unknown type.
    """
    numbers: dict[int, int] = {}
    texts: dict[int, bytes] = {}
    headers: list[FieldValue] = []
    for number, wire_type, content in read_fields(unescape_line(line)):
        if isinstance(content, int):
            numbers[number] = signed32(content)
        elif wire_type == LENGTH_DELIMITED and number == _HEADERS:
            headers.append(read_field_value(content))
        elif wire_type == LENGTH_DELIMITED:
            texts[number] = content
    if _PV not in texts or not numbers.keys() >= {_TYPE, _YEAR}:
        raise Malformed("it lacks type, PV name or year")
    try:
        dbr_type = DbrType(numbers[_TYPE])
    except ValueError:
        raise Malformed(f"payload type {numbers[_TYPE]} is unknown; allowed: 0 to 14") from None
    return ChunkHeader(
        dbr_type=dbr_type,
        pv=decode_text(texts[_PV]),
        year=numbers[_YEAR],
        element_count=numbers.get(_ELEMENT_COUNT),
        headers=tuple(headers),
    )
