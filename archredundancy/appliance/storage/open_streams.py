"""Files as streams: all of one, or the part that a window wants."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.pb_lines import read_lines
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import FileRange, FileScan, SampleStream
from archredundancy.model import DbrType, year_of

__all__ = ["end_offset", "open_range", "open_whole"]


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
