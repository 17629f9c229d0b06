"""What every format of an answer has to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import SampleStream

__all__ = ["AnswerWriter", "AnsweredPv"]


@dataclass(frozen=True, kw_only=True)
class AnsweredPv:
    """What an answer may say about a PV before its samples.

    Attributes
    ----------
    name : str
        As looked up: without prefix, post-processor and `.VAL`.
    requested : str
        As the request calls it, but for the post-processor.
    header : Header
    start, end : int, ns since 1970 UTC
        Of the window.
    """

    name: str
    requested: str
    header: Header
    start: int
    end: int


class AnswerWriter(ABC):
    """Writes samples in one of the formats of `getData` (`MimeResponse`); by itself it adds nothing to them."""

    media_type: ClassVar[str]

    def open(self) -> bytes:
        """Return what every answer starts with."""
        return b""

    def begin(self, pv: AnsweredPv) -> bytes:
        """Return what comes before the first stream of a PV, and after the last one of the PV before it."""
        return b""

    def switch(self, stream: SampleStream) -> bytes:
        """Return what comes before each stream."""
        return b""

    @abstractmethod
    def write(self, row: Row) -> Iterator[bytes]:
        """Yield a sample; if it is damaged, what was written before that was found out.

        Raises
        ------
        DamagedLine
            If the sample cannot be written.
        """

    def complain(self, damage: DamagedLine) -> bytes:
        """Return what stands in the place of a damaged sample."""
        return b""

    @property
    def copies(self) -> bool:
        """Whether further lines of a stream go into the answer as they are."""
        return False

    def close(self) -> bytes:
        """Return what every answer ends with."""
        return b""
