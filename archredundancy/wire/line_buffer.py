"""`LineBuffer`: pieces of a stream, of any size, to blocks of whole lines of about one size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from archredundancy.wire.events import Damage

__all__ = ["LineBuffer", "WholeLines"]

#: Enough lines for numpy to be fast, and still within the processor's cache.
_BLOCK_SIZE: Final = 1 << 20
#: A longer line is given up. The appliance itself reads lines of up to 16 MiB (`LineByteStream.MAX_LINE_SIZE`).
_LONGEST_LINE: Final = 100_000_000


class WholeLines(NamedTuple):
    """Lines with their line ends, and where they start in the stream."""

    content: bytes
    offset: int


class LineBuffer:
    """Holds what came of a stream until it makes a block of lines: some 1 MiB of them, or one longer line."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._offset = 0  # where the first line that is held, or partly let go, started
        self._searched = 0  # up to here there is no line end in what is held
        self._let_go = 0  # bytes of an endless line that came before those held

    def push(self, piece: bytes) -> Iterator[WholeLines | Damage]:
        """Take a piece of the stream; yield the blocks that are full, and a `Damage` for a line that is too long."""
        for start in range(0, len(piece), _BLOCK_SIZE):
            self._held += piece[start : start + _BLOCK_SIZE]
            while block := self._next_block():
                yield block

    def finish(self) -> Iterator[WholeLines | Damage]:
        """Yield the lines still held, and a `Damage` for a last one without line end."""
        size = 0 if self._let_go else self._held.rfind(b"\n") + 1
        if size:
            yield self._take_lines(size)
        if length := self._let_go + len(self._held):
            yield self._lose_line(length, "the last line has no line end: whoever wrote it was interrupted")

    def _next_block(self) -> WholeLines | Damage | None:
        if self._let_go:
            end = self._held.find(b"\n")
            if end < 0:
                self._let_go_of_all()
                return None
            return self._lose_line(self._let_go + end, f"a line is longer than {_LONGEST_LINE} bytes")
        if len(self._held) < _BLOCK_SIZE:
            return None
        end = -1 if self._searched else self._held.rfind(b"\n", 0, _BLOCK_SIZE)
        if end < 0:  # one line fills the block and goes on
            end = self._held.find(b"\n", self._searched)
        if end >= 0:
            return self._take_lines(end + 1)
        self._searched = len(self._held)
        if self._searched > _LONGEST_LINE:
            self._let_go_of_all()
        return None

    def _take_lines(self, size: int) -> WholeLines:
        with memoryview(self._held) as held:  # slicing the bytearray itself would copy twice
            lines = WholeLines(bytes(held[:size]), self._offset)
        del self._held[:size]
        self._offset += size
        self._searched = 0
        return lines

    def _let_go_of_all(self) -> None:
        self._let_go += len(self._held)
        self._held.clear()
        self._searched = 0

    def _lose_line(self, length: int, reason: str) -> Damage:
        damage = Damage(self._offset, length, reason)
        del self._held[: length - self._let_go + 1]
        self._offset += length + 1
        self._let_go = 0
        return damage
