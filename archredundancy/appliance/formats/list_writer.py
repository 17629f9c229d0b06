"""What the formats have in common that write a list with an object for each PV."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from archredundancy.appliance.formats.writer import AnsweredPv, AnswerWriter
from archredundancy.appliance.storage.row import Row

__all__ = ["ListWriter"]


class ListWriter(AnswerWriter):
    """Writes a list of PVs, in each a list of samples; a damaged sample leaves its comma behind."""

    media_type = "application/json"
    between: ClassVar[str]
    end: ClassVar[str]

    def __init__(self) -> None:
        self._begun = False
        self._written = False

    @abstractmethod
    def pv_text(self, pv: AnsweredPv) -> str:
        """Return the start of a PV's object."""

    @abstractmethod
    def sample_text(self, row: Row) -> str:
        """Return a sample.

        Raises
        ------
        DamagedLine
            If it is damaged.
        """

    def open(self) -> bytes:
        """Return the start of the list."""
        return b"[ \n"

    def begin(self, pv: AnsweredPv) -> bytes:
        """Return the start of a PV's object, after the end of the one before it."""
        before = self.between if self._begun else ""
        self._begun, self._written = True, False
        return (before + self.pv_text(pv)).encode()

    def write(self, row: Row) -> Iterator[bytes]:
        """Yield a comma, and the sample if it can be read."""
        if self._written:
            yield b",\n"
        self._written = True
        yield self.sample_text(row).encode()

    def close(self) -> bytes:
        """Return the end of the list."""
        return ((self.end if self._begun else "") + " ]\n").encode()
