"""Rewriting the files of a PV, all or none (`PlainStoragePlugin.convert`)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import PbFile
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.store import PvStore
from archredundancy.model import DbrType, Partition

__all__ = ["Rewrite", "convert"]


#: Makes a file and its slot into the new samples and what the header says of their type; None leaves it as it is.
Rewrite = Callable[[PbFile, Partition], tuple[Iterable[Row], DbrType] | None]


def convert(store: PvStore, extensions: Iterable[str], rewrite: Rewrite) -> None:
    """Write a new file beside each one, then let them take their places one by one.

    Those that are left over, after a failure, are deleted. Each file loses its samples after the start of its last
    second, as its name does not promise them (`appliance.md` A.2).

    Parameters
    ----------
    store : PvStore
    extensions : iterable of str
        Of the files, in this order.
    rewrite : Rewrite
        What it raises ends the conversion, before any file was changed.

    Raises
    ------
    InputError
        If a file has the name of another granularity.
    DamagedFile, DamagedLine
        If a file cannot be read.
    OSError
        If the disk is full.
    """
    with store.lock:
        _convert(store, list(extensions), f"_tmp_{random.getrandbits(32) - (1 << 31)}", rewrite)


def _convert(store: PvStore, extensions: list[str], suffix: str, rewrite: Rewrite) -> None:
    try:
        for extension in extensions:
            for path in store.paths(extension):
                slot = store.partition_of(path)
                rewritten = rewrite(PbFile.look_up(path), slot)
                if rewritten is not None:
                    rows, dbr_type = rewritten
                    Appender(store, extension + suffix).append(_inside(rows, slot), dbr_type)
        for extension in extensions:
            for path in store.paths(extension + suffix):
                store.disk.rename(path, path.with_name(path.name.removesuffix(suffix)))
    finally:
        for extension in extensions:
            for path in store.paths(extension + suffix):
                store.disk.delete(path)


def _inside(rows: Iterable[Row], slot: Partition) -> Iterator[Row]:
    return (row for row in rows if slot.start <= row.time <= slot.last_read)
