"""Requests for data of PVs that another member of the cluster archives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.remote.passing_on import open_answer
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState

__all__ = ["answer_of_owner"]


async def answer_of_owner(state: ApplianceState, info: PvTypeInfo, request: Request) -> Response:
    """Answer `getData` with what the PV's owner answers to the same query, or say where that is.

    The query is passed on as it came. Of an error the status stays; the owner's page becomes the message of this
    member's page (`appliance.md` L, 2 and 2h).

    Raises
    ------
    Refused
        With the owner's status if that is not 200; with 500 if the owner does not answer.
    """
    root = state.members.urls.get(info.identity)
    if root is None:
        raise Refused(500, f"There is no appliance {info.identity!r}, which is to archive {info.pv}")
    target = (request.scope["raw_path"] + b"?" + request.scope["query_string"]).decode("latin-1")
    if state.redirects:
        return Response(status_code=302, headers={"Location": root + target})
    answer = await asyncio.to_thread(open_answer, root.removeprefix("http://"), target)
    if answer.status != 200:
        page = await asyncio.to_thread(b"".join, answer.blocks)
        raise Refused(answer.status, page.decode(errors="replace"))
    headers = {} if answer.media_type is None else {"Content-Type": answer.media_type}
    return StreamingResponse(_passed_on(answer.blocks), headers=headers)


async def _passed_on(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while block := await asyncio.to_thread(next, blocks, b""):
        yield block
