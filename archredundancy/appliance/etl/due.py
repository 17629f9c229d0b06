"""Which files leave a store (`PlainStoragePlugin.getETLStreams` and `getAllStreams`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.store import PvStore
from archredundancy.model import NS_PER_SECOND, Partition, StoreUrl

__all__ = ["all_files", "due_files"]

logger = logging.getLogger(__name__)

# `getETLStreams` multiplies seconds by 60 and compares them with milliseconds, so an hour counts as 3.6 minutes.
_AGE_OF_AN_EMPTY_FILE = 0.06


def due_files(url: StoreUrl, store: PvStore, now: int) -> list[PbFile]:
    """Return the files that are over and that `hold` and `gather` let go, in order.

    Nothing moves until the first sample of the oldest file is more than `hold` partitions old; then every file whose
    first sample is more than `hold - (gather - 1)` partitions old does (`appliance.md` A.6). Files without content that
    are old enough are deleted.

    Parameters
    ----------
    url : StoreUrl
    store : PvStore
    now : int, ns since 1970 UTC

    Raises
    ------
    DamagedLine
        If `hold` or `gather` need the time of a first sample that cannot be read.
    """
    over = _last_second_before(store, now, 0)
    paths = [file.path for file in store.files() if file.partition.start <= over]
    forget = _forget_empty(url, store, now)
    files = _readable(paths, forget)
    if not (url.hold or url.gather):
        return list(files)
    hold_until = _last_second_before(store, now, url.hold)
    gather_until = _last_second_before(store, now, url.hold - (url.gather - 1))
    due: list[PbFile] = []
    is_held = True
    for file in files:
        first = file.first_time()
        if first is None:
            forget(file.path)
            continue
        if is_held and first > hold_until:
            return []
        is_held = False
        if first <= gather_until:
            due.append(file)
    return due


def all_files(store: PvStore) -> list[PbFile]:
    """Return all files that can be read, the current one included, whatever their names say."""
    return list(_readable(store.paths(), lambda _path: None))


def _readable(paths: Iterable[Path], forget: Callable[[Path], None]) -> Iterator[PbFile]:
    """Yield the files whose header can be read; those of no bytes may be forgotten."""
    for path in paths:
        if not path.stat().st_size:
            forget(path)
            continue
        try:
            yield PbFile.look_up(path)
        except DamagedFile as damage:
            logger.error("%s is not moved: %s", path, damage)


def _forget_empty(url: StoreUrl, store: PvStore, now: int) -> Callable[[Path], None]:
    """Return what deletes a file without content if it was not written to lately."""
    keep = (url.hold + 1) * store.granularity.approximate_ns * _AGE_OF_AN_EMPTY_FILE

    def forget(path: Path) -> None:
        if now - path.stat().st_mtime_ns > keep:
            logger.warning("%s has no content and is old; it is deleted", path)
            store.disk.delete(path)

    return forget


def _last_second_before(store: PvStore, now: int, partitions: int) -> int:
    """Return the start of the last second before the partition that was current so many partitions ago."""
    then = now - store.granularity.approximate_ns * partitions
    return Partition.holding(then, store.granularity).start - NS_PER_SECOND
