"""Everything below `/retrieval`."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.retrieval.bpl import CALLS
from archredundancy.appliance.retrieval.data_calls import answer_data_call
from archredundancy.appliance.server.replies import Refused, text_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["retrieval_routes"]


def retrieval_routes(state: ApplianceState) -> list[Route]:
    """Return the routes of one appliance's retrieval."""

    async def ping(_request: Request) -> Response:
        return text_reply("Pong\n", "text")

    async def data(request: Request) -> Response:
        return await answer_data_call(state, request)

    async def bpl(request: Request) -> Response:
        asked = await BplRequest.read(request)
        call = CALLS.get(request.path_params["call"])
        if call is None:
            raise Refused(404)
        return await asyncio.to_thread(call, state, asked)

    return [
        Route("/retrieval/ping", ping),
        Route("/retrieval/data/{call:path}", data, methods=["GET", "POST"]),
        Route("/retrieval/bpl/{call}", bpl, methods=["GET", "POST"]),
    ]
