"""Bodies of answers: piece by piece, as they arrive, or as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx

from archredundancy.client.http.own_errors import own_errors
from archredundancy.client.http.transport import Reply, StreamReply
from archredundancy.client.http.urls import readable_url, without_userinfo
from archredundancy.client.workers import refuse_stopped
from archredundancy.errors import ReplyError

__all__ = ["blocks_of", "refuse_compressed", "whole"]

#: An answer that is taken as a whole, bytes: names of a million PVs are a tenth of it.
_MOST_AT_ONCE: Final = 1 << 29


def whole(reply: StreamReply, url: str) -> Reply:
    """Return an answer with all of its body.

    Raises
    ------
    ReplyError
        If that is too large to be taken as a whole.
    """
    body = bytearray()
    for block in reply.blocks:
        body += block
        if len(body) > _MOST_AT_ONCE:
            raise ReplyError(
                f"the answer of {readable_url(url)} is larger than {_MOST_AT_ONCE} bytes; ask for less, such as the "
                "names that match a narrower pattern",
                url=without_userinfo(url),
                status=reply.status,
            )
    return Reply(reply.status, reply.headers, bytes(body))


def blocks_of(response: httpx.Response, url: str, seconds: float) -> Iterator[bytes]:
    """Yield a body as it arrives; `own_errors` tells what it raises when it breaks off."""
    with own_errors(url, seconds):
        for block in response.iter_raw():
            refuse_stopped()
            yield block


def refuse_compressed(response: httpx.Response, url: str) -> None:
    """Refuse a body that some bytes of may become any number of.

    Raises
    ------
    ReplyError
        If the server compressed what was asked for as it is.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise ReplyError(
            f"{readable_url(url)} answers with Content-Encoding {encoding!r}, though only 'identity' was accepted; "
            "turn compression off at the reverse proxy",
            url=without_userinfo(url),
            status=response.status_code,
        )
