"""Runs of samples on their way from files into an answer: what the appliance calls event streams."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import FileIO
from pathlib import Path

from archredundancy.appliance.messages.message import Header, Sample, decode_sample, encode_sample
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile, copy_lines, lines_of, read_lines
from archredundancy.model import NS_PER_SECOND, DbrType, start_of_year, year_of

__all__ = ["FileRange", "FileScan", "Row", "SampleStream", "Samples", "end_offset", "open_range", "open_whole"]

_TRIES = 10


class Row:
    """A line and how to read it; decoded at most once, when asked.

    Parameters
    ----------
    line : bytes
        Escaped, without its line end.
    dbr_type : DbrType
        What the line is read as.
    year : int
        The year its seconds count from.
    """

    __slots__ = ("_sample", "dbr_type", "line", "year")

    def __init__(self, line: bytes, dbr_type: DbrType, year: int) -> None:
        self.line, self.dbr_type, self.year = line, dbr_type, year
        self._sample: Sample | None = None

    @property
    def sample(self) -> Sample:
        """The decoded sample.

        Raises
        ------
        DamagedLine
            If the line is no sample of its type.
        """
        if self._sample is None:
            self._sample = decode_sample(self.line, self.dbr_type)
        return self._sample

    @property
    def time(self) -> int:
        """Time stamp, ns since 1970 UTC; raises as `sample` does."""
        return self.sample.time(self.year)

    def copy(self) -> Row:
        """Return what the appliance makes of a sample when it copies it; see `encode_sample` for what is lost.

        Raises
        ------
        DamagedLine
            If the line is no sample of its type.
        """
        time = self.time
        year = year_of(time)
        seconds, nano = divmod(time - start_of_year(year), NS_PER_SECOND)
        return Row(encode_sample(replace(self.sample, seconds=seconds, nano=nano), self.dbr_type), self.dbr_type, year)


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


def open_whole(pv: str, path: Path, read_as: DbrType) -> SampleStream:
    """Return all samples of a file that lies between the ends of a window.

    A file of another type keeps its own header over lines that are read as `read_as`, its header line among them:
    nothing of it comes through unless the types are stored alike (`FileBackedPBEventStream.getDescription`).

    Raises
    ------
    DamagedFile
        If it has no header.
    """
    file = PbFile.look_up(path)
    begin = file.begin if file.header.dbr_type is read_as else 0
    return FileRange(
        header=_described(pv, file),
        source=str(path),
        file=file,
        begin=begin,
        end=None,
        read_as=read_as,
        find_again=partial(open_whole, pv, path, read_as),
    )


def open_range(pv: str, path: Path, read_as: DbrType, start: int, end: int) -> SampleStream:
    """Return a file's samples from the last one at or before `start` to the last one at or before `end`.

    Parameters
    ----------
    pv : str
        Name that goes into the header.
    path : Path
    read_as : DbrType
        Type of the first file of the window.
    start, end : int, ns since 1970 UTC
        Both inside one UTC year.

    Raises
    ------
    DamagedFile
        If it has no header, or its first sample cannot be read (`FileBackedPBEventStream.seekToTimes`).
    """
    file = PbFile.look_up(path)
    header = _described(pv, file)
    offsets = _offsets(file, start, end) if file.header.dbr_type is read_as else None
    if offsets is None:
        return FileScan(header=header, source=str(path), path=path, start=start, end=end, read_as=read_as)
    return FileRange(
        header=header,
        source=str(path),
        file=file,
        begin=offsets[0],
        end=offsets[1],
        read_as=read_as,
        find_again=partial(open_range, pv, path, read_as, start, end),
    )


def _described(pv: str, file: PbFile) -> Header:
    return replace(file.header, pv=pv, element_count=file.header.element_count or 1)


def _offsets(file: PbFile, start: int, end: int) -> tuple[int, int | None] | None:
    """Return where to begin and end reading; None if the search fails, as in a file without samples.

    Raises
    ------
    DamagedFile
        If the first sample cannot be read.
    """
    try:
        first, last = file.first_time(), file.last_time()
    except DamagedLine as damage:
        raise DamagedFile(f"{file.path}: {damage}") from None
    if first is None or last is None:
        return None
    try:
        return _search(file, start, end, first, last)
    except DamagedLine:
        return None


def _search(file: PbFile, start: int, end: int, first: int, last: int) -> tuple[int, int | None] | None:
    """Return where to begin and end reading; the cases are those of `seekToTimes`."""
    if end < first:
        return file.begin, file.begin
    if start < first and end <= last:
        stop = end_offset(file, end)
        return None if stop is None else (file.begin, stop)
    if start <= first and end >= last:
        return file.begin, None
    stop = end_offset(file, end) if end < last else file.size
    begin = _begin_offset(file, start, first)
    return None if stop is None or begin is None else (begin, stop)


def _begin_offset(file: PbFile, start: int, first: int) -> int | None:
    if start == first:
        return file.begin
    return file.find(start) if year_of(start) == file.header.year else None


def end_offset(file: PbFile, end: int) -> int | None:
    """Return the offset after the last sample at or before a time; None if the search for it fails.

    Raises
    ------
    DamagedLine
        If the search meets a line that cannot be decoded.
    """
    offset = file.find(end) if year_of(end) == file.header.year else None
    if offset is None:
        return None
    for after, line in read_lines(file.path, offset):
        try:
            if not line or Row(line, file.header.dbr_type, file.header.year).time > end:
                break
        except DamagedLine:
            break
        offset = after
    return offset
