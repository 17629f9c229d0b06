"""What a request is answered from."""

from __future__ import annotations

import logging

from archredundancy.appliance.processors.processors import Processor
from archredundancy.appliance.retrieval.answer import consulted, streams_of
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.errors import InputError, StoreError

__all__ = ["sources"]

logger = logging.getLogger(__name__)


def sources(state: ApplianceState, asked: DataRequest, processor: Processor | None) -> list[SampleStream]:
    """Return the streams of an answer; none at all if one file is damaged, HTTP 200 all the same (A.3)."""
    try:
        stores = state.storage.stores(asked.info)
        found: list[SampleStream] = []
        for start, end in asked.spans:
            open_stores = [store for store in consulted(stores, start) if not _skipped(state, store.name)]
            found += streams_of(open_stores, start, end, processor)
    except (DamagedFile, InputError, StoreError) as damage:
        logger.error("the answer for %s is empty: %s", asked.name, damage)
        return []
    return found


def _skipped(state: ApplianceState, store: str) -> bool:
    return state.configuration.flags.get(f"SKIP_{store}_FOR_RETRIEVAL", False)
