"""From a channel's buffer into the first of its PV's stores (`WriterRunnable`)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.buffer import Buffered
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.storage import Storage
from archredundancy.errors import StoreError

__all__ = ["Writer", "last_archived"]

logger = logging.getLogger(__name__)

_OF_OTHERS = ("merge", "pbraw")


class Writer:
    """Appends the samples of one PV to its first store; what cannot be written is lost, and said only in the log.

    Parameters
    ----------
    storage : Storage
    info : PvTypeInfo

    Raises
    ------
    InputError
        If the URL of the store cannot be read.
    StoreError
        If the store cannot be opened.
    """

    def __init__(self, storage: Storage, info: PvTypeInfo) -> None:
        self._info = info
        store = storage.store(info, info.stores[0]) if info.stores else None
        self._appender = None if store is None else Appender(store, last=store.last_time() or 0)

    def write(self, samples: Sequence[Buffered]) -> None:
        """Append samples in order of time; a black hole takes them too."""
        if self._appender is None or not samples:
            return
        try:
            self._appender.append((sample.row() for sample in samples), self._info.dbr_type)
        except (DamagedFile, OSError) as damage:
            logger.error("%d samples of %s are lost: %s", len(samples), self._info.pv, damage)


def last_archived(storage: Storage, info: PvTypeInfo) -> int | None:
    """Return the stamp of a PV's last sample, of the first store that has one (`determineLastKnownEventFromStores`).

    Raises
    ------
    InputError
        If the URL of a store cannot be read.
    StoreError
        If a store cannot be opened, or reads another appliance: nobody asks that for its last sample, which keeps the
        PV from being archived until a store before it has one (`appliance.md` C.3).
    """
    for url in info.stores:
        if url.scheme in _OF_OTHERS:
            raise StoreError(f"the store {url.text!r} cannot tell its last sample", path=url.text)
        store = storage.store(info, url)
        if store is not None and (last := store.last_time()) is not None:
            return last
    return None
