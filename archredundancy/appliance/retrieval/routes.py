"""Everything below `/retrieval`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.formats.json_writer import JsonWriter
from archredundancy.appliance.formats.raw_writer import RawWriter
from archredundancy.appliance.formats.writer import AnswerWriter
from archredundancy.appliance.processors.processors import Processor, find_processor
from archredundancy.appliance.retrieval.answer import Described, concatenate, consulted, streams_of
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import VERSION, ApplianceState
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.errors import InputError, StoreError

__all__ = ["retrieval_routes"]

logger = logging.getLogger(__name__)

_WRITERS: dict[str, Callable[[], AnswerWriter]] = {"raw": RawWriter, "json": JsonWriter}


def retrieval_routes(state: ApplianceState) -> list[Route]:
    """Return the routes of one appliance's retrieval."""

    async def ping(_request: Request) -> Response:
        return text_reply("Pong\n", "text")

    async def data(request: Request) -> Response:
        return _data(state, request)

    async def bpl(request: Request) -> Response:
        asked = BplRequest(
            method=request.method,
            parameters=request.query_params,
            body=await request.body(),
            content_type=request.headers.get("content-type", ""),
        )
        return _CALLS.get(request.path_params["call"], _unknown)(state, asked)

    return [
        Route("/retrieval/ping", ping),
        Route("/retrieval/data/{call:path}", data, methods=["GET", "POST"]),
        Route("/retrieval/bpl/{call}", bpl, methods=["GET", "POST"]),
    ]


def _data(state: ApplianceState, request: Request) -> Response:
    call, _, extension = request.path_params["call"].rpartition("/")[2].partition(".")
    if not call:
        raise Refused(500, "Index -1 out of bounds for length 0")
    if call != "getData" or request.method == "POST":
        raise Refused(400, f'"{call}" is not a valid API method.')
    asked = DataRequest.read(request.query_params, state.configuration, state.clock())
    if extension not in _WRITERS:
        return Response()
    writer = _WRITERS[extension]()
    processor = find_processor(asked.processor, asked.start, asked.end)
    described = Described.of(asked.info)
    streams = [described.describe(stream) for stream in _streams(state, asked, processor)]
    header = streams[0].header if streams else None
    if processor is not None:
        streams = _finished(streams, processor, described)
    parts = concatenate(streams, writer, asked.name, asked.start, header)
    first = next(parts, b"")
    if not first:
        return Response(media_type=writer.media_type)
    return StreamingResponse(_blocks(first, parts), media_type=writer.media_type)


def _finished(streams: list[SampleStream], processor: Processor, described: Described) -> list[SampleStream]:
    """Return what is sent once a post-processor has seen all streams."""
    result, rest = processor.result(), processor.rest()
    if result is not None:
        return [described.describe(result) if streams else result]
    return streams if rest is None else [*streams, described.describe(rest)]


async def _blocks(first: bytes, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the parts of an answer; asynchronous, since each part of a synchronous one would cross a thread."""
    yield first
    for part in parts:
        yield part


def _streams(state: ApplianceState, asked: DataRequest, processor: Processor | None) -> list[SampleStream]:
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


# /retrieval/bpl


def _ping(_state: ApplianceState, _request: BplRequest) -> Response:
    return text_reply("pong\n")


def _version(_state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply({"version": VERSION})


def _are_we_archiving(state: ApplianceState, request: BplRequest) -> Response:
    """Say whether a PV is configured; paused ones count (`AreWeArchivingPV`)."""
    known = state.configuration.type_info(_pv(request)) is not None
    return json_reply({"status": "true" if known else "false"})


def _metadata(state: ApplianceState, request: BplRequest) -> Response:
    """Return a PV's type info; an empty body while the engine knows nothing of the PV (`GetPVMetaData`).

    Raises
    ------
    Refused
        With 404 if the PV is unknown.
    """
    info = state.configuration.type_info(_pv(request))
    if info is None:
        raise Refused(404)
    return text_reply("", "application/json") if info.paused else json_reply(info.info)


def _matching(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply(_search(state, request))


def _search_regex(state: ApplianceState, request: BplRequest) -> Response:
    names = _search(state, request)
    return text_reply("".join(f"{name}\n" for name in names))


def _filter(state: ApplianceState, request: BplRequest) -> Response:
    return json_reply([name for name in request.posted() if state.configuration.type_info(name)])


def _unknown(_state: ApplianceState, _request: BplRequest) -> Response:
    raise Refused(404)


def _search(state: ApplianceState, request: BplRequest) -> list[str]:
    if "regex" not in request.parameters and "pv" not in request.parameters:
        raise Refused(404)
    return request.matching(state.configuration.names)


def _pv(request: BplRequest) -> str:
    return request.needed("pv", 404).removesuffix(".VAL")


_CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "ping": _ping,
    "getVersion": _version,
    "areWeArchivingPV": _are_we_archiving,
    "getMetadata": _metadata,
    "getMatchingPVs": _matching,
    "searchForPVsRegex": _search_regex,
    "filterArchivedPVs": _filter,
}
