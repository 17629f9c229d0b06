"""The files of one PV in one store, and what a window takes from them (`PlainStoragePlugin`, `PathNameUtility`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.disk import Disk
from archredundancy.appliance.storage.open_streams import open_range, open_whole
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.errors import InputError
from archredundancy.model import Granularity, Partition

__all__ = ["PB", "PvStore", "StoredFile"]

#: Extension of the files that hold the samples themselves.
PB = ".pb"


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file and the slot of time that its name stands for."""

    path: Path
    partition: Partition


@dataclass(frozen=True, kw_only=True)
class PvStore:
    """One `pb://` store, seen by one PV.

    Attributes
    ----------
    name : str
        Such as `LTS`.
    root : Path
    granularity : Granularity
    pv : str
        The PV's real name.
    key : str
        Start of its file names below the root.
    disk : Disk
        Through which its files are changed.
    lock : RLock
        Held while they are changed; shared by all that see the same files.
    """

    name: str
    root: Path
    granularity: Granularity
    pv: str
    key: str
    disk: Disk = field(default_factory=Disk, compare=False, repr=False)
    lock: RLock = field(default_factory=RLock, compare=False, repr=False)

    def path_of(self, time: int, extension: str = PB) -> Path:
        """Return the file that a sample of this time belongs in."""
        return self.root / f"{self.key}{Partition.holding(time, self.granularity).name}{extension}"

    def paths(self, extension: str = PB) -> list[Path]:
        """Return all files of the PV, by name.

        The names are matched by a glob made of the PV's name as it is, so a name with braces or brackets finds nothing,
        one with `?` finds other PVs' files too, and one that is no glob, as with `[z-a]`, finds nothing
        (`PathNameUtility.getDirectoryStreamsForPV`).
        """
        folder, _, last = f"{self.root}/{self.key}".rpartition("/")
        try:
            pattern = re.compile(_glob(f"{last}*{extension}"))
            return sorted(path for path in Path(folder).iterdir() if pattern.fullmatch(path.name))
        except (FileNotFoundError, NotADirectoryError, re.error):
            return []

    def delete(self) -> None:
        """Delete all files that hold samples themselves.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        with self.lock:
            for path in self.paths():
                self.disk.delete(path)

    def files(self, extension: str = PB) -> Iterator[StoredFile]:
        """Yield the files whose names have this store's granularity."""
        for path in self.paths(extension):
            try:
                yield StoredFile(path=path, partition=self.partition_of(path))
            except InputError:
                continue

    def partition_of(self, path: Path) -> Partition:
        """Return the slot a file name stands for.

        Raises
        ------
        InputError
            If the name has another granularity.
        """
        text = path.name[len(self.key.rpartition("/")[2]) :].split(".")[0]
        return Partition.from_name(text, self.granularity)

    def first_time(self) -> int | None:
        """Return the time of the first sample, ns since 1970 UTC, of the first file that has a readable one."""
        return next(self._times(self.paths(), first=True), None)

    def last_time(self) -> int | None:
        """Return the time of the last sample, ns since 1970 UTC, of the last file that has a readable one."""
        return next(self._times(reversed(self.paths()), first=False), None)

    @staticmethod
    def _times(paths: Iterator[Path] | list[Path], *, first: bool) -> Iterator[int]:
        for path in paths:
            try:
                file = PbFile.look_up(path)
                time = file.first_time() if first else file.last_time()
            except (DamagedFile, DamagedLine, OSError):
                continue
            if time is not None:
                yield time

    def streams(self, start: int, end: int, extension: str = PB) -> list[SampleStream]:
        """Return what the store holds of a window, a stream a file, after the last sample before the window.

        Parameters
        ----------
        start, end : int, ns since 1970 UTC
            Both inside the window and inside one UTC year. Files are chosen by the range of their names, which ends a
            second early (`appliance.md` A.2).
        extension : str
            Of the files; the sample before the window comes from those that hold all samples.

        Raises
        ------
        DamagedFile
            If one of the files cannot be read at all.
        """
        chosen = self.chosen(start, end, extension)
        streams: list[SampleStream] = []
        first = PbFile.look_up(chosen[0]) if chosen else None
        try:
            first_time = None if first is None else first.first_time()
        except DamagedLine as damage:
            raise DamagedFile(str(damage)) from None
        if first_time is None or first_time > start:
            streams += self._sample_before(start)
        if first is None:
            return streams
        read_as = first.header.dbr_type
        if len(chosen) == 1:
            if (first.last_time() or 0) <= start:
                return [*streams, self._last_sample(first, "null")]
            return [*streams, open_range(self.pv, chosen[0], read_as, start, end)]
        ends = (chosen[0], chosen[-1])
        return streams + [
            open_range(self.pv, path, read_as, start, end) if path in ends else open_whole(self.pv, path, read_as)
            for path in chosen
        ]

    def holds(self, start: int, end: int, extension: str) -> bool:
        """Whether files with this extension reach into a window."""
        return bool(self.chosen(start, end, extension))

    def chosen(self, start: int, end: int, extension: str = PB) -> list[Path]:
        """Return the files whose names reach into a window, both ends inside, oldest first (`appliance.md` A.2)."""
        files = self.files(extension)
        return [file.path for file in files if file.partition.last_read >= start and file.partition.start <= end]

    def _sample_before(self, start: int) -> list[SampleStream]:
        """Return the last sample of the file before the window, whatever its time."""
        before = [file.path for file in self.files() if file.partition.last_read < start]
        if not before:
            return []
        path = before[-1]
        return [self._last_sample(PbFile.look_up(path), f"Last known event from {self.name} from {path.name}")]

    def _last_sample(self, file: PbFile, source: str) -> SampleStream:
        kind, year = file.header.dbr_type, file.header.year
        row = None if file.last_line is None else Row(file.last_line, kind, year)
        header = Header(dbr_type=kind, pv=self.pv, year=year, element_count=1)
        return Samples(header=header, source=source, content=(row,))


def _glob(pattern: str) -> str:
    """Return the regular expression of a Java glob, for file names.

    Examples
    --------
    >>> bool(re.fullmatch(_glob("x{y,z}:*.pb"), "xy:2024.pb")), bool(re.fullmatch(_glob("x[y]:*.pb"), "x[y]:2024.pb"))
    (True, False)
    """
    parts, braces = [], 0
    for token in re.findall(r"\[[^\]]*\]|.", pattern, re.DOTALL):
        if len(token) > 1:
            parts.append(_class(token))
        elif token == "{":
            braces += 1
            parts.append("(?:")
        elif token == "}" and braces:
            braces -= 1
            parts.append(")")
        elif token == "," and braces:
            parts.append("|")
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(token, re.escape(token)))
    return "".join(parts) + ")" * braces


def _class(token: str) -> str:
    """Return the regular expression of a glob's characters in brackets; nothing fits where there are none."""
    negation = "^" if token[1] == "!" else ""
    inside = re.sub(r"[\\\[&~|^]", r"\\\g<0>", token[1 + len(negation) : -1])
    return f"[{negation}{inside}]" if inside else "(?!)"
