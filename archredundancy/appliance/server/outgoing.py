"""Requests to other appliances on which answers wait, so that a stop does not wait for partners that hang."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.client import HTTPConnection
from threading import Lock

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["NotedCalls", "OutgoingCalls", "connected", "noted"]


class OutgoingCalls:
    """The connections of one appliance to others; there is no time limit on them (`appliance.md` C.3)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sockets: set[socket.socket] = set()
        self._ended = False

    def add(self, connection: socket.socket) -> None:
        """Note a connection.

        Raises
        ------
        ConnectionAbortedError
            If the appliance is stopping.
        """
        with self._lock:
            if self._ended:
                raise ConnectionAbortedError("the appliance is stopping")
            self._sockets.add(connection)

    @property
    def ended(self) -> bool:
        """Whether they were broken off."""
        return self._ended

    def remove(self, connection: socket.socket) -> None:
        """Forget a connection that is done with."""
        with self._lock:
            self._sockets.discard(connection)

    def break_off(self) -> None:
        """End all connections, and let none begin any more: who waits for an answer is told that there is none."""
        with self._lock:
            self._ended = True
            for connection in self._sockets:
                with suppress(OSError):  # the other side was faster
                    connection.shutdown(socket.SHUT_RDWR)


_calls: ContextVar[OutgoingCalls | None] = ContextVar("calls of the appliance that answers", default=None)


@contextmanager
def connected(connection: HTTPConnection) -> Iterator[None]:
    """Connect, and let a stop of the appliance that is answering break the connection off.

    Raises
    ------
    OSError
        If there is no connection, or the appliance is stopping.
    """
    calls = _calls.get()
    connection.connect()
    wire = connection.sock
    if calls is not None:
        calls.add(wire)
    try:
        yield
    finally:
        if calls is not None:
            calls.remove(wire)


@contextmanager
def noted(calls: OutgoingCalls) -> Iterator[None]:
    """Note the calls of other appliances that are made meanwhile."""
    before = _calls.set(calls)
    try:
        yield
    finally:
        _calls.reset(before)


class NotedCalls:
    """Lets what answers requests note its calls of other appliances, threads included.

    Parameters
    ----------
    application : ASGI application
    calls : OutgoingCalls
    """

    def __init__(self, application: ASGIApp, calls: OutgoingCalls) -> None:
        self._application = application
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, unless the appliance is dead: its connections are about to be broken off then."""
        if self._calls.ended:
            while not (await receive())["type"].endswith(".disconnect"):
                pass
            return
        with noted(self._calls):
            await self._application(scope, receive, send)
