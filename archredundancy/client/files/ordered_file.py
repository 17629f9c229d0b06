"""Reading a part of a file of samples, where the whole of it has been seen to be in order and undamaged."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from archredundancy.client.allowance import spend
from archredundancy.client.retrieval.answer import Answer, AnswerReader
from archredundancy.client.workers import refuse_stopped
from archredundancy.model import ChunkSummary, TimeRange
from archredundancy.wire import ChunkHeader, ChunkReader, ChunkStarted, Damage, SampleBlock, decode_columns

__all__ = ["OrderedFile", "OrderedFiles"]

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class OrderedFile:
    """A file whose lines are all readable, after one header, in order of time, equal times allowed.

    Attributes
    ----------
    size : int, bytes
    header : ChunkHeader
    body : int, bytes
        Where its first sample begins.
    layout : ChunkSummary
        Of the whole file.
    """

    size: int
    header: ChunkHeader
    body: int
    layout: ChunkSummary


class OrderedFiles:
    """Remembers which files are in order; may be shared by threads.

    Examples
    --------
    >>> OrderedFiles()
    <0 files looked through>
    """

    def __init__(self) -> None:
        self._found: dict[Path, tuple[tuple[int, ...], OrderedFile | None]] = {}

    def __repr__(self) -> str:
        return f"<{len(self._found)} files looked through>"

    def read(self, path: Path, span: TimeRange, asked: TimeRange) -> Answer | None:
        """Return the samples of a range, with the one before it and the one after it.

        Parameters
        ----------
        path : Path
        span : TimeRange
            Where the file's samples have to lie.
        asked : TimeRange

        Returns
        -------
        Answer or None
            Its chunk is that of the whole file. None where the file is not in order, and is to be read as a whole.

        Raises
        ------
        OSError
            If the file cannot be read.
        TooLargeError
            If the samples take more than what is allowed.

        Notes
        -----
        Cost: one pass over a file that was not asked for before, or has changed since; then two binary searches of some
        25 lines each, and the lines that are wanted.
        """
        with path.open("rb") as stream:
            state = _state(stream)
            known, file = self._found.get(path, ((), None))
            if known != state:
                file = _look_through(stream, span)
                self._found[path] = state, file
            # What grew meanwhile is not looked at; what was replaced is still the old one for this stream.
            return None if file is None else _read_part(stream, file, asked)


def _state(stream: BinaryIO) -> tuple[int, ...]:
    """Return what changes when a file does: its length, inode and time of change."""
    found = os.fstat(stream.fileno())
    return found.st_size, found.st_ino, found.st_mtime_ns


def _look_through(stream: BinaryIO, span: TimeRange) -> OrderedFile | None:
    """Look through a whole file, block by block; return None if it is not in order or has no samples."""
    reader = ChunkReader()
    headers: list[ChunkHeader] = []
    first, last, count, size, lines = None, span.start, 0, 0, 0
    body, data = len(stream.readline()), b"."
    stream.seek(0)
    while data:
        refuse_stopped()
        data = stream.read(_BLOCK)
        size, lines = size + len(data), lines + data.count(b"\n")
        for event in reader.feed(data) if data else reader.close():
            if isinstance(event, ChunkStarted):
                headers.append(event.header)
            elif isinstance(event, Damage) or not _goes_on(event, last):
                return None
            else:
                time = event.samples.time
                first, last, count = int(time[0]) if first is None else first, int(time[-1]), count + len(time)
    if first is None or len(headers) != 1 or lines != count + 1 or last >= span.end:
        return None
    (header,) = headers
    layout = ChunkSummary(dbr_type=header.dbr_type, year=header.year, count=count, first=first, last=last)
    return OrderedFile(size=size, header=header, body=body, layout=layout)


def _goes_on(block: SampleBlock, last: int) -> bool:
    time = block.samples.time
    return bool(time[0] >= last and np.all(time[1:] >= time[:-1]))


def _read_part(stream: BinaryIO, file: OrderedFile, asked: TimeRange) -> Answer:
    before, _ = _find(stream, file, asked.start)
    _, after = _find(stream, file, asked.end)
    stream.seek(after)
    end = min(after + len(stream.readline()), file.size)
    reader = AnswerReader()
    stream.seek(0)
    reader.feed(stream.readline())
    stream.seek(before)
    while (at := stream.tell()) < end and (data := stream.read(min(end - at, _BLOCK))):
        refuse_stopped()
        spend(len(data))
        reader.feed(data)
    return replace(reader.finish(), chunks=(file.layout,))


def _find(stream: BinaryIO, file: OrderedFile, ns: int) -> tuple[int, int]:
    """Return where the last line before an instant begins, the first line if there is none, and where it ends."""
    before, low, high = file.body, file.body, file.size
    while low < high:
        middle = (low + high) // 2
        stream.seek(middle - 1)
        at = middle - 1 + len(stream.readline())  # where the first line begins that does so from `middle` on
        line = stream.readline() if at < high else b""
        if line and decode_columns(file.header.dbr_type, file.header.year, line).samples.time[0] < ns:
            before, low = at, at + len(line)
        else:
            high = middle
    return before, low
