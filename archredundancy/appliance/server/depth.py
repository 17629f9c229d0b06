"""How many appliances a request has come through, so that two that ask each other come to an end.

Real ones pass no such count on: two that proxy each other block for good (`appliance.md` K, e3).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["DEEPEST", "CountedRequests", "LayeredThreads", "depth_of_request", "header_for_next", "is_too_deep"]

logger = logging.getLogger(__name__)

#: For a request that came through so many appliances no other is asked for samples any more.
DEEPEST = 3

_HEADER = "X-Archredundancy-Depth"
_depth: ContextVar[int] = ContextVar("depth of the request that is being answered", default=0)


def depth_of_request() -> int:
    """Return how many appliances the request that is being answered has come through: 0 for a user's own."""
    return _depth.get()


def is_too_deep(pv: str) -> bool:
    """Whether the request that is being answered came through so many appliances that no other is asked for a PV."""
    if depth_of_request() < DEEPEST:
        return False
    logger.error(
        "no other appliance is asked for %s: the request came through %d already; do they proxy each other?",
        pv,
        DEEPEST,
    )
    return True


def header_for_next() -> dict[str, str]:
    """Return the header that a request to another appliance carries."""
    return {_HEADER: str(_depth.get() + 1)}


class CountedRequests:
    """Notes the depth of each request for what answers it, threads included.

    Parameters
    ----------
    application : ASGI application
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            _depth.set(_read(dict(scope["headers"]).get(_HEADER.lower().encode(), b"")))
        await self._application(scope, receive, send)


def _read(text: bytes) -> int:
    return min(int(text), DEEPEST) if text.isdigit() and len(text) < 10 else 0


class LayeredThreads(ThreadPoolExecutor):
    """Threads for requests, as many again for those that other appliances send, and so on down to the deepest.

    A request that waits for another appliance waits for threads of a deeper layer, which wait for none of its own: so
    appliances that ask each other never use up what the other one needs.

    Parameters
    ----------
    count : int
        Threads of each layer; started when they are needed.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count, "appliance-request")
        self._deeper = [ThreadPoolExecutor(count, f"appliance-request-{depth + 1}") for depth in range(DEEPEST)]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function in a thread of the layer of the request that asks for it."""
        depth = _depth.get()
        if depth:
            return self._deeper[depth - 1].submit(fn, *args, **kwargs)
        return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all threads."""
        for layer in self._deeper:
            layer.shutdown(wait, cancel_futures=cancel_futures)
        super().shutdown(wait, cancel_futures=cancel_futures)
