"""`mergeInData`: samples of another appliance into the files that are here (`MergeInDataFromExternalStore`).

The merge is row by row in this folder's own code, with the losses of the real one (`appliance.md` D): only files that
exist are rewritten, each loses its samples after the start of its last second, every sample is re-encoded, and types
are not compared.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.merged import merge_rows
from archredundancy.appliance.remote.partner import fetch_rows, millisecond_text
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.store import PvStore
from archredundancy.appliance.storage.streams import Row, open_whole
from archredundancy.errors import InputError
from archredundancy.model import Partition

__all__ = ["merge_in"]


def merge_in(store: PvStore, extensions: Iterable[str], other: str) -> None:
    """Merge the samples of another appliance into a store's files.

    All new files are written beside the old ones first, then take their places one by one; those left over are deleted
    in any case.

    Parameters
    ----------
    store : PvStore
    extensions : iterable of str
        Of the files, caches of post-processors first.
    other : str
        The other appliance's `data_retrieval_url`.

    Raises
    ------
    Refused
        With 500 if a file or an answer cannot be read, or the disk is full; no file is changed then.
    """
    with store.lock:
        _merge_in(store, list(extensions), f"_tmp_{random.getrandbits(32) - (1 << 31)}", other)


def _merge_in(store: PvStore, extensions: list[str], suffix: str, other: str) -> None:
    try:
        for extension in extensions:
            for path in store.paths(extension):
                _write_merged(store, path, extension + suffix, other)
        for extension in extensions:
            for path in store.paths(extension + suffix):
                store.disk.rename(path, path.with_name(path.name.removesuffix(suffix)))
    except (DamagedFile, DamagedLine, InputError, OSError) as damage:
        raise Refused(500, f"{type(damage).__name__}: {damage}") from None
    finally:
        for extension in extensions:
            for path in store.paths(extension + suffix):
                store.disk.delete(path)


def _write_merged(store: PvStore, path: Path, extension: str, other: str) -> None:
    """Write a file beside this one: the union of it and what the other appliance has of its slot, if anything."""
    slot = store.partition_of(path)
    file = PbFile.look_up(path)
    window = (millisecond_text(slot.start), millisecond_text(slot.last_read))
    count = next(fetch_rows(other, f"ncount({store.pv})", *window), None)
    if count is None or not count.sample.value:
        return
    local = open_whole(store.pv, path, file.header.dbr_type).rows()
    merged = merge_rows(local, fetch_rows(other, store.pv, *window))
    Appender(store, extension).append(_inside(merged, slot), file.header.dbr_type)


def _inside(rows: Iterable[Row], slot: Partition) -> Iterator[Row]:
    """Leave out what the name of the file does not promise: samples after the start of the last second among it."""
    return (row for row in rows if slot.start <= row.time <= slot.last_read)
