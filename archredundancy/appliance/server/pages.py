"""What a request gets that is not answered: Tomcat's error pages, and never a traceback."""

from __future__ import annotations

import logging
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archredundancy.appliance.server.replies import Refused, error_reply

__all__ = ["LimitedBodies", "with_error_pages"]

logger = logging.getLogger(__name__)

_LARGEST_BODY = 64 << 20


def with_error_pages(application: ASGIApp) -> ASGIApp:
    """Return an application that turns what is raised in it into error pages."""
    guarded = ExceptionMiddleware(application, {Refused: _refuse, HTTPException: _turn_away, Exception: _fail})

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # Only inside of an application do routes raise what they turn away.
        await guarded({**scope, "app": application}, receive, send)

    return answer


def _refuse(_request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        return error_reply(500)
    return error_reply(error.status, error.message, error.charset)


def _turn_away(request: Request, error: Exception) -> Response:
    """Answer a path or method that is nobody's."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    if status != HTTPStatus.METHOD_NOT_ALLOWED:
        return error_reply(status)
    page = error_reply(status, f"HTTP method {request.method} is not supported by this URL")
    page.headers["Allow"] = "GET, HEAD, POST, OPTIONS"
    if request.method == "OPTIONS":
        return Response(headers={"Allow": page.headers["Allow"]})
    return page


def _fail(request: Request, error: Exception) -> Response:
    """Answer an uncaught exception; its traceback is for the log."""
    logger.error("%s failed", request.url.path, exc_info=error)
    return error_reply(500, f"{type(error).__name__}: {error}")


class LimitedBodies:
    """Refuses, with 413, a request that sends more than anybody has to say.

    Parameters
    ----------
    application : ASGI application
    largest : int, bytes
    """

    def __init__(self, application: ASGIApp, largest: int = _LARGEST_BODY) -> None:
        self._application = application
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises
        ------
        Refused
            When the body has become too long.
        """
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._largest:
                raise Refused(413)
            return message

        await self._application(scope, receive_some, send)
