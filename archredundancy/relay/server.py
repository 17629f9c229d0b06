"""A web server in a thread of its own, which can be ended in the middle of an answer."""

from __future__ import annotations

import socket
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

from archredundancy.errors import CommitError

__all__ = ["ThreadServer"]

_START_SECONDS = 10.0


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
        # Ended in the middle of an answer, uvicorn logs the traceback of the task that it cancels.
        config = uvicorn.Config(application, log_config=None, log_level="critical", lifespan="off", access_log=False)
        self._server = _Server(config, self._ready)
        self._thread = Thread(target=self._server.run, args=([self._socket],), name=f"relay-{self.port}", daemon=True)

    def start(self) -> None:
        """Start to answer; returns when it does.

        Raises
        ------
        CommitError
            If the server does not come up.
        """
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise CommitError(
                f"the relay on port {self.port} did not start within {_START_SECONDS:.0f} s; nothing was changed"
            )

    def stop(self) -> None:
        """End the server and its thread, answers that are being sent included."""
        self._server.force_exit = True
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join()
        self._socket.close()


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()
