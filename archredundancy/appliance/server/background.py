"""A web server on loopback in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

from archredundancy.appliance.server.depth import LayeredThreads
from archredundancy.appliance.server.outgoing import NotedCalls, OutgoingCalls
from archredundancy.errors import InputError, StoreError

__all__ = ["BackgroundServer"]

_START_SECONDS = 10.0
# As many requests as Tomcat works on at once.
_THREADS = 200
_LAST_PORT = 65535
#: Seconds that requests which are being answered get at the end, and between two looks whether they are.
_GRACE = 1.0
_LOOK = 0.005
#: Seconds for which the date in the answers stays the same.
_DATE = 1.0
#: Of the loop, from accepting a connection to the protocol's knowing it (`BaseSelectorEventLoop._accept_connection2`).
_TURNS = 3


class BackgroundServer:
    """Serves an application from a daemon thread until it is stopped.

    Parameters
    ----------
    application : ASGI application
    port : int
        0 for one that is free.
    host : str
        Address to bind.

    Attributes
    ----------
    calls : OutgoingCalls
        Of other appliances; they are broken off at the end.

    Raises
    ------
    OSError
        If the port is taken.
    InputError
        If it is no port.
    """

    def __init__(self, application: ASGIApp, port: int = 0, host: str = "127.0.0.1") -> None:
        if not 0 <= port <= _LAST_PORT:
            raise InputError(f"{port} is no port; give one up to {_LAST_PORT}, or 0 for one that is free")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        # Connections inherit it. Without it each answer waits 40 ms for an acknowledgement that is put off.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        self._ready = Event()
        self.calls = OutgoingCalls()
        config = uvicorn.Config(
            NotedCalls(application, self.calls),
            log_config=None,
            # A client that holds a stream while the server stops makes uvicorn log the traceback of what it cancels.
            log_level="critical",
            lifespan="off",
            access_log=False,
        )
        self._server = _Server(config, self._ready, self.calls)
        self._thread = Thread(
            target=self._server.run, args=([self._socket],), name=f"appliance-{self.port}", daemon=True
        )

    def start(self) -> None:
        """Start to answer; returns when it does.

        Raises
        ------
        StoreError
            If the server does not come up.
        """
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise StoreError(f"the server did not start within {_START_SECONDS:.0f} s", path=f"127.0.0.1:{self.port}")

    def kill(self) -> None:
        """Break off all connections and let the server end, without waiting for what is being answered."""
        self._server.break_off()
        self.calls.break_off()

    def begin_to_stop(self) -> None:
        """Let the server end as soon as it has answered; `stop` waits for that."""
        self._server.end()

    def stop(self) -> None:
        """End the server and its thread; requests that are being answered get a second."""
        self.begin_to_stop()
        if self._thread.ident is not None:
            self._thread.join()
        self._socket.close()


class _Server(uvicorn.Server):
    """Says when it is ready, ends without delay, and can break off as if its process had died.

    uvicorn itself looks ten times a second whether it is to end, and waits for a tenth of a second more.
    """

    def __init__(self, config: uvicorn.Config, ready: Event, calls: OutgoingCalls) -> None:
        super().__init__(config)
        self._ready = ready
        self._calls = calls
        self._ending = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._breaking: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(LayeredThreads(_THREADS))
        self._ready.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _DATE)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._refuse_connections()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._answers_given()
        # Clients that do not read would leave their sockets behind, and threads that wait for another appliance would
        # keep the loop from ending.
        self._abort()
        self._calls.break_off()

    async def _answers_given(self) -> None:
        """Wait until all requests are answered, for a time; the others are given up."""
        state, loop = self.server_state, asyncio.get_running_loop()
        until = loop.time() + _GRACE
        while (state.connections or state.tasks) and not self.force_exit and loop.time() < until:
            await asyncio.sleep(_LOOK)
        for task in state.tasks:
            task.cancel()

    def end(self) -> None:
        """Begin to end; may be called in any thread, and more than once."""
        self.should_exit = True
        with suppress(RuntimeError):  # the loop has ended already
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._ending.set)

    def break_off(self) -> None:
        """End at once; may be called in any thread, and more than once."""
        self.force_exit = self.should_exit = True
        with suppress(RuntimeError):  # the loop has ended already
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._begin_to_break)

    def _begin_to_break(self) -> None:
        self._ending.set()
        self._abort()
        self._breaking = asyncio.ensure_future(self._refuse_connections())

    async def _refuse_connections(self) -> None:
        """Accept no more connections.

        One that asyncio accepts in the moment in which it closes the listening socket would never be answered, nor
        closed (`Server._attach` refuses it), so those that are accepted already get their turn first.
        """
        for server in self.servers:
            for listening in server.sockets:
                asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        if self.force_exit:
            self._abort()

    def _abort(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
