"""`ChunkReader`: PB files and getData.raw answers, pushed in as bytes, taken out as events."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import Final

import numpy as np

from archredundancy.errors import InputError, WireError
from archredundancy.wire.decode import decode_columns
from archredundancy.wire.events import ChunkStarted, Damage, Event, SampleBlock
from archredundancy.wire.header import ChunkHeader, explain_header, read_header
from archredundancy.wire.line_buffer import LineBuffer, WholeLines
from archredundancy.wire.message import Malformed
from archredundancy.wire.payload import SAMPLE_YEARS, explain_year

__all__ = ["ChunkReader"]

_LINE_FEED: Final = 0x0A


class _Expect(Enum):
    """What the next line is to be, if it is not blank."""

    HEADER = auto()
    SAMPLE = auto()
    NOTHING_READABLE = auto()


class ChunkReader:
    r"""Reads a stream of chunks: header, samples, blank line, header, and so on. A PB file is a stream of one chunk.

    Bytes go in by `feed`, in pieces of any size; events come out. Samples are decoded some 1 MiB at a time, what is
    left when `close` tells that the stream has ended. Memory is bounded by that size or by the longest line.

    Parameters
    ----------
    strict : bool
        Whether to raise `WireError` where otherwise a `Damage` would be reported. A reader that raised cannot go on.

    Notes
    -----
    What cannot be read is left out, as the appliance does, but it is reported. Behind an unreadable header nobody knows
    type and year, so all lines up to the next blank one are one damage. A last line without its line end is no data.

    Examples
    --------
    >>> reader = ChunkReader()
    >>> reader.feed(b"\x08\x01\x12\x01X\x18\xb2\x0f\n\x08\x01\x10\x02")
    []
    >>> [type(event).__name__ for event in reader.feed(b"\x18\x06\n") + reader.close()]
    ['ChunkStarted', 'SampleBlock']
    """

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self._lines = LineBuffer()
        self._expect = _Expect.HEADER
        self._header: ChunkHeader | None = None
        self._unreadable = Damage(0, 0, "")  # grows line by line while nothing is readable
        self._closed = False

    def feed(self, data: bytes) -> list[Event]:
        """Take the next piece of the stream and return what it completes.

        Parameters
        ----------
        data : bytes
            Any number of bytes.

        Returns
        -------
        list of Event
            In order of the stream; the samples of a block come before its damages.

        Raises
        ------
        InputError
            If the reader is closed.
        WireError
            If the reader is strict and something cannot be read.
        """
        if self._closed:
            raise InputError("the reader is closed; take a new one for another stream")
        return [event for block in self._lines.push(data) for event in self._read_block(block)]

    def close(self) -> list[Event]:
        """End the stream and return what was held back; later calls return nothing.

        Returns
        -------
        list of Event
            With a `Damage` for a last line without line end.

        Raises
        ------
        WireError
            If the reader is strict and something cannot be read.
        """
        if self._closed:
            return []
        self._closed = True
        events = [event for block in self._lines.finish() for event in self._read_block(block)]
        return events + self._end_chunk()

    def _read_block(self, block: WholeLines | Damage) -> list[Event]:
        if isinstance(block, Damage):
            return self._lose_line(block)
        events: list[Event] = []
        start = 0
        for blank in _find_blank_lines(block.content):
            events += self._read_lines(block.content[start:blank], block.offset + start)
            events += self._end_chunk()
            start = blank + 1
        return events + self._read_lines(block.content[start:], block.offset + start)

    def _read_lines(self, lines: bytes, offset: int) -> list[Event]:
        """Return the events of lines none of which is blank."""
        if not lines or self._expect is not _Expect.HEADER:
            return self._read_samples(lines, offset)
        end = lines.index(b"\n")
        events = self._read_header(lines[:end], offset)
        return events + self._read_samples(lines[end + 1 :], offset + end + 1)

    def _read_header(self, line: bytes, offset: int) -> list[Event]:
        try:
            self._header = read_header(line)
        except Malformed as error:
            return self._lose_line(Damage(offset, len(line), explain_header(error)))
        if self._header.year in SAMPLE_YEARS:
            self._expect = _Expect.SAMPLE
        else:  # 0 and -1 are usual in chunks without samples
            self._expect = _Expect.NOTHING_READABLE
            self._unreadable = Damage(offset + len(line) + 1, 0, explain_year(self._header.year))
        return [ChunkStarted(self._header, offset)]

    def _read_samples(self, lines: bytes, offset: int) -> list[Event]:
        if not lines:
            return []
        if self._expect is _Expect.NOTHING_READABLE or self._header is None:
            return self._lose_line(Damage(offset, len(lines) - 1, self._unreadable.reason))
        samples, damages = decode_columns(self._header.dbr_type, self._header.year, lines, offset=offset)
        events: list[Event] = [SampleBlock(samples, offset)] if len(samples) else []
        for damage in damages:
            events += self._lose_line(damage)
        return events

    def _lose_line(self, damage: Damage) -> list[Event]:
        """Account for a line that cannot be read, and for those that depended on it.

        Raises
        ------
        WireError
            If the reader is strict.
        """
        if self._strict:
            raise WireError(damage.reason, offset=damage.offset)
        if self._expect is _Expect.SAMPLE:
            return [damage]
        if self._expect is _Expect.HEADER:
            self._expect = _Expect.NOTHING_READABLE
            self._unreadable = damage
        else:
            length = damage.offset + damage.length - self._unreadable.offset
            self._unreadable = replace(self._unreadable, length=length)
        return []

    def _end_chunk(self) -> list[Event]:
        lost = self._expect is _Expect.NOTHING_READABLE and self._unreadable.length > 0
        self._expect = _Expect.HEADER
        return [self._unreadable] if lost else []


def _find_blank_lines(lines: bytes) -> list[int]:
    """Return where the line ends of blank lines stand."""
    is_end = np.frombuffer(lines, np.uint8) == _LINE_FEED
    is_blank = is_end.copy()
    is_blank[1:] &= is_end[:-1]
    return np.flatnonzero(is_blank).tolist()
