"""What clients need from the network: the seam at which tests hand in ten lines instead of a server.

Everything in `archredundancy.client` takes a `Transport`; the real one is `HttpTransport`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from archredundancy.client.http.urls import Params

__all__ = ["CommandTransport", "Params", "Reply", "StreamReply", "Transport"]


@dataclass(frozen=True)
class Reply:
    """A whole answer, of whatever status.

    Attributes
    ----------
    status : int
        HTTP status.
    headers : mapping of str to str
        By name in lower case.
    body : bytes
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class StreamReply:
    """An answer whose body is still coming.

    Attributes
    ----------
    status : int
        HTTP status.
    headers : mapping of str to str
        By name in lower case.
    blocks : iterator of bytes
        Pieces of the body as they arrive; raises `ConnectionFailed` when it breaks off.
    """

    status: int
    headers: Mapping[str, str]
    blocks: Iterator[bytes]


class Transport(Protocol):
    """What clients need from the network; only requests that read."""

    def get(self, url: str, params: Params = (), *, timeout: float | None = None) -> Reply:
        """Return the answer to a GET; see `HttpTransport.get`."""

    def stream(
        self, url: str, params: Params = (), *, timeout: float | None = None
    ) -> AbstractContextManager[StreamReply]:
        """Return the answer to a GET whose body comes piece by piece; see `HttpTransport.stream`."""

    def send_names(self, url: str, names: Iterable[str]) -> Reply:
        """Return the answer to a question about names that would not fit into a URL; see `HttpTransport.send_names`."""


class CommandTransport(Protocol):
    """What a `Committer` needs from the network: requests that change something."""

    def command(
        self, url: str, params: Params = (), *, timeout: float | None = None, body: bytes | None = None
    ) -> Reply:
        """Return the answer to a request that was sent once at most; see `HttpTransport.command`."""
