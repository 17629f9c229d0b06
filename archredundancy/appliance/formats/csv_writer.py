"""Answers of `getData.csv` (`SinglePVCSVResponse`)."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.appliance.formats.values import plain_value
from archredundancy.appliance.formats.writer import AnswerWriter
from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND

__all__ = ["CsvWriter"]


class CsvWriter(AnswerWriter):
    """Writes seconds, value, severity, status and nanoseconds, without a title and without any quotes."""

    media_type = "text/csv"

    def write(self, row: Row) -> Iterator[bytes]:
        """Yield a sample's line."""
        sample = row.sample
        seconds, nanos = divmod(row.time, NS_PER_SECOND)
        value = plain_value(sample.value, row.dbr_type)
        yield f"{seconds},{value},{sample.severity},{sample.status},{nanos}\n".encode()

    def close(self) -> bytes:
        """Return an empty line."""
        return b"\n"
