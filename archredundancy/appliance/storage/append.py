"""Writing samples into a store, strictly forward in time (`AppendDataStateData`)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from archredundancy.appliance.messages.message import Header, encode_header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.disk import OpenFile
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.pb_lines import read_lines
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.store import PB, PvStore
from archredundancy.model import DbrType, Partition, year_of

__all__ = ["Appender"]

logger = logging.getLogger(__name__)


class Appender:
    """Appends samples to the files of one PV in one store.

    A sample that is not later than the last one known is left out, silently and uncounted (`appliance.md` A.4). The
    type of a file that is there already is not compared with that of the samples.

    Parameters
    ----------
    store : PvStore
    extension : str
        Of the files.
    last : int, ns since 1970 UTC
        Time of the last sample known; 0 to begin anew.
    """

    def __init__(self, store: PvStore, extension: str = PB, last: int = 0) -> None:
        self._store = store
        self._extension = extension
        self._last = last
        self._year = year_of(last)
        self._ends = 0
        self._handle: OpenFile | None = None

    def append(self, rows: Iterable[Row], dbr_type: DbrType) -> None:
        """Append samples, each to the file of its partition.

        Parameters
        ----------
        rows : iterable of Row
            In order of time.
        dbr_type : DbrType
            What the header of a new file says.

        Raises
        ------
        DamagedLine
            At a sample that cannot be read; those before it are written.
        DamagedFile
            If a file to append to cannot be read or is another PV's.
        """
        with self._store.lock:
            try:
                for row in rows:
                    self._append(row, dbr_type)
            finally:
                self._close()

    def append_file(self, source: PbFile) -> None:
        """Append a whole file: as it is where it fits, sample by sample where its first sample is too early.

        Raises
        ------
        DamagedLine
            If its first sample cannot be read, or there is none.
        DamagedFile
            If the file to append to cannot be read or is another PV's, or if a sample cannot be read where they are
            appended one by one.
        """
        first = source.first_time()
        if first is None:
            raise DamagedLine(f"{source.path} has no sample")
        with self._store.lock:
            self._append_file(source, first)

    def _append_file(self, source: PbFile, first: int) -> None:
        if self._is_too_early(first):
            logger.error(
                "%s does not fit behind what %s has; samples that are not later are lost", source.path, self._store.name
            )
            self._append_one_by_one(source)
            return
        try:
            handle = self._open(first, source.header.dbr_type)
            with source.path.open("rb") as original:
                original.seek(source.begin)
                while block := original.read(1 << 20):
                    handle.write(block)
        finally:
            self._close()
        written = PbFile.look_up(self._store.path_of(first, self._extension))
        self._last = written.last_time() or self._last

    def _append_one_by_one(self, source: PbFile) -> None:
        kind, year = source.header.dbr_type, source.header.year
        try:
            self.append((Row(line, kind, year) for _, line in read_lines(source.path, source.begin)), kind)
        except DamagedLine as damage:
            raise DamagedFile(f"{source.path}: {damage}") from None

    def _append(self, row: Row, dbr_type: DbrType) -> None:
        time = row.time
        if self._is_too_early(time):
            return
        if time >= self._ends:
            self._close()
            self._ends = Partition.holding(time, self._store.granularity).end
        handle = self._handle or self._open(time, dbr_type)
        if self._is_too_early(time):
            return
        handle.write(row.line + b"\n")
        self._last, self._year = time, year_of(time)

    def _is_too_early(self, time: int) -> bool:
        return time <= self._last or year_of(time) < self._year

    def _open(self, time: int, dbr_type: DbrType) -> OpenFile:
        """Open the file of a time, with a header if it is new; cut off an incomplete last line."""
        path = self._store.path_of(time, self._extension)
        if path.exists() and path.stat().st_size:
            self._handle = self._reopen(path)
        else:
            header = Header(dbr_type=dbr_type, pv=self._store.pv, year=year_of(time))
            self._handle = self._store.disk.create(path, encode_header(header) + b"\n")
        return self._handle

    def _reopen(self, path: Path) -> OpenFile:
        file = PbFile.look_up(path)
        if file.header.pv != self._store.pv:
            raise DamagedFile(f"data of {self._store.pv} cannot go into {path}, which is of {file.header.pv}")
        self._year = file.header.year
        self._last = file.last_time() or self._last
        return self._store.disk.extend(path, file.end_of_last_line())

    def _close(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None
