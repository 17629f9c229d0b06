"""Answers of another appliance, passed on as they come (`DataRetrievalServlet.proxyRetrievalRequest`)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
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
    connection = HTTPConnection(host)
    try:
        headers = {"Connection": "close"} | header_for_next() | ({} if body is None else _JSON)
        with connected(connection):
            connection.request("GET" if body is None else "POST", target, body, headers)
            reply = connection.getresponse()
    except ConnectionRefusedError:
        connection.close()
        raise Refused(500, f"Connect to {host} [/{host.partition(':')[0]}] failed: Connection refused") from None
    except (OSError, HTTPException) as damage:
        connection.close()
        raise Refused(500, f"{host} failed to respond: {type(damage).__name__}") from None
    return PassedOn(
        status=reply.status, media_type=reply.headers.get("Content-Type"), blocks=_blocks(connection, reply)
    )


def _blocks(connection: HTTPConnection, reply: HTTPResponse) -> Iterator[bytes]:
    """Yield the parts of a body. One that breaks off ends as if it were complete (`appliance.md` L, 2g)."""
    try:
        while block := reply.read1(_BLOCK):
            yield block
    except (OSError, HTTPException) as damage:
        logger.error("an answer that is passed on breaks off: %s", damage)
    finally:
        reply.close()  # it holds the socket, as the connection is not to be used again
        connection.close()
