"""`getData`: the samples of one PV."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from archredundancy.appliance.formats.json_writer import JsonWriter
from archredundancy.appliance.formats.raw_writer import RawWriter
from archredundancy.appliance.formats.writer import AnswerWriter
from archredundancy.appliance.processors.processors import Processor, find_processor
from archredundancy.appliance.retrieval.answer import Described, concatenate
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.retrieval.sources import sources
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.streams import SampleStream

__all__ = ["get_data"]

_WRITERS: dict[str, Callable[[], AnswerWriter]] = {"raw": RawWriter, "json": JsonWriter}


async def get_data(state: ApplianceState, request: Request) -> Response:
    """Answer `getData`; what blocks runs in threads, so that answers to many clients go on side by side.

    Raises
    ------
    Refused
        With the status and message of the real appliance.
    """
    call, _, extension = request.path_params["call"].rpartition("/")[2].partition(".")
    if not call:
        raise Refused(500, "Index -1 out of bounds for length 0")
    if call != "getData" or request.method == "POST":
        raise Refused(400, f'"{call}" is not a valid API method.')
    asked = DataRequest.read(request.query_params, state.configuration, state.clock())
    if extension not in _WRITERS:
        return Response()
    writer = _WRITERS[extension]()
    parts = _parts(state, asked, writer)
    first = await asyncio.to_thread(next, parts, b"")
    if not first:
        return Response(media_type=writer.media_type)
    return StreamingResponse(_blocks(first, parts), media_type=writer.media_type)


def _parts(state: ApplianceState, asked: DataRequest, writer: AnswerWriter) -> Iterator[bytes]:
    """Yield an answer in blocks."""
    processor = find_processor(asked.processor, asked.start, asked.end)
    described = Described.of(asked.info)
    streams = [described.describe(stream) for stream in sources(state, asked, processor)]
    header = streams[0].header if streams else None
    if processor is not None:
        streams = _finished(streams, processor, described)
    yield from concatenate(streams, writer, asked.name, asked.start, header)


def _finished(streams: list[SampleStream], processor: Processor, described: Described) -> list[SampleStream]:
    """Return what is sent once a post-processor has seen all streams."""
    result, rest = processor.result(), processor.rest()
    if result is not None:
        return [described.describe(result) if streams else result]
    return streams if rest is None else [*streams, described.describe(rest)]


async def _blocks(first: bytes, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the parts of an answer; each is made in a thread."""
    yield first
    while part := await asyncio.to_thread(next, parts, b""):
        yield part
