"""`serve_relay`: the planned samples behind a URL, for as long as a merge needs them."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from archredundancy.errors import InputError
from archredundancy.model import Samples
from archredundancy.relay.answers import Asked, count_answer, data_answer, read_query, select
from archredundancy.relay.server import ThreadServer

__all__ = ["Relay", "RelayRequest", "serve_relay"]

logger = logging.getLogger(__name__)

_RAW = "application/x-protobuf"
_EVERYWHERE = ("0.0.0.0", "::", "")


@dataclass(frozen=True, kw_only=True)
class RelayRequest:
    """One request to a relay, told before it is answered.

    Attributes
    ----------
    request : str
        `ping`, `ncount`, `data`, or `refused` for everything else.
    pv : str
        Empty where it is about none.
    start, end : int or None, ns since 1970 UTC
        Both inclusive.
    count : int
        How many samples it is about.
    """

    request: str
    pv: str = ""
    start: int | None = None
    end: int | None = None
    count: int = 0


class Relay:
    """A read-only server of given samples. Use as a context manager, or call `close`.

    Parameters
    ----------
    samples_by_pv : mapping of str to Samples
        What it has; in order of time.
    interface : str
        Address to bind.
    on_request : callable
        Told of each request before it is answered; if it raises, the answer is 500.
    port : int
        0 for one that is free.
    base : str
        What others have to ask instead of interface and port, where something lies between.

    Attributes
    ----------
    url : str
        Such as ``http://127.0.0.1:40000/<token>/retrieval``; nobody can guess the token.
    """

    def __init__(
        self,
        samples_by_pv: Mapping[str, Samples],
        interface: str,
        on_request: Callable[[RelayRequest], None],
        port: int = 0,
        base: str = "",
    ) -> None:
        if interface in _EVERYWHERE and not base:
            raise InputError(
                f"the relay cannot be served on {interface!r}, which is no address that the primary can connect "
                "to; name one of this host's own, such as 10.0.0.7"
            )
        self._samples = {pv: samples.in_order() for pv, samples in samples_by_pv.items()}
        self._on_request = on_request
        root = f"/{secrets.token_urlsafe(24)}/retrieval"
        routes = [Route(f"{root}/ping", self._ping), Route(f"{root}/data/getData.raw", self._data)]
        handlers = {404: self._refuse, 405: self._refuse, Exception: self._fail}
        self._server = ThreadServer(Starlette(routes=routes, exception_handlers=handlers), interface, port)
        host = f"[{interface}]" if ":" in interface else interface
        self.url = f"{base.rstrip('/') or f'http://{host}:{self._server.port}'}{root}"
        self._server.start()

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(samples):,} of {pv}" for pv, samples in self._samples.items())
        return f"<Relay on port {self._server.port}: {counts or 'no samples'}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def offer(self, samples_by_pv: Mapping[str, Samples]) -> None:
        """Serve other samples from now on, in order of time, under the same URL."""
        self._samples = {pv: samples.in_order() for pv, samples in samples_by_pv.items()}

    def close(self) -> None:
        """Answer no more, not even what is being answered. Closing twice does no harm."""
        self._server.stop()

    async def _ping(self, request: Request) -> Response:
        self._on_request(RelayRequest(request="ping"))
        return PlainTextResponse("Pong\n")

    async def _data(self, request: Request) -> Response:
        asked = read_query(request.query_params)
        samples = None if asked is None else self._samples.get(asked.pv)
        if asked is None or samples is None:
            return self._refuse(request)
        chosen = select(samples, asked)
        self._tell(asked, len(chosen))
        body = count_answer(asked, len(chosen)) if asked.counts else data_answer(asked.pv, chosen)
        return Response(body, media_type=_RAW)

    def _tell(self, asked: Asked, count: int) -> None:
        kind = "ncount" if asked.counts else "data"
        self._on_request(RelayRequest(request=kind, pv=asked.pv, start=asked.start, end=asked.end, count=count))

    def _refuse(self, request: Request, error: Exception | None = None) -> Response:
        """Answer 404 to everything that is not planned, whatever the method."""
        self._on_request(RelayRequest(request="refused"))
        return PlainTextResponse("not here\n", 404)

    def _fail(self, request: Request, error: Exception) -> Response:
        """Answer 500, which ends a merge with files untouched: what cannot be recorded must not be served."""
        logger.error("the relay could not answer: %r", error)
        return PlainTextResponse("the relay could not answer\n", 500)


def serve_relay(
    samples_by_pv: Mapping[str, Samples],
    *,
    interface: str = "127.0.0.1",
    port: int = 0,
    base: str = "",
    on_request: Callable[[RelayRequest], None],
) -> Relay:
    """Serve samples read-only behind a path that nobody can guess.

    Parameters
    ----------
    samples_by_pv : mapping of str to Samples
        Exactly what may be merged. Any other PV is answered 404, any other time with nothing.
    interface : str
        Address to bind, which the primary must be able to connect to.
    port : int
        0 for one that is free.
    base : str
        What the primary has to ask instead, where something lies between, such as ``http://gateway:17700``; its path,
        if any, must not arrive here.
    on_request : callable
        Told of each request before it is answered, from the relay's own thread.

    Returns
    -------
    Relay
        A context manager with a `url` to be used as the `other` of `mergeInData`.

    Raises
    ------
    InputError
        If the interface is not one address.
    OSError
        If it cannot be bound.
    CommitError
        If the server does not start.

    Examples
    --------
    >>> with serve_relay({}, on_request=print) as relay:
    ...     relay.url.startswith("http://127.0.0.1:") and relay.url.endswith("/retrieval")
    True
    """
    return Relay(samples_by_pv, interface, on_request, port, base)
