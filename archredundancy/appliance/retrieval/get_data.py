"""`getData`: the samples of one PV."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from archredundancy.appliance.bpl_request import first_of_each
from archredundancy.appliance.formats.writer import AnsweredPv, AnswerWriter
from archredundancy.appliance.formats.writers import WRITERS
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.processors.processor import AnswerLost, Processor
from archredundancy.appliance.retrieval.answer import Described, PvStreams, concatenate
from archredundancy.appliance.retrieval.elsewhere import type_info_elsewhere
from archredundancy.appliance.retrieval.of_members import answer_of_owner
from archredundancy.appliance.retrieval.ping import PING_PV, ping_body
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.retrieval.sources import sources
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.streams import SampleStream

__all__ = ["get_data", "processed", "stream_answer"]

logger = logging.getLogger(__name__)


async def get_data(state: ApplianceState, request: Request, extension: str) -> Response:
    """Answer `getData`; a format that is not known gets nothing, with 200.

    Raises
    ------
    Refused
        With the status and message of the real appliance.
    """
    parameters = first_of_each(request.query_params.multi_items())
    if parameters.get("pv") == PING_PV:
        return Response(ping_body(state.clock()))
    asked = await asyncio.to_thread(
        DataRequest.read, parameters, state.configuration, state.clock(), partial(type_info_elsewhere, state)
    )
    if not state.owns(asked.info):
        return await answer_of_owner(state, asked.info, request)
    state.visits.note(asked.info.pv, request.client.host if request.client else "", state.clock())
    if extension not in WRITERS:
        return Response()
    writer = WRITERS[extension]()
    return await stream_answer(writer, _found(state, asked))


async def stream_answer(writer: AnswerWriter, pvs: Iterator[PvStreams]) -> Response:
    """Return an answer that is made while it is sent; what blocks runs in threads, so that many go on side by side.

    Raises
    ------
    Refused
        If the first part is refused.
    """
    # Given as a header, a text's type is left without the charset that the real appliance does not name.
    headers = {"Content-Type": writer.media_type}
    parts = concatenate(pvs, writer)
    first = await asyncio.to_thread(next, parts, b"")
    return StreamingResponse(_blocks(first, parts), headers=headers) if first else Response(headers=headers)


def _found(state: ApplianceState, asked: DataRequest) -> Iterator[PvStreams]:
    """Yield what there is of the PV, as far as the appliance does not give it up."""
    try:
        processor = asked.make_processor()
        yield from processed(state, asked, sources(state, asked, processor), processor)
    except AnswerLost as loss:
        logger.error("the answer for %s is lost: %s", asked.name, loss)


def processed(
    state: ApplianceState, asked: DataRequest, streams: Sequence[SampleStream], processor: Processor | None
) -> Iterator[PvStreams]:
    """Yield what an answer has of a PV once a post-processor has seen all its streams; nothing if there is nothing.

    Raises
    ------
    AnswerLost
        If the appliance gives up then: the PV is named, but there are no samples, and nothing comes after them.
    """
    described = Described.of(asked.info, _latest(state, asked))
    found = [described.describe(stream) for stream in streams]
    header = found[0].header if found else None
    try:
        found = found if processor is None else _finished(found, processor, described)
    except AnswerLost:
        if header is not None:
            yield PvStreams(pv=_answered(asked, header), streams=())
        raise
    if header is None and found:
        header = found[0].header
    if header is not None:
        yield PvStreams(pv=_answered(asked, header), streams=found, begins=bool(streams))


def _latest(state: ApplianceState, asked: DataRequest) -> Mapping[str, str] | None:
    """Return what the engine of the PV's owner knows now, if that is asked for; it does not know aliases."""
    owner = state.owner(asked.info)
    if not asked.latest or owner is None or asked.info.info["samplingMethod"] == "DONT_ARCHIVE":
        return None
    return owner.engine.metadata(asked.name)


def _answered(asked: DataRequest, header: Header) -> AnsweredPv:
    return AnsweredPv(name=asked.name, requested=asked.requested, header=header, start=asked.start, end=asked.end)


def _finished(streams: list[SampleStream], processor: Processor, described: Described) -> list[SampleStream]:
    """Return what is sent once a post-processor has seen all streams."""
    result, rest = processor.result(described.header), processor.rest()
    if result is not None:
        return result
    return streams if rest is None else [*streams, described.describe(rest)]


async def _blocks(first: bytes, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the parts of an answer; each is made in a thread. What fails on the way is only in the log (B.1)."""
    yield first
    while part := await asyncio.to_thread(_next_part, parts):
        yield part


def _next_part(parts: Iterator[bytes]) -> bytes:
    try:
        return next(parts, b"")
    except Exception:
        logger.exception("the answer ends early")
        return b""
