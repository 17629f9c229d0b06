"""One PB file: its header, its first and last sample, and where in it a time lies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final

from archredundancy.appliance.messages.message import Header, decode_header, decode_sample
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.pb_lines import end_of_last_line, last_readable, lines_from
from archredundancy.model import NS_PER_SECOND, start_of_year

__all__ = ["DamagedFile", "PbFile"]

_ROUNDS: Final = 1000


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
            head = lines_from(handle, 0, 2)
            if not head:
                raise DamagedFile(f"{path} has no header")
            begin, line = head[0]
            try:
                header = decode_header(line)
            except DamagedLine as damage:
                raise DamagedFile(f"{path} does not start with a header: {damage}") from None
            begin = len(line) + 1
            first_line = head[1][1] if len(head) > 1 else None
            last_line, last_end = last_readable(handle, begin, size, header)
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
            return end_of_last_line(handle, self.begin, self.size)

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
        lines = lines_from(handle, position, 3)[1:]
        if not lines or not lines[0][1]:
            return 0, None
        (offset, first), *rest = lines
        after = self._time(rest[0][1]) if rest else start_of_year(self.header.year) + 367 * 86400 * NS_PER_SECOND
        if self._time(first) > time:
            return offset, -1
        return offset, 1 if after <= time else 0
