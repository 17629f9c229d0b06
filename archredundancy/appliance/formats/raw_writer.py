"""Answers of `getData.raw`: chunks of a header line and sample lines (`PBRAWResponse`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archredundancy.appliance.formats.writer import AnswerWriter
from archredundancy.appliance.messages.message import Header, encode_header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.model import year_of

__all__ = ["RawWriter"]

# The first samples are held back and may come after the header of the next stream, so their own year is written
# before them.
_HELD_BACK = 2


class RawWriter(AnswerWriter):
    """Writes chunks: one header for each stream, one more before the first sample, a blank line between chunks."""

    media_type = "application/x-protobuf"

    def __init__(self) -> None:
        self._chunks = 0
        self._written = 0
        self._year: int | None = None
        self._header: Header | None = None

    def switch(self, stream: SampleStream) -> bytes:
        """Return the header of a stream, which may stay without samples."""
        if self._written <= _HELD_BACK:
            self._header = stream.header
        return self._chunk(stream.header)

    def write(self, row: Row) -> Iterator[bytes]:
        """Yield the sample's line as it is; a damaged one is found out after it was sent."""
        if self._written <= _HELD_BACK and self._header is not None:
            year = _year(row)
            if year is not None and year != self._year:
                self._year = year
                self._header = replace(self._header, year=year)
                yield self._chunk(self._header)
        self._written += 1
        yield row.line + b"\n"

    @property
    def copies(self) -> bool:
        """Whether lines go into the answer as they are, which they do after the first ones."""
        return self._written > _HELD_BACK

    def _chunk(self, header: Header) -> bytes:
        self._chunks += 1
        return (b"" if self._chunks == 1 else b"\n") + encode_header(header) + b"\n"


def _year(row: Row) -> int | None:
    try:
        return year_of(row.time)
    except DamagedLine:
        return None
