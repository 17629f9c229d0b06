"""A web server in a thread of its own, which can be ended in the middle of an answer."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

from archredundancy.errors import CommitError

__all__ = ["ThreadServer"]

_START_SECONDS = 10.0
#: Of the loop, from accepting a connection to the protocol's knowing it (`BaseSelectorEventLoop._accept_connection2`).
_TURNS = 3


class ThreadServer:
    """Serves an application until it is stopped.

    Parameters
    ----------
    application : ASGI application
    interface : str
        Address to bind.
    port : int
        0 for one that is free.

    Raises
    ------
    OSError
        If the interface cannot be bound.
    """

    def __init__(self, application: ASGIApp, interface: str, port: int = 0) -> None:
        family = socket.AF_INET6 if ":" in interface else socket.AF_INET
        self._socket = socket.create_server((interface, port), family=family)
        # Connections inherit it. Without it each answer waits 40 ms for an acknowledgement that is put off.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        self._ready = Event()
        config = uvicorn.Config(
            application,
            log_config=None,
            log_level="critical",  # ended in the middle of an answer, it logs the traceback of the task that it cancels
            lifespan="off",
            access_log=False,
            date_header=False,
        )
        self._server = _Server(config, self._ready)
        self._thread = Thread(target=self._serve, name=f"relay-{self.port}", daemon=True)

    def start(self) -> None:
        """Start to answer; returns when it does.

        Raises
        ------
        CommitError
            If the server does not come up; should it do so later, it ends at once.
        """
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            self._server.end()
            self._thread.join(_START_SECONDS)
            raise CommitError(
                f"the relay on port {self.port} did not start within {_START_SECONDS:.0f} s; nothing was changed"
            )

    def stop(self) -> None:
        """End the server and its thread, answers that are being sent included."""
        self._server.end()
        if self._thread.ident is not None:
            self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        with self._socket:
            self._server.run([self._socket])


class _Server(uvicorn.Server):
    """Says when it is ready, and ends at once: uvicorn looks ten times a second, and a PV stays paused meanwhile."""

    def __init__(self, config: uvicorn.Config, ready: Event) -> None:
        super().__init__(config)
        self._ready = ready
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Begin to end; may be called in any thread, and more than once."""
        self.force_exit = self.should_exit = True
        with suppress(RuntimeError):  # the loop has ended already
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._ended.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._ready.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)  # sets the headers of all answers
        await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # What is accepted while asyncio closes the listening socket would never be closed itself, and its client would
        # wait for ever; so those that are accepted already get their turns first, until uvicorn knows them.
        listening = [each.fileno() for server in self.servers for each in server.sockets]
        for number in listening:
            asyncio.get_running_loop().remove_reader(number)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
