"""Runs of samples on their way from files into an answer: what the appliance calls event streams."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.pb_lines import copy_lines, lines_of, read_lines
from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND, DbrType

__all__ = ["FileRange", "FileScan", "SampleStream", "Samples"]

_TRIES = 10


@dataclass(frozen=True, kw_only=True)
class SampleStream(ABC):
    """Samples under one header.

    Attributes
    ----------
    header : Header
        What the answer says about them: type, name, year.
    source : str
        Where they come from, for people, as the real appliance says it: `null` where it does not know.
    """

    header: Header
    source: str = ""

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Yield the samples.

        Raises
        ------
        DamagedFile
            If the stream breaks off.
        """

    def described_by(self, header: Header) -> SampleStream:
        """Return the same samples under another header."""
        return replace(self, header=header)


@dataclass(frozen=True, kw_only=True)
class Samples(SampleStream):
    """Rows that are in memory; None among them is the sample that a file without samples was asked for."""

    content: tuple[Row | None, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield the samples.

        Raises
        ------
        DamagedFile
            At a None, as the appliance's null event ends its stream.
        """
        for row in self.content:
            if row is None:
                raise DamagedFile(f"a file of {self.header.pv} has no sample")
            yield row


@dataclass(frozen=True, kw_only=True)
class FileRange(SampleStream):
    """The lines of a file from one offset to another; an empty line ends them (`…PositionBasedIterator`).

    Attributes
    ----------
    file : PbFile
        As it was when the offsets were found.
    begin, end : int, bytes
        None for the end of the file.
    read_as : DbrType
        What its lines are read as.
    find_again : callable
        Finds the same samples once more, if a merge has put another file in the place of this one.
    """

    file: PbFile
    begin: int
    end: int | None
    read_as: DbrType
    find_again: Callable[[], SampleStream]

    def rows(self) -> Iterator[Row]:
        """Yield the samples, damaged lines among them."""
        with self.opened() as lines:
            for _, row in lines.rows():
                yield row

    @contextmanager
    def opened(self) -> Iterator[OpenRange]:
        """Open the file that the offsets belong to.

        Raises
        ------
        DamagedFile
            If there is another one all the time, or it cannot be searched.
        """
        found: SampleStream = self
        for _ in range(_TRIES):
            if not isinstance(found, FileRange):
                break
            with found.file.path.open("rb", buffering=0) as handle:
                if found.file.is_in(handle):
                    yield OpenRange(handle=handle, range=found)
                    return
            found = self.find_again()
        raise DamagedFile(f"{self.file.path} was replaced while it was read")


@dataclass(frozen=True, kw_only=True)
class OpenRange:
    """A file that is open, and the part of it that is wanted."""

    handle: FileIO
    range: FileRange

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield each sample with the offset of what follows it."""
        for offset, line in lines_of(self.handle, self.range.begin, self.range.end):
            if not line:
                return
            yield offset, Row(line, self.range.read_as, self.range.header.year)

    def copy_from(self, begin: int) -> Generator[bytes, None, int | None]:
        """Yield the lines from an offset on as they are, in blocks; return the time of the last readable sample.

        Cost: as reading the file; nothing but the last lines is decoded.
        """
        return copy_lines(self.handle, begin, self.range.end, replace(self.range.header, dbr_type=self.range.read_as))


@dataclass(frozen=True, kw_only=True)
class FileScan(SampleStream):
    """All lines of a file whose second lies between two seconds: what is done when a search fails.

    It gives whole seconds at both ends, skips damaged lines, and offers no sample before its start
    (`FileBackedPBEventStreamTimeBasedIterator`).
    """

    path: Path
    start: int
    end: int
    read_as: DbrType

    def rows(self) -> Iterator[Row]:
        """Yield the samples."""
        lines = read_lines(self.path, 0)
        next(lines, None)
        started = False
        for _, line in lines:
            if not line:
                return
            row = Row(line, self.read_as, self.header.year)
            try:
                second = row.time // NS_PER_SECOND
            except DamagedLine:
                continue
            if second > self.end // NS_PER_SECOND:
                return
            started = started or second >= self.start // NS_PER_SECOND
            if started:
                yield row
