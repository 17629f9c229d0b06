"""What samples are read from: files, other appliances, both merged, or nothing (`StoragePlugin.getDataForPV`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.processor import NoNumber, Processor
from archredundancy.appliance.remote.merged import Merged, merge_streams
from archredundancy.appliance.remote.partner import fetch_samples
from archredundancy.appliance.storage.open_streams import open_whole
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.storage import Storage
from archredundancy.appliance.storage.store import PB, PvStore
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.errors import StoreError
from archredundancy.model import NS_PER_SECOND, Partition, StoreUrl

__all__ = [
    "BlackHoleReader",
    "FilesReader",
    "MergedReader",
    "Reader",
    "RemoteReader",
    "Undescribed",
    "merging",
    "open_reader",
    "processed",
    "remote_extension",
]

logger = logging.getLogger(__name__)


class Undescribed(DamagedFile):
    """Samples of another appliance alone where there should be a merge: the appliance cannot say what they are."""


class Reader(Protocol):
    """A place that samples of one PV are read from."""

    @property
    def name(self) -> str:
        """Name of the store, such as `LTS`."""

    def first_time(self) -> int | None:
        """Return the time of the first sample, ns since 1970 UTC, if that is known."""

    def streams(self, start: int, end: int, processor: Processor | None) -> Iterator[SampleStream] | None:
        """Return the streams of a window, in order; None from what has no samples to give.

        What is wrong with files and partners is found out at once; a post-processor works only when a stream is asked
        for.

        Parameters
        ----------
        start, end : int, ns since 1970 UTC
            Both inside.
        processor : Processor or None
            What is made of the samples; None for nothing.

        Raises
        ------
        DamagedFile
            If a file cannot be read at all, or what should be merged is out of reach.
        """


@dataclass(frozen=True, kw_only=True)
class FilesReader:
    """Reads a `pb://` store; what ETL has kept of a post-processor is taken from there (`PlainStoragePlugin`)."""

    store: PvStore

    @property
    def name(self) -> str:
        """Name of the store."""
        return self.store.name

    def first_time(self) -> int | None:
        """Return the time of the first sample, ns since 1970 UTC."""
        return self.store.first_time()

    def streams(self, start: int, end: int, processor: Processor | None) -> Iterator[SampleStream]:
        """Return the streams of a window, file by file; raises as `PvStore.streams` does."""
        if processor is None or self.store.holds(start, end, processor.extension):
            return iter(self.store.streams(start, end, PB if processor is None else processor.extension))
        return processed(self.store.streams(start, end), processor)


@dataclass(frozen=True, kw_only=True)
class BlackHoleReader:
    """Reads a `blackhole://`: there is nothing."""

    name: str

    def first_time(self) -> None:
        """Return None: no sample stays."""

    def streams(self, _start: int, _end: int, _processor: Processor | None) -> None:
        """Return None, which is not the same as no streams: here another appliance's samples stand for its own."""


@dataclass(frozen=True, kw_only=True)
class RemoteReader:
    """Reads another appliance over HTTP (`PBOverHTTPStoragePlugin`).

    Attributes
    ----------
    name : str
    pv : str
    url : str
        Its `getData.raw`.
    skip_external : bool
        Whether it is told to leave out what it proxies.
    """

    name: str
    pv: str
    url: str
    skip_external: bool = False

    def first_time(self) -> None:
        """Return None: it is not asked for that."""

    def streams(self, start: int, end: int, processor: Processor | None) -> Iterator[SampleStream] | None:
        """Return its answer as one stream, on which the post-processor works once more; None if there is no answer."""
        extension = remote_extension(processor)
        found = fetch_samples(self.url, self.pv, start, end, extension, skip_external=self.skip_external)
        if found is None:
            return None
        return iter(found) if processor is None else processed(found, processor)


@dataclass(frozen=True, kw_only=True)
class MergedReader:
    """Reads a `merge://` store: files here, merged with another store as they are read (`MergeDedupStoragePlugin`)."""

    name: str
    local: FilesReader
    other: Reader

    def first_time(self) -> int | None:
        """Return the time of the first sample of either, ns since 1970 UTC."""
        return min(
            (time for time in (self.local.first_time(), self.other.first_time()) if time is not None), default=None
        )

    def leaving(self, file: PbFile) -> SampleStream:
        """Return what ETL moves in the place of a file: its samples and those of the other store, in its partition.

        The other one is asked from the last second of the partition before up to the start of the next one, both inside
        (`MergeDedupStoragePlugin.getETLStreams`).

        Raises
        ------
        DamagedFile
            If the file cannot be read, or the other store gives no answer: the file stays where it is then.
        """
        first = file.first_time()
        if first is None:
            raise DamagedFile(f"{file.path} has no sample")
        slot = Partition.holding(first, self.local.store.granularity)
        others = self.other.streams(slot.start - NS_PER_SECOND, slot.end, None)
        merged = None if others is None else merge_streams([_whole(file)], others)
        if merged is None:
            raise DamagedFile(f"nothing is moved out of {self.name} for now: {self.other} gives no answer")
        return merged

    def streams(self, start: int, end: int, processor: Processor | None) -> Iterator[SampleStream]:
        """Return the union as one stream, on which the post-processor works once more.

        Raises
        ------
        DamagedFile
            If a file cannot be read at all, or the other store is out of reach.
        Undescribed
            If there is nothing in the files here, but something in the other store.
        """
        local, others = self.local.streams(start, end, processor), self.other.streams(start, end, processor)
        if others is None:
            raise DamagedFile(f"the store {self.name} cannot be merged: {self.other} gives no answer")
        merged = merge_streams(local, others)
        if merged is None:
            if any(next(stream.rows(), None) is not None for stream in others):
                raise Undescribed(f"the store {self.name} has samples only in {self.other}")
            return iter(())
        found: list[Merged] = [merged]
        return iter(found) if processor is None else processed(found, processor)


def remote_extension(processor: Processor | None) -> str:
    """Return what another appliance is asked to make of samples; `pb` for nothing (`PostProcessor.getExtension`)."""
    return (PB if processor is None else processor.extension).removeprefix(".")


def open_reader(storage: Storage, info: PvTypeInfo, url: StoreUrl) -> Reader:
    """Return what reads a store of a PV.

    Raises
    ------
    StoreError
        If the appliance has no such kind of store, or its URL lacks something.
    InputError
        If a URL inside the URL cannot be read.
    """
    options = dict(url.options)
    if url.scheme == "pbraw":
        return RemoteReader(
            name=url.name,
            pv=info.pv,
            url=storage.expand(_needed(url, "rawURL")),
            skip_external=options.get("skipExternalServers", "").lower() == "true",
        )
    if url.scheme == "merge":
        local = open_reader(storage, info, StoreUrl.parse(_needed(url, "dest")))
        if not isinstance(local, FilesReader):
            raise StoreError(f"what is merged into must be a pb:// store, in {url.text!r}", path=url.text)
        other = open_reader(storage, info, StoreUrl.parse(_needed(url, "other")))
        return MergedReader(name=url.name, local=local, other=other)
    store = storage.store(info, url)
    return BlackHoleReader(name=url.name) if store is None else FilesReader(store=store)


def merging(storage: Storage, info: PvTypeInfo, url: StoreUrl) -> Callable[[PbFile], SampleStream] | None:
    """Return what makes the samples that leave a `merge://` store; None for any other, which they leave as they are.

    Raises
    ------
    StoreError, InputError
        As `open_reader` does.
    """
    if url.scheme != "merge":
        return None
    reader = open_reader(storage, info, url)
    return reader.leaving if isinstance(reader, MergedReader) else None


def _whole(file: PbFile) -> SampleStream:
    return open_whole(file.header.pv, file.path, file.header.dbr_type)


def _needed(url: StoreUrl, key: str) -> str:
    text = dict(url.options).get(key, "")
    if not text:
        raise StoreError(f"the store {url.text!r} cannot be opened; it needs {key}=…", path=url.text)
    return text


def processed(streams: Iterable[SampleStream], processor: Processor) -> Iterator[SampleStream]:
    """Yield what a post-processor makes of streams, as they are asked for; damaged ones are left out, with a log."""
    for stream in streams:
        try:
            yield processor.take(stream)
        except (DamagedFile, DamagedLine, NoNumber, OSError) as damage:
            logger.error("the answer goes on without %s: %s", stream.source, damage)
