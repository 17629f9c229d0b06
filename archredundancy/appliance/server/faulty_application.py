"""Faults that strike requests: what a client sees of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archredundancy.appliance.server.faults import Fault, FaultName, Faults
from archredundancy.appliance.server.replies import error_reply

__all__ = ["FaultyApplication"]


class FaultyApplication:
    """Answers as an application does, unless a fault strikes.

    Parameters
    ----------
    application : ASGI application
    faults : Faults
    kill : callable
        Ends the server at once.
    """

    def __init__(self, application: ASGIApp, faults: Faults, kill: Callable[[], None]) -> None:
        self._application = application
        self._faults = faults
        self._kill = kill

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        fault = self._faults.strike(scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            await self._application(scope, receive, send)
        elif fault.name in _REFUSALS:
            await _REFUSALS[fault.name](scope["path"])(scope, receive, send)
        elif fault.name in _SENDERS:
            await self._application(scope, receive, _SENDERS[fault.name](send, fault))
        elif fault.name is FaultName.SLOW:
            await asyncio.sleep(fault.seconds)
            await self._application(scope, receive, send)
        else:
            await self._never_answer(fault.name, scope, receive)

    async def _never_answer(self, name: FaultName, scope: Scope, receive: Receive) -> None:
        if name in {FaultName.TIMEOUT_AFTER_WORK, FaultName.KILL_AFTER_WORK}:
            await self._application(scope, receive, _swallow)
        if name in {FaultName.KILL, FaultName.KILL_AFTER_WORK}:
            self._kill()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _swallow(message: Message) -> None:
    """Send nothing."""


class _Torn:
    """Sends the beginning of an answer, then breaks the connection off."""

    def __init__(self, send: Send, fault: Fault) -> None:
        self._send = send
        self._left = fault.after_bytes

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body = message.get("body", b"")[: self._left]
        self._left -= len(body)
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        if not self._left:
            raise ConnectionAbortedError("the fault 'torn' is switched on")


class _CutShort:
    """Sends the beginning of an answer as if it were the whole."""

    def __init__(self, send: Send, fault: Fault) -> None:
        self._send = send
        self._left = fault.after_bytes

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [header for header in message["headers"] if header[0] != b"content-length"]
            message = {**message, "headers": headers}
        else:
            body = message.get("body", b"")[: self._left]
            self._left -= len(body)
            message = {**message, "body": body}
        await self._send(message)


class _Drip:
    """Sends an answer in small pieces with pauses."""

    def __init__(self, send: Send, fault: Fault) -> None:
        self._send = send
        self._size = fault.after_bytes or 1
        self._seconds = fault.seconds

    async def __call__(self, message: Message) -> None:
        body = message.get("body", b"")
        while len(body) > self._size:
            await self._send({"type": "http.response.body", "body": body[: self._size], "more_body": True})
            await asyncio.sleep(self._seconds)
            body = body[self._size :]
        await self._send({**message, "body": body} if body else message)


def _refused(_path: str) -> Response:
    return error_reply(503, "the fault 'refused' is switched on")


def _starting(path: str) -> Response:
    return error_reply(503 if path.startswith("/retrieval") else 500)


_REFUSALS: dict[FaultName, Callable[[str], Response]] = {
    FaultName.REFUSED: _refused,
    FaultName.STARTING: _starting,
}
_SENDERS: dict[FaultName, Callable[[Send, Fault], Send]] = {
    FaultName.TORN: _Torn,
    FaultName.CUT_SHORT: _CutShort,
    FaultName.DRIP: _Drip,
}
