"""How long to wait for bytes, and how many there may be: the parts of HTTP that httpx leaves to the sockets.

A time-out of a socket counts from the last byte: a server that sends one byte a second, headers included, is never
given up. And a thread that waits in a socket cannot be stopped. So reading is done here in short waits, what comes in
is counted, and a connection may have a time at which it ends. Bytes behind a body's promised end are dropped by
httpcore without a word; here they are an error.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from ssl import SSLContext
from typing import Any, Final

import httpcore
import httpx

from archredundancy.client.workers import refuse_stopped

__all__ = ["PatientTransport", "TooLate", "TooLong", "TooSlow"]

#: How often, seconds, a thread that waits looks whether it is still wanted.
_GLANCE: Final = 0.25
#: Slower answers, bytes a second, are given up; counted over spans as long as the time-out, so that pauses may be.
_SLOWEST: Final = 16
_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_INFORMATION: Final = re.compile(rb"HTTP/\d\.\d 1\d\d")
_ERRORS: Final = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)


class TooSlow(httpx.ReadTimeout):
    """Bytes come, but so few that there will be no end."""


class TooLate(httpx.ReadTimeout):
    """Bytes came, but not the end of the answer in the time that was given for all of it."""


class TooLong(httpx.RemoteProtocolError):
    """More bytes came than the answer had promised."""


class PatientTransport(httpx.BaseTransport):
    """What `httpx.Client` sends requests by; may be shared by threads.

    Parameters
    ----------
    certificates : SSLContext
    connections : int
        How many there may be at a time.
    lifetime : float, seconds
        For how long each may last; where it carries one request, for how long that may take from beginning to end.
    """

    def __init__(self, certificates: SSLContext, connections: int, lifetime: float = math.inf) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=certificates,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_Backend(lifetime),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the answer, with its body still coming."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        asked = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.read(), extensions=request.extensions
        )
        with _as_httpx():
            answer = self._pool.handle_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=dict(answer.extensions)
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()
        self._refuse_excess()

    def _refuse_excess(self) -> None:
        """Refuse what came together with the end of the body, and lies behind it.

        Raises
        ------
        TooLong
            If there is any.
        """
        headers = {name.lower(): value for name, value in self._answer.headers}
        stream = self._answer.extensions["network_stream"]
        if (
            b"content-length" not in headers
            or b"transfer-encoding" in headers
            or not isinstance(stream, _PatientStream)
        ):
            return
        promised, came = int(headers[b"content-length"]), stream.body_size
        if came > promised:
            stream.close()  # else what is left over would be taken for the next answer
            raise TooLong(f"{promised} bytes were promised, and at least {came} came")

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Raise errors under the names that httpx has for them; they are the same."""
    try:
        yield
    except _ERRORS as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class _Backend(httpcore.SyncBackend):
    def __init__(self, lifetime: float) -> None:
        self._lifetime = lifetime

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        latest = time.monotonic() + self._lifetime
        stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        if time.monotonic() >= latest:  # each of several addresses had its own time-out
            stream.close()
            raise httpcore.ConnectTimeout
        return _PatientStream(stream, latest)


class _BodyCount:
    """Counts the bytes of one answer that come after its headers."""

    def __init__(self) -> None:
        self.size = 0
        self._head: bytearray | None = bytearray()

    def add(self, data: bytes) -> None:
        if self._head is None:
            self.size += len(data)
            return
        self._head += data
        while self._head is not None and (end := _END_OF_HEAD.search(self._head)):
            rest = self._head[end.end() :]
            # What only informs is followed by the answer itself.
            self._head = rest if _INFORMATION.match(self._head) else None
            self.size = len(rest)


class _PatientStream(httpcore.NetworkStream):
    """A connection that tells a slow server from one that only pretends to answer."""

    def __init__(self, stream: httpcore.NetworkStream, latest: float) -> None:
        self._stream = stream
        self._latest = latest
        self._since: float | None = None  # when the bytes began to come that are counted
        self._count = 0
        self._body = _BodyCount()

    @property
    def body_size(self) -> int:
        """How many bytes came of the body of the latest answer, and behind it."""
        return self._body.size

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._wait(max_bytes, timeout)
        self._body.add(data)
        if timeout is not None:
            self._refuse_dripping(len(data), timeout)
        return data

    def _wait(self, max_bytes: int, timeout: float | None) -> bytes:
        """Return the next bytes.

        Raises
        ------
        TooLate
            If the connection has come to its end, and bytes have come before.
        ReadTimeout
            If none have come, or none for as long as the time-out.
        """
        latest = min(self._latest, math.inf if timeout is None else time.monotonic() + timeout)
        while (left := latest - time.monotonic()) > 0:
            refuse_stopped()
            with suppress(httpcore.ReadTimeout):
                return self._stream.read(max_bytes, min(_GLANCE, left))
        if latest == self._latest and self._count:
            raise TooLate(f"{self._count} bytes and no end")
        raise httpcore.ReadTimeout

    def _refuse_dripping(self, count: int, timeout: float) -> None:
        """Count bytes that came.

        Raises
        ------
        TooSlow
            If they have come too slowly for as long as the time-out.
        """
        now = time.monotonic()
        if self._since is None:
            self._since = now
        self._count += count
        if now - self._since < timeout:
            return
        if self._count < _SLOWEST * timeout:
            raise TooSlow(f"{self._count} bytes in {now - self._since:.3g} s")
        self._since, self._count = now, 0

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._since, self._count = None, 0
        self._body = _BodyCount()
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _PatientStream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._latest)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
