"""What every request passes first: the rules of the web server itself."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from archredundancy.appliance.server.replies import error_reply

__all__ = ["StrictTargets"]

# Tomcat takes these only percent-encoded.
_REFUSED = re.compile(rb'[\[\]{}|\\^`"<>]')


class StrictTargets:
    """Refuses a request whose target has characters that Tomcat wants encoded, with 400 (`appliance.md` K).

    Parameters
    ----------
    application : ASGI application
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            query = scope["query_string"]
            target = scope["raw_path"] + (b"?" + query if query else b"")
            if _REFUSED.search(target):
                message = (
                    f"Invalid character found in the request target [{target.decode('latin-1')} ]. "
                    "The valid characters are defined in RFC 7230 and RFC 3986"
                )
                await error_reply(400, message)(scope, receive, send)
                return
        await self._application(scope, receive, send)
