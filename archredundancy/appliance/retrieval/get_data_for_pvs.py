"""`getDataForPVs`: the samples of several PVs in one answer, one PV after the other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from archredundancy.appliance.formats.writers import WRITERS_FOR_PVS
from archredundancy.appliance.processors.processor import AnswerLost, Processor
from archredundancy.appliance.retrieval.answer import PvStreams
from archredundancy.appliance.retrieval.elsewhere import type_info_elsewhere
from archredundancy.appliance.retrieval.get_data import processed, stream_answer
from archredundancy.appliance.retrieval.named_pvs import named_pvs
from archredundancy.appliance.retrieval.ping import PING_PV, ping_body
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.retrieval.sources import sources
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState

__all__ = ["get_data_for_pvs"]

logger = logging.getLogger(__name__)


async def get_data_for_pvs(state: ApplianceState, request: Request, extension: str) -> Response:
    """Answer `getDataForPVs` (`DataRetrievalServlet.doGetMultiPV`).

    Raises
    ------
    Refused
        With the status and message of the real appliance; 404 if any PV is not known.
    """
    names, parameters = await named_pvs(request)
    if extension not in WRITERS_FOR_PVS:
        raise Refused(400, f'Mime type {extension} is not supported. Please use "json", "jplot" or "raw".')
    if any(PING_PV in name for name in names):
        return Response(ping_body(state.clock()))
    elsewhere = partial(type_info_elsewhere, state)
    requests = await asyncio.to_thread(
        DataRequest.read_all, names, parameters, state.configuration, state.clock(), elsewhere
    )
    if not requests:
        raise Refused(500, "/ by zero")
    writer = WRITERS_FOR_PVS[extension]()
    return await stream_answer(writer, _found(state, _calls(requests)))


def _calls(requests: Sequence[DataRequest]) -> list[tuple[DataRequest, Processor | None]]:
    """Return each request with its post-processor; none at all if one of those loses its answer."""
    try:
        return [(asked, _processor(asked)) for asked in requests]
    except AnswerLost as loss:
        logger.error("the answer is empty: %s", loss)
        return []


def _processor(asked: DataRequest) -> Processor | None:
    try:
        return asked.make_processor()
    except Refused as refusal:
        if refusal.status != 404:
            raise
        raise Refused(404, f"Postprocessor threw an exception during initialization for {asked.name}") from None


def _found(state: ApplianceState, calls: Sequence[tuple[DataRequest, Processor | None]]) -> Iterator[PvStreams]:
    """Yield what there is of each PV, up to the first one whose answer is lost, as by a damaged file."""
    for asked, processor in calls:
        try:
            yield from processed(state, asked, sources(state, asked, processor), processor)
        except AnswerLost as loss:
            logger.error("the answer for %s and those after it is lost: %s", asked.name, loss)
            return
