"""`mergeInData`: samples of another appliance into the files that are here (`MergeInDataFromExternalStore`).

The merge is row by row in this folder's own code, with the losses of the real one (`appliance.md` D): only files that
exist are rewritten, each loses its samples after the start of its last second, every sample is re-encoded, and types
are not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.merged import merge_rows
from archredundancy.appliance.remote.partner import fetch_rows, millisecond_text
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.storage.convert import convert
from archredundancy.appliance.storage.open_streams import open_whole
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.store import PvStore
from archredundancy.errors import InputError
from archredundancy.model import DbrType, Partition

__all__ = ["merge_in"]


def merge_in(store: PvStore, extensions: Iterable[str], other: str) -> None:
    """Merge the samples of another appliance into a store's files.

    All new files are written beside the old ones first, then take their places; see `convert`.

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
    try:
        convert(store, extensions, partial(_merged, store, other))
    except (DamagedFile, DamagedLine, InputError, OSError) as damage:
        raise Refused(500, f"{type(damage).__name__}: {damage}") from None


def _merged(store: PvStore, other: str, file: PbFile, slot: Partition) -> tuple[Iterator[Row], DbrType] | None:
    """Return the union of a file and what the other appliance has of its slot; None if that is nothing."""
    window = (millisecond_text(slot.start), millisecond_text(slot.last_read))
    count = next(fetch_rows(other, f"ncount({store.pv})", *window), None)
    if count is None or not count.sample.value:
        return None
    kind = file.header.dbr_type
    local = open_whole(store.pv, file.path, kind).rows()
    return merge_rows(local, fetch_rows(other, store.pv, *window)), kind
