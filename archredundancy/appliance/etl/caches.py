"""What ETL makes of samples with post-processors: the caches of a store's `pp=`, and its `reducedata=`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.processor import AnswerLost, NoNumber, Processor
from archredundancy.appliance.processors.processors import find_reducer
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.open_streams import open_whole
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.store import PB, PvStore
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.model import StoreUrl

__all__ = ["append_reduced", "fill_caches"]

logger = logging.getLogger(__name__)


def fill_caches(url: StoreUrl, store: PvStore) -> None:
    """Make the files of a store's `pp=` arguments that are missing or older than the samples' own.

    Samples are only appended to a cache that is there: what changed before its end stays as it was. One post-processor
    reads all files in turn, so a statistic shows the last bin of a file only once it has read the next one, and fills
    what lies between. Those that answer for all streams at once, such as `lastSample`, leave no files
    (`PlainStoragePlugin.runPostProcessors`).
    """
    for argument in (value for key, value in url.options if key == "pp"):
        try:
            processor = find_reducer(argument)
        except Refused:
            logger.error("no caches are made for %s and what follows it: it has no number", argument)
            return
        if processor is None:
            logger.error("no cache is made for %s: it is no post-processor", argument)
            continue
        for path in list(_outdated(store, processor.extension)):
            _fill_cache(store, path, processor)


def _outdated(store: PvStore, extension: str) -> Iterator[Path]:
    for path in store.paths():
        cache = path.with_name(path.name.removesuffix(PB) + extension)
        if not cache.exists() or path.stat().st_mtime_ns > cache.stat().st_mtime_ns:
            yield path


def _fill_cache(store: PvStore, path: Path, processor: Processor) -> None:
    try:
        taken = processor.take(open_whole(store.pv, path, PbFile.look_up(path).header.dbr_type))
        Appender(store, processor.extension).append(taken.rows(), taken.header.dbr_type)
    except (AnswerLost, DamagedFile, DamagedLine, NoNumber, OSError) as damage:
        logger.error("the cache %s of %s is not complete: %s", processor.extension, path, damage)


def append_reduced(argument: str, appender: Appender, stream: SampleStream) -> None:
    """Append what a post-processor makes of a file's samples, as a store with `reducedata=` wants it.

    If nothing can be made of them, nothing is appended, and the file is deleted all the same
    (`PlainStoragePlugin.appendToETLAppendData`): its samples are lost.

    Raises
    ------
    DamagedFile
        If what was made cannot be appended, or reaches into another year: the file stays, though what is of its first
        year has been appended (`ChangeInYearsException`).
    DamagedLine
        If a sample that was made cannot be read.
    """
    try:
        reduced = _reduced(stream, argument)
    except (AnswerLost, DamagedFile, DamagedLine, NoNumber, Refused) as damage:
        logger.error("nothing of %s is kept: %s", stream.source, damage)
        return
    for part in reduced[:1]:
        appender.append(part.rows(), part.header.dbr_type)
    if len(reduced) > 1:
        raise DamagedFile(f"{argument} of {stream.source} reaches into another year")


def _reduced(stream: SampleStream, argument: str) -> list[SampleStream]:
    processor = find_reducer(argument)
    if processor is None:
        raise AnswerLost(f"{argument} is no post-processor")
    taken = processor.take(stream)
    result = processor.result(_undescribed)
    return [taken] if result is None else result


def _undescribed(header: Header) -> Header:
    return header
