"""What every format of an answer has to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.storage.streams import Row, SampleStream

__all__ = ["AnswerWriter"]


class AnswerWriter(Protocol):
    """Writes samples in one of the formats of `getData`."""

    media_type: str

    def open(self) -> bytes:
        """Return what every answer starts with."""

    def begin(self, name: str, header: Header) -> bytes:
        """Return what comes before the first stream."""

    def switch(self, stream: SampleStream) -> bytes:
        """Return what comes before each stream."""

    def write(self, row: Row) -> Iterator[bytes]:
        """Yield a sample; if it is damaged, what was written before that was found out.

        Raises
        ------
        DamagedLine
            If the sample cannot be written.
        """

    @property
    def copies(self) -> bool:
        """Whether further lines of a stream go into the answer as they are."""

    def close(self) -> bytes:
        """Return what every answer ends with."""
