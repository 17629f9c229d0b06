"""`HttpTransport`: requests over real connections, by httpx, whose upstream is frozen.

None of the types of that library leave this folder, so that it can be exchanged here.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final

import httpx

from archredundancy.client.http.bodies import blocks_of, refuse_compressed, whole
from archredundancy.client.http.own_errors import own_errors
from archredundancy.client.http.patience import PatientTransport
from archredundancy.client.http.redirects import MAX_REDIRECTS, is_redirect, redirect_target
from archredundancy.client.http.transport import Params, Reply, StreamReply
from archredundancy.client.http.urls import full_url, readable_url, without_userinfo
from archredundancy.client.workers import refuse_stopped
from archredundancy.errors import InputError, ReplyError

__all__ = ["HttpTransport"]

logger = logging.getLogger(__name__)

_LAST_PORT: Final = 65535
_MAX_CONNECTIONS: Final = 32
#: How long, seconds, to wait before a request that only reads is sent again.
_PAUSES: Final = (0.0, 0.2, 0.8)
_JSON: Final = {"Content-Type": "application/json"}


class HttpTransport:
    """HTTP over a pool of connections; may be shared by threads.

    Parameters
    ----------
    timeout : float, seconds
        How long the other end may stay silent.
    connect_timeout : float, seconds
        How long making a connection may take.
    headers : mapping of str to str, optional
        Sent with every request, such as what a reverse proxy wants to see.
    ca_file : Path, optional
        Certificates to trust instead of the usual ones, PEM.
    connections : int
        Most connections at a time; who needs one more waits.

    Raises
    ------
    InputError
        If `ca_file` holds no certificates.

    Notes
    -----
    Proxies named in the environment are not used: an archiver is near, and a proxy would cut long answers. Where a
    connection breaks before any answer came, the request is sent again, three times within a second, which is harmless
    where requests only read; not by `command`. Answers that come slower than 16 bytes a second for as long as the
    time-out are given up.

    Examples
    --------
    >>> with HttpTransport(timeout=5) as transport:
    ...     transport
    <HttpTransport, timeout 5 s>
    """

    def __init__(
        self,
        timeout: float = 60.0,
        *,
        connect_timeout: float = 10.0,
        headers: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
        connections: int = _MAX_CONNECTIONS,
    ) -> None:
        self.timeout = timeout
        self._connect_timeout = connect_timeout
        self._headers = {"Accept-Encoding": "identity", "User-Agent": "archredundancy", **(headers or {})}
        self._certificates = _certificates(ca_file)
        self._client = httpx.Client(
            headers=self._headers,
            transport=PatientTransport(self._certificates, connections),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> HttpTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<HttpTransport, timeout {self.timeout:g} s>"

    def close(self) -> None:
        """Close all connections; nothing can be asked afterwards. Closing twice does no harm."""
        self._client.close()

    def get(self, url: str, params: Params = (), *, timeout: float | None = None) -> Reply:
        """Return the answer to a GET.

        Parameters
        ----------
        url : str
            Without a query.
        params : iterable of (str, str)
            The query; everything but letters, digits and ``-._~`` is percent-encoded as UTF-8.
        timeout : float, seconds, optional
            Instead of the transport's own.

        Returns
        -------
        Reply
            Whatever its status, apart from redirects: those that stay on the same server are followed.

        Raises
        ------
        ConnectionFailed
            If no whole answer came.
        LengthError
            If it is longer than it had promised to be.
        ReadTimeout
            If the other end stayed silent.
        ReplyError
            If the answer is a redirect to another server, is compressed though that was not asked for, or too large.
        InputError
            If `url` is not a URL, or the transport has been closed.
        """
        with self.stream(url, params, timeout=timeout) as reply:
            return whole(reply, url)

    def send_names(self, url: str, names: Iterable[str]) -> Reply:
        """Return the answer to a question about names of PVs that would not fit into a URL.

        They are sent as a JSON list, by POST, to calls that only read; like a `get`, it may be sent again.

        Parameters
        ----------
        url : str
        names : iterable of str

        Raises
        ------
        ConnectionFailed
            If no whole answer came.
        ReplyError
            If the answer cannot be used, as for `get`.
        InputError
            If `url` is not a URL, or the transport has been closed.
        """
        with self._stream(url, self.timeout, json.dumps(list(names)).encode()) as reply:
            return whole(reply, url)

    @contextmanager
    def stream(self, url: str, params: Params = (), *, timeout: float | None = None) -> Iterator[StreamReply]:
        """Return a context manager that gives the answer to a GET, with its body still coming.

        Parameters, statuses and errors are those of `get`; the errors of a body that breaks off come while it is read.
        """
        with self._stream(full_url(url, params), self.timeout if timeout is None else timeout) as reply:
            yield reply

    @contextmanager
    def _stream(self, full: str, seconds: float, body: bytes | None = None) -> Iterator[StreamReply]:
        with own_errors(full, seconds):
            response = self._send(full, seconds, body)
        try:
            refuse_compressed(response, full)
            yield StreamReply(response.status_code, dict(response.headers), blocks_of(response, full, seconds))
        finally:
            response.close()

    def command(
        self, url: str, params: Params = (), *, timeout: float | None = None, body: bytes | None = None
    ) -> Reply:
        """Return the answer to a request that changes something: a GET, or a POST of JSON if there is a body.

        It is sent once at most, on a connection of its own: a kept one may be closed at the very moment of the request,
        and then nobody knows whether it arrived. Redirects are not followed.

        Parameters
        ----------
        url : str
            Without a query.
        params : iterable of (str, str)
            The query.
        timeout : float, seconds, optional
            Instead of the transport's own; for all of it, from connecting to the last byte: answers are short, and a PV
            may be paused meanwhile.
        body : bytes, optional
            JSON to be posted.

        Raises
        ------
        ConnectionFailed
            If no whole answer came; its `sent` is False if the request cannot have arrived.
        ReadTimeout
            If the other end stayed silent, or was not at the end of its answer in time.
        ReplyError
            If the answer is too large.
        InputError
            If `url` is not a URL, or the transport has been closed.
        """
        seconds = self.timeout if timeout is None else timeout
        full = full_url(url, params)
        self._refuse_closed()
        limits = httpx.Timeout(seconds, connect=min(seconds, self._connect_timeout), pool=None)
        method, kind = ("GET", {}) if body is None else ("POST", _JSON)
        with (
            own_errors(full, seconds),
            httpx.Client(
                headers=self._headers,
                transport=PatientTransport(self._certificates, 1, lifetime=seconds),
                timeout=limits,
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream(method, full, content=body, headers=kind) as response,
        ):
            return whole(StreamReply(response.status_code, dict(response.headers), response.iter_bytes()), url)

    def _refuse_closed(self) -> None:
        if self._client.is_closed:
            raise InputError("this transport has been closed; make a new one, or open the pair again")

    def _send(self, url: str, seconds: float, body: bytes | None) -> httpx.Response:
        refuse_stopped()
        self._refuse_closed()
        asked = httpx.URL(url)
        if asked.port is not None and asked.port > _LAST_PORT:  # else the system asks the port modulo 65536
            raise httpx.InvalidURL(f"there is no port {asked.port}")
        target = asked
        for _ in range(MAX_REDIRECTS):
            response = self._send_again(target, seconds, body)
            if not is_redirect(response):
                return response
            response.close()
            target = redirect_target(asked, target, response)
        raise ReplyError(
            f"{readable_url(url)} redirects in a circle; use the URL it finally means",
            url=without_userinfo(url),
            status=302,
        )

    def _send_again(self, url: httpx.URL, seconds: float, body: bytes | None) -> httpx.Response:
        """Return the answer to a request that is sent again where a connection broke before any answer came."""
        timeout = httpx.Timeout(seconds, connect=min(seconds, self._connect_timeout), pool=None)
        request = (
            self._client.build_request("GET", url, timeout=timeout)
            if body is None
            else self._client.build_request("POST", url, content=body, headers=_JSON, timeout=timeout)
        )
        for pause in _PAUSES:
            try:
                return self._client.send(request, stream=True)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
                # A server may close a kept connection at the very moment of the next request.
                logger.debug("asking %s once more after %r", readable_url(str(url)), error)
                time.sleep(pause)
        return self._client.send(request, stream=True)


@cache
def _usual_certificates() -> ssl.SSLContext:
    """Return the usual ones; reading some hundred of them takes longer than many requests do."""
    return httpx.create_ssl_context(trust_env=False)


def _certificates(ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is None:
        return _usual_certificates()
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # an ssl.SSLError is one too
        raise InputError(
            f"{ca_file} cannot be used for certificates to trust ({error}); name a file that holds some in PEM"
        ) from error
