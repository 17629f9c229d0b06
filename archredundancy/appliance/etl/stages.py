"""Moving samples from store to store (`ETLJob`, `PlainStoragePlugin.getETLStreams`)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.processors import FirstSample, first_sample_interval
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.store import PvStore
from archredundancy.appliance.storage.streams import open_whole
from archredundancy.model import NS_PER_SECOND, Partition, StoreUrl

__all__ = ["A_YEAR", "EtlStore", "consolidate", "move_out"]

logger = logging.getLogger(__name__)

A_YEAR = 365 * 86400 * NS_PER_SECOND
_FAR_FUTURE = 1 << 62


@dataclass(frozen=True, kw_only=True)
class EtlStore:
    """A store and its URL; `store` is None for a black hole."""

    url: StoreUrl
    store: PvStore | None


def consolidate(stores: Sequence[EtlStore], into: str, now: int) -> None:
    """Move the samples of the stores before one into it (`ETLExecutor`).

    Nothing moves if there is a black hole among the destinations; nobody is told. A name that none of the destinations
    has moves everything into the last store.

    Parameters
    ----------
    stores : sequence of EtlStore
        Youngest samples first.
    into : str
        Name of a store.
    now : int, ns since 1970 UTC
        What is taken for the present; the appliance itself takes a year from now, so that all files are due.
    """
    names = [store.url.name for store in stores]
    count = names.index(into) if into in names[1:] else len(stores) - 1
    if any(store.store is None for store in stores[1 : count + 1]):
        logger.error("nothing is consolidated: there is a black hole on the way")
        return
    for source, destination in pairwise(stores[: count + 1]):
        run_stage(source, destination, now)


def move_out(stores: Sequence[EtlStore], now: int) -> None:
    """Empty the stores that ask for it when a PV is paused (`consolidateOnShutdown`)."""
    for source, destination in pairwise(stores):
        if dict(source.url.options).get("consolidateOnShutdown") == "true":
            run_stage(source, destination, now + A_YEAR)


def run_stage(source: EtlStore, destination: EtlStore, now: int) -> None:
    """Move the files that are due from one store into the next one.

    A file is deleted after it was appended, also if some or all of its samples were too early to be taken: they are
    lost (`appliance.md` A.6). A file that cannot be read stays where it is.
    """
    if source.store is None or destination.store is None:
        return
    files = _due(source.url, source.store, now)
    appender = Appender(destination.store, last=destination.store.last_time() or 0)
    moved = []
    try:
        for file in files:
            try:
                appender.append_file(file)
            except DamagedFile as damage:
                logger.error("%s stays where it is: %s", file.path, damage)
            else:
                moved.append(file)
    except DamagedLine as damage:
        logger.error("the stage from %s into %s ends early: %s", source.url.name, destination.url.name, damage)
        return
    for file in moved:
        if file.path.stat().st_size == file.size:
            file.path.unlink()
    _fill_caches(destination)


def _due(url: StoreUrl, store: PvStore, now: int) -> list[PbFile]:
    """Return the files that are over and that `hold` and `gather` let go."""
    due: list[PbFile] = []
    hold_until = _last_second_before(store, now, url.hold)
    gather_until = _last_second_before(store, now, url.hold - (url.gather - 1))
    is_held = bool(url.hold or url.gather)
    for path in [file.path for file in store.files() if file.partition.start <= _last_second_before(store, now, 0)]:
        try:
            file = PbFile.look_up(path)
            first = file.first_time()
        except (DamagedFile, DamagedLine) as damage:
            logger.error("%s is not moved: %s", path, damage)
            continue
        if not is_held:
            due.append(file)
        elif first is not None:
            if not due and first > hold_until:
                return []
            if first <= gather_until:
                due.append(file)
    return due


def _last_second_before(store: PvStore, now: int, partitions: int) -> int:
    """Return the start of the last second before the partition that was current so many partitions ago."""
    then = now - store.granularity.approximate_ns * partitions
    return Partition.holding(then, store.granularity).start - NS_PER_SECOND


def _fill_caches(destination: EtlStore) -> None:
    """Make the files of the store's `pp=` arguments that are missing or older than the samples' own."""
    store = destination.store
    if store is None:
        return
    for argument in (value for key, value in destination.url.options if key == "pp"):
        interval = first_sample_interval(argument)
        if interval is None:
            logger.error("the embedded appliance keeps no cache of the post-processor %s", argument)
            continue
        processor = FirstSample(interval, 0, _FAR_FUTURE)
        for path in store.paths():
            cache = path.with_name(path.name.removesuffix(".pb") + processor.extension)
            if cache.exists() and cache.stat().st_mtime_ns >= path.stat().st_mtime_ns:
                continue
            stream = open_whole(store.pv, path, PbFile.look_up(path).header.dbr_type)
            Appender(store, processor.extension).append(processor.take(stream).rows(), stream.header.dbr_type)
