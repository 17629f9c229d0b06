"""Lines of a file: forwards, backwards, and as they are, without decoding them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from archredundancy.appliance.messages.message import Header, decode_sample
from archredundancy.appliance.messages.protobuf import DamagedLine

__all__ = [
    "copy_lines",
    "end_of_last_line",
    "last_readable",
    "lines_from",
    "lines_of",
    "read_lines",
    "read_lines_backwards",
]

_BLOCK: Final = 1 << 20
_WINDOW: Final = 1 << 14
_LAST_LINES: Final = 1000
_TWO_LINE_ENDS: Final = 0x0A0A


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
    end = end_of_last_line(handle, begin, handle.seek(0, 2) if end is None else end)
    position, last = handle.seek(begin), b"\n"
    while block := handle.read(min(_BLOCK, end - position)):
        stop = _find_empty_line(last, block)
        if stop >= 0:
            block, end = block[:stop], position + stop
        yield block
        position, last = position + len(block), block[-1:]
    line, _ = last_readable(handle, begin, end, header)
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


def end_of_last_line(handle: BinaryIO | FileIO, begin: int, end: int) -> int:
    """Return the offset after the last line end between two offsets; `begin` if there is none."""
    while end > begin:
        start = max(begin, end - _WINDOW)
        handle.seek(start)
        found = handle.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return begin


def lines_from(handle: BinaryIO, position: int, count: int) -> list[tuple[int, bytes]]:
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


def last_readable(handle: BinaryIO | FileIO, begin: int, size: int, header: Header) -> tuple[bytes | None, int]:
    """Return the last complete line that can be decoded, at most a thousand lines from the end, and where it ends."""
    end = end_of_last_line(handle, begin, size)
    for line in islice(read_lines_backwards(handle, begin, end), _LAST_LINES):
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
