"""Answers of `getData.txt`, for people (`TextResponse`)."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.appliance.formats.values import plain_value
from archredundancy.appliance.formats.writer import AnsweredPv, AnswerWriter
from archredundancy.appliance.java.instants import report_text
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.model import NS_PER_SECOND

__all__ = ["TxtWriter"]


class TxtWriter(AnswerWriter):
    """Writes a line for each sample, and one for each file or other source that is read."""

    media_type = "text/plain"

    def begin(self, pv: AnsweredPv) -> bytes:
        """Return the line that names the PV."""
        return f"Beginning data for {pv.name}\n".encode()

    def switch(self, stream: SampleStream) -> bytes:
        """Return the line that names a source; the samples after it may still be those of the source before."""
        return f"Data from stream {stream.source}\n".encode()

    def write(self, row: Row) -> Iterator[bytes]:
        """Yield a sample's line."""
        sample, nanos = row.sample, row.time % NS_PER_SECOND
        value = plain_value(sample.value, row.dbr_type)
        yield f"{report_text(row.time)}\t{value}\t{sample.severity}\t{sample.status}\t{nanos}\n".encode()

    def complain(self, damage: DamagedLine) -> bytes:
        """Return what is wrong, in words of our own and without Java's stack trace (`ExceptionCommunicator`)."""
        return f"{damage}\n".encode()
