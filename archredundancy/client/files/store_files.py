"""The files of one PV below a folder: which there are, and what time each covers by its name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archredundancy.client.allowance import spend
from archredundancy.client.retrieval.answer import Answer, AnswerReader
from archredundancy.client.workers import refuse_stopped
from archredundancy.errors import InputError, WireError
from archredundancy.model import Granularity, Partition, TimeRange, chunk_key
from archredundancy.wire import ChunkHeader

__all__ = ["StoredFile", "find_files", "read_answer", "read_start", "walk_first_files"]

_BLOCK = 1 << 20
#: Lines hold whole samples; waveforms may be long.
_LONGEST_LINE = 1 << 26
_NAME = re.compile(r"(\d{4}(?:_\d\d){0,4})(\.pb|\.parquet)")
#: By the number of parts of a partition's name; five parts are minutes, of which there are three granularities.
_BY_PARTS = {1: Granularity.YEAR, 2: Granularity.MONTH, 3: Granularity.DAY, 4: Granularity.HOUR}


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One file of a PV.

    Attributes
    ----------
    path : Path
    store : Path
        Root of the store it belongs to.
    partition : Partition
        By its name. Minutes of a store may be read as a coarser granularity than it has; starts are always right.
    """

    path: Path
    store: Path
    partition: Partition

    @property
    def is_pb(self) -> bool:
        """Whether it can be read here; Parquet files cannot."""
        return self.path.suffix == ".pb"

    @property
    def span(self) -> TimeRange:
        """What the file covers."""
        return TimeRange(start=self.partition.start, end=self.partition.end)


def find_files(root: Path, pv: str, separators: str, terminator: str) -> list[StoredFile]:
    """Return the files whose names are those of a PV, in the folder itself or a folder in it, in order of time.

    Siblings of another kind, such as the `pp` caches and temporary files that the appliance leaves, are not among them.
    In a folder that is one store's root, files of another PV may be: their headers tell.
    """
    key = chunk_key(pv, separators, terminator)
    if key.startswith("/") or ".." in key.split("/"):
        return []  # such a name would lead out of the folder
    stores = [root, *sorted(entry for entry in root.iterdir() if entry.is_dir())]
    files = [file for store in stores for file in _files_of_store(store, key)]
    return sorted(files, key=lambda file: (file.partition.start, file.partition.end, file.path))


def _files_of_store(store: Path, key: str) -> list[StoredFile]:
    folder, prefix = (store / key).parent, key.rpartition("/")[2]
    if not folder.is_dir():
        return []
    names = [path.name for path in folder.iterdir() if path.name.startswith(prefix)]
    matches = [match for name in names if (match := _NAME.fullmatch(name, len(prefix)))]
    minutes = _minutes([match[1] for match in matches])
    files = []
    for match in matches:
        granularity = _BY_PARTS.get(match[1].count("_") + 1, minutes)
        try:
            partition = Partition.from_name(match[1], granularity)
        except InputError:
            continue  # 2024_13, for instance: no file of the archiver's
        files.append(StoredFile(path=folder / match.string, store=store, partition=partition))
    return files


def _minutes(names: list[str]) -> Granularity:
    """Return the coarsest granularity in which all names with minutes are partitions."""
    minutes = [int(name[-2:]) for name in names if name.count("_") == 4]
    for granularity, length in ((Granularity.MIN30, 30), (Granularity.MIN15, 15)):
        if not any(minute % length for minute in minutes):
            return granularity
    return Granularity.MIN5


def read_answer(path: Path) -> Answer:
    """Return what a file holds, read in blocks.

    Raises
    ------
    OSError
        If the file cannot be read.
    TooLargeError
        If it takes more than what is allowed.
    """
    reader = AnswerReader()
    with path.open("rb") as stream:
        while data := stream.read(_BLOCK):
            refuse_stopped()
            spend(len(data))
            reader.feed(data)
    return reader.finish()


def read_start(path: Path) -> tuple[str | None, bool]:
    """Return the name of the PV that a file belongs to, and whether it holds any complete line after its header.

    The name is that of the first line, or None if that is no header.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as stream:
        header, sample = stream.readline(_LONGEST_LINE), stream.readline(_LONGEST_LINE)
    try:
        pv = ChunkHeader.parse(header).pv if header.endswith(b"\n") else None
    except WireError:
        pv = None
    return pv, sample.endswith(b"\n")


def walk_first_files(root: Path) -> Iterator[list[Path]]:
    """Yield the `.pb` files of each key below a folder together, in order of name."""
    for folder, _, names in os.walk(root, followlinks=True):
        groups: dict[str, list[Path]] = {}
        for name in sorted(names):
            if name.endswith(".pb") and (match := re.search(_NAME.pattern + r"\Z", name)):
                groups.setdefault(name[: match.start()], []).append(Path(folder, name))
        yield from groups.values()
