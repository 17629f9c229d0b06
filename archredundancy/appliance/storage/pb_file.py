"""One PB file: its header, its first and last sample, and where in it a time lies."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from archredundancy.appliance.messages.message import Header, decode_header, decode_sample
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.model import NS_PER_SECOND, start_of_year

__all__ = [
    "DamagedFile",
    "PbFile",
    "copy_lines",
    "lines_of",
    "read_lines",
    "read_lines_backwards",
]

_BLOCK = 1 << 20
_WINDOW = 1 << 14
_ROUNDS = 1000
_TWO_LINE_ENDS = 0x0A0A


class DamagedFile(Exception):
    """A file that cannot be read; it makes the whole answer empty, HTTP 200 (`appliance.md` A.3)."""


@dataclass(frozen=True, kw_only=True)
class PbFile:
    """What is looked up in a file before its samples are read (`PBFileInfo`).

    Attributes
    ----------
    path : Path
    header : Header
    begin : int, bytes
        Offset of the first sample.
    size : int, bytes
    first_line : bytes or None
        Line of the first sample, not yet decoded; None in a file that is only a header.
    last_line : bytes or None
        The last complete line that can be decoded.
    last_end : int, bytes
        Offset after that line; `begin` if there is none.
    inode : int
    """

    path: Path
    header: Header
    begin: int
    size: int
    first_line: bytes | None
    last_line: bytes | None
    last_end: int
    inode: int

    @classmethod
    def look_up(cls, path: Path) -> PbFile:
        """Read the header and both ends of a file.

        Raises
        ------
        DamagedFile
            If it is empty, or its first line is no header or has no end.
        """
        with path.open("rb") as handle:
            size = handle.seek(0, 2)
            head = _lines_from(handle, 0, 2)
            if not head:
                raise DamagedFile(f"{path} has no header")
            begin, line = head[0]
            try:
                header = decode_header(line)
            except DamagedLine as damage:
                raise DamagedFile(f"{path} does not start with a header: {damage}") from None
            begin = len(line) + 1
            first_line = head[1][1] if len(head) > 1 else None
            last_line, last_end = _last_readable(handle, begin, size, header)
            inode = os.fstat(handle.fileno()).st_ino
        return cls(
            path=path,
            header=header,
            begin=begin,
            size=size,
            first_line=first_line,
            last_line=last_line,
            last_end=last_end,
            inode=inode,
        )

    def first_time(self) -> int | None:
        """Return the time stamp of the first sample, ns since 1970 UTC; None if there is no sample.

        Raises
        ------
        DamagedLine
            If the first line is damaged.
        """
        return None if self.first_line is None else self._time(self.first_line)

    def last_time(self) -> int | None:
        """Return the time stamp of the last readable sample, ns since 1970 UTC; None if there is none."""
        return None if self.last_line is None else self._time(self.last_line)

    def is_in(self, handle: FileIO) -> bool:
        """Whether an open file is the one that was looked up, perhaps longer by now.

        The number of an inode is not enough: after two merges it may be used again for the same file name.
        """
        if os.fstat(handle.fileno()).st_ino != self.inode:
            return False
        ending = b"" if self.last_line is None else b"\n" + self.last_line + b"\n"
        handle.seek(self.last_end - len(ending))
        return handle.read(len(ending)) == ending

    def end_of_last_line(self) -> int:
        """Return the offset after the last complete line."""
        with self.path.open("rb") as handle:
            return _end_of_last_line(handle, self.begin, self.size)

    def _time(self, line: bytes) -> int:
        return decode_sample(line, self.header.dbr_type).time(self.header.year)

    def find(self, time: int) -> int | None:
        """Return the offset of the last sample that is not after a time; None if the search does not find it.

        The search halves the file as `FileEventStreamSearch` does, and like it may miss in a file that is damaged.

        Parameters
        ----------
        time : int, ns since 1970 UTC
            In the year of the file.

        Raises
        ------
        DamagedLine
            If the search meets a line that cannot be decoded.
        """
        low, high, passed = self.begin - 1, self.size - 1, 0
        with self.path.open("rb") as handle:
            for _ in range(_ROUNDS):
                middle = low + (high - low) // 2
                offset, side = self._compare(handle, max(2, middle - 2), time)
                if side is None:
                    break
                if side == 0:
                    return offset
                if side < 0:
                    high = middle - 1
                else:
                    passed, low = middle, middle + 1
                if high <= low - 4:
                    break
            offset, side = self._compare(handle, passed or self.begin - 1, time)
        return offset if side == 0 else None

    def _compare(self, handle: BinaryIO, position: int, time: int) -> tuple[int, int | None]:
        """Look at the two lines after the next line end: where the first starts, and on which side of it the time lies.

        Side 0 means that the first is not after `time` and the second, if any, is; None means that there is no line.
        """
        lines = _lines_from(handle, position, 3)[1:]
        if not lines or not lines[0][1]:
            return 0, None
        (offset, first), *rest = lines
        after = self._time(rest[0][1]) if rest else start_of_year(self.header.year) + 367 * 86400 * NS_PER_SECOND
        if self._time(first) > time:
            return offset, -1
        return offset, 1 if after <= time else 0


def read_lines(path: Path, begin: int) -> Iterator[tuple[int, bytes]]:
    """Yield each complete line of a file from an offset on, with the offset after its end.

    Cost: the file is read once, in blocks of a megabyte.
    """
    with path.open("rb", buffering=0) as handle:
        yield from lines_of(handle, begin, None)


def lines_of(handle: FileIO, begin: int, end: int | None) -> Iterator[tuple[int, bytes]]:
    """Yield what `read_lines` does, of a file that is open.

    Parameters
    ----------
    handle : FileIO
        Nobody else moves it meanwhile.
    begin : int, bytes
    end : int, bytes, or None
        Where a line begins; None for the end of the file.
    """
    position = begin
    for block in _blocks_of(handle, begin, end):
        for line in block[:-1].split(b"\n"):
            position += len(line) + 1
            yield position, line


def _blocks_of(handle: FileIO, begin: int, end: int | None) -> Iterator[bytes]:
    """Yield complete lines, many at a time."""
    rest = b""
    position = handle.seek(begin)
    while block := handle.read(_BLOCK if end is None else min(_BLOCK, end - position)):
        position += len(block)
        lines, line_end, rest = (rest + block).rpartition(b"\n")
        if line_end:
            yield lines + line_end


def copy_lines(handle: FileIO, begin: int, end: int | None, header: Header) -> Generator[bytes, None, int | None]:
    """Yield the complete lines between two offsets as they are, up to the first empty one, cut anywhere.

    Parameters
    ----------
    handle : FileIO
        Nobody else moves it meanwhile.
    begin : int, bytes
        Where a line begins.
    end : int, bytes, or None
        Where a line begins; None for the end of the file as it is at this moment.
    header : Header
        How to read the lines.

    Returns
    -------
    int or None
        Time of the last readable sample, ns since 1970 UTC; None if there is none.
    """
    end = _end_of_last_line(handle, begin, handle.seek(0, 2) if end is None else end)
    position, last = handle.seek(begin), b"\n"
    while block := handle.read(min(_BLOCK, end - position)):
        stop = _find_empty_line(last, block)
        if stop >= 0:
            block, end = block[:stop], position + stop
        yield block
        position, last = position + len(block), block[-1:]
    line, _ = _last_readable(handle, begin, end, header)
    return None if line is None else decode_sample(line, header.dbr_type).time(header.year)


def _find_empty_line(last: bytes, block: bytes) -> int:
    """Return where the first empty line of a block begins, after the last byte before it; -1 if there is none.

    Cost: a tenth of what `bytes.find` takes, which matters where a block is otherwise only copied.
    """
    if last == b"\n" and block.startswith(b"\n"):
        return 0
    for offset in (0, 1):
        pairs = np.frombuffer(block, np.uint16, max(0, len(block) - offset) // 2, offset)
        if (pairs == _TWO_LINE_ENDS).any():
            return block.find(b"\n\n") + 1
    return -1


def _end_of_last_line(handle: BinaryIO | FileIO, begin: int, end: int) -> int:
    """Return the offset after the last line end between two offsets; `begin` if there is none."""
    while end > begin:
        start = max(begin, end - _WINDOW)
        handle.seek(start)
        found = handle.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return begin


def _lines_from(handle: BinaryIO, position: int, count: int) -> list[tuple[int, bytes]]:
    """Return up to `count` complete lines with their offsets; the first may be only the end of a line."""
    handle.seek(position)
    data = handle.read(_WINDOW)
    while data.count(b"\n") < count and (more := handle.read(max(_WINDOW, len(data)))):
        data += more
    found = []
    for line in data.split(b"\n")[:-1][:count]:
        found.append((position, line))
        position += len(line) + 1
    return found


def _last_readable(handle: BinaryIO | FileIO, begin: int, size: int, header: Header) -> tuple[bytes | None, int]:
    """Return the last complete line that can be decoded, at most a thousand lines from the end, and where it ends."""
    end = _end_of_last_line(handle, begin, size)
    for line in islice(read_lines_backwards(handle, begin, end), _ROUNDS):
        try:
            decode_sample(line, header.dbr_type)
        except DamagedLine:
            end -= len(line) + 1
            continue
        return line, end
    return None, begin


def read_lines_backwards(handle: BinaryIO | FileIO, begin: int, end: int) -> Iterator[bytes]:
    """Yield complete lines from the end of a file back to `begin`; a last line without line end is none."""
    data, ended = b"", False
    while True:
        # Of a long line, as much more each time as there is already: else its cost grows with the square of its length.
        start = max(begin, end - max(_WINDOW, len(data)))
        handle.seek(start)
        data = handle.read(end - start) + data
        if not ended:
            data = data[: data.rfind(b"\n") + 1]
            ended = bool(data)
        first, *lines = data.split(b"\n")
        yield from reversed(lines[:-1])
        if start == begin:
            if lines:
                yield first
            return
        data, end = first + b"\n" if lines else b"", start
