"""What a request is answered from (`DataSourceResolution`, `UnitOfRetrieval`)."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from archredundancy.appliance.processors.processor import AnswerLost, Processor
from archredundancy.appliance.remote.merged import merge_streams
from archredundancy.appliance.remote.readers import Reader, RemoteReader, Undescribed, open_reader
from archredundancy.appliance.retrieval.answer import consulted, yearly
from archredundancy.appliance.retrieval.elsewhere import samples_to_merge
from archredundancy.appliance.retrieval.engine_reader import engine_readers
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.errors import InputError, StoreError

__all__ = ["skipped", "sources"]

logger = logging.getLogger(__name__)

_TRIES = 10


def sources(state: ApplianceState, asked: DataRequest, processor: Processor | None) -> list[SampleStream]:
    """Return the streams of an answer.

    Raises
    ------
    AnswerLost
        If a file cannot be read at all, or a store cannot be opened: the answer is empty, HTTP 200 all the same (A.3).
    """
    for _ in range(_TRIES):
        try:
            return _open_streams(state, asked, processor)
        except FileNotFoundError as moved:
            logger.info("ETL has moved a file meanwhile, so all are looked up again: %s", moved)
        except (DamagedFile, InputError, StoreError, OSError) as damage:
            raise AnswerLost(str(damage)) from None
    raise AnswerLost("files are moved all the time")


def _open_streams(state: ApplianceState, asked: DataRequest, processor: Processor | None) -> list[SampleStream]:
    """Return the streams of an answer.

    Raises
    ------
    DamagedFile
        If a file cannot be read at all.
    InputError, StoreError
        If a store cannot be opened.
    """
    if not state.owns(asked.info):
        return _streams_of_owner(state, asked, processor)
    readers = [open_reader(state.storage, asked.info, url) for url in asked.info.stores]
    found: list[SampleStream] = []
    for start, end in asked.spans:
        open_readers: list[Reader] = [reader for reader in consulted(readers, start) if not skipped(state, reader.name)]
        open_readers += engine_readers(state, asked.info, end)
        others = samples_to_merge(state, asked, start, end, processor)
        for span in yearly(start, end):
            for reader in open_readers:
                found += _unit(reader, span, processor, others)
    return found


def _streams_of_owner(state: ApplianceState, asked: DataRequest, processor: Processor | None) -> list[SampleStream]:
    """Return what the member that archives a PV answers, none if it is down.

    It is asked for whole milliseconds and for what the post-processor makes of its samples, on which the post-processor
    works once more; it is not told to skip external servers, and it gives all samples in one stream, whose header says
    the first one's year (`appliance.md` L, 2b to 2e).
    """
    url = f"{state.members.urls[asked.info.identity]}/retrieval/data/getData.raw"
    reader = RemoteReader(name=asked.info.identity, pv=asked.name, url=url)
    return [stream for span in asked.spans for stream in reader.streams(*span, processor) or ()]


def _unit(
    reader: Reader, span: tuple[int, int], processor: Processor | None, others: SampleStream | None
) -> Iterable[SampleStream]:
    """Return the streams of one store and year, merged with **all** that another appliance has of the whole window.

    A store that holds nothing ever, a black hole, lets the other's samples stand for its own; one that just holds
    nothing here loses them (`appliance.md` K, c4 and h).
    """
    try:
        local = reader.streams(*span, processor)
    except Undescribed as failure:
        logger.warning("the answer goes on without the store %s: %s", reader.name, failure)
        return ()
    if others is None:
        return local or ()
    if local is None:
        return (others,)
    merged = merge_streams(local, [others])
    return () if merged is None else (merged,)


def skipped(state: ApplianceState, store: str) -> bool:
    """Whether a named flag keeps a store out of all answers."""
    return state.configuration.flags.get(f"SKIP_{store}_FOR_RETRIEVAL", False)
