"""Answers of another appliance, passed on as they come (`DataRetrievalServlet.proxyRetrievalRequest`)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse

from archredundancy.appliance.server.depth import header_for_next
from archredundancy.appliance.server.outgoing import connected
from archredundancy.appliance.server.replies import Refused

__all__ = ["PassedOn", "open_answer"]

logger = logging.getLogger(__name__)

_BLOCK = 10 * 1024
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, kw_only=True)
class PassedOn:
    """An answer that is still coming.

    Attributes
    ----------
    status : int
    media_type : str or None
    blocks : iterator of bytes
        Its body; to be read to its end, or closed.
    """

    status: int
    media_type: str | None
    blocks: Iterator[bytes]


def open_answer(host: str, target: str, body: bytes | None = None) -> PassedOn:
    """Ask another appliance, and return as soon as it begins to answer.

    Parameters
    ----------
    host : str
        `host:port`.
    target : str
        Path and query, as they are to be sent.
    body : bytes, optional
        JSON to post; without it the request is a GET.

    Raises
    ------
    Refused
        With 500 if it does not begin to answer.
    """
    headers = {"Connection": "close"} | header_for_next() | ({} if body is None else _JSON)
    with ExitStack() as ends:
        connection = ends.enter_context(closing(HTTPConnection(host)))
        try:
            ends.enter_context(connected(connection))
            connection.request("GET" if body is None else "POST", target, body, headers)
            reply = connection.getresponse()
        except ConnectionRefusedError:
            raise Refused(500, f"Connect to {host} [/{host.partition(':')[0]}] failed: Connection refused") from None
        except (OSError, HTTPException) as damage:
            raise Refused(500, f"{host} failed to respond: {type(damage).__name__}") from None
        ends.callback(reply.close)  # it holds the socket, as the connection is not to be used again
        media_type = reply.headers.get("Content-Type")
        return PassedOn(status=reply.status, media_type=media_type, blocks=_blocks(reply, ends.pop_all()))


def _blocks(reply: HTTPResponse, ends: ExitStack) -> Iterator[bytes]:
    """Yield the parts of a body, then close all. One that breaks off ends like a whole one (`appliance.md` L, 2g)."""
    with ends:
        try:
            while block := reply.read1(_BLOCK):
                yield block
        except (OSError, HTTPException) as damage:
            logger.error("an answer that is passed on breaks off: %s", damage)
