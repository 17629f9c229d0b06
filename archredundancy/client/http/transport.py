"""The seam to the network: the one module that imports an HTTP library.

Everything else in `archredundancy.client` takes a `Transport`, so that tests can hand in ten lines instead of a server,
and so that the library behind it (httpx, whose upstream is frozen) can be exchanged here. None of its types leave this
module.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

import httpx

from archredundancy.client.http.patience import PatientTransport, TooLate, TooLong, TooSlow
from archredundancy.client.http.urls import Params, encode_query, readable_url, without_userinfo
from archredundancy.client.workers import refuse_stopped
from archredundancy.errors import ConnectionFailed, InputError, LengthError, ReadTimeout, ReplyError

__all__ = ["CommandTransport", "HttpTransport", "Params", "Reply", "StreamReply", "Transport"]

logger = logging.getLogger(__name__)

_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_LAST_PORT = 65535
_MAX_CONNECTIONS = 32
#: An answer that is taken as a whole, bytes: names of a million PVs are a tenth of it.
_MOST_AT_ONCE = 1 << 29
#: How long, seconds, to wait before a request that only reads is sent again.
_PAUSES = (0.0, 0.2, 0.8)
_JSON = {"Content-Type": "application/json"}


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
            return _whole(reply, url)

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
            return _whole(reply, url)

    @contextmanager
    def stream(self, url: str, params: Params = (), *, timeout: float | None = None) -> Iterator[StreamReply]:
        """Return a context manager that gives the answer to a GET, with its body still coming.

        Parameters, statuses and errors are those of `get`; the errors of a body that breaks off come while it is read.
        """
        with self._stream(_full_url(url, params), self.timeout if timeout is None else timeout) as reply:
            yield reply

    @contextmanager
    def _stream(self, full: str, seconds: float, body: bytes | None = None) -> Iterator[StreamReply]:
        with _own_errors(full, seconds):
            response = self._send(full, seconds, body)
        try:
            _refuse_compressed(response, full)
            yield StreamReply(response.status_code, dict(response.headers), _blocks(response, full, seconds))
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
        full = _full_url(url, params)
        self._refuse_closed()
        limits = httpx.Timeout(seconds, connect=min(seconds, self._connect_timeout), pool=None)
        method, kind = ("GET", {}) if body is None else ("POST", _JSON)
        with (
            _own_errors(full, seconds),
            httpx.Client(
                headers=self._headers,
                transport=PatientTransport(self._certificates, 1, lifetime=seconds),
                timeout=limits,
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream(method, full, content=body, headers=kind) as response,
        ):
            return _whole(StreamReply(response.status_code, dict(response.headers), response.iter_bytes()), url)

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
        for _ in range(_MAX_REDIRECTS):
            response = self._send_again(target, seconds, body)
            if response.status_code not in _REDIRECTS or "location" not in response.headers:
                return response
            response.close()
            target = _redirect_target(asked, target.join(response.headers["location"]), response.status_code)
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


def _whole(reply: StreamReply, url: str) -> Reply:
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


def _full_url(url: str, params: Params) -> str:
    """Return a URL with its query.

    Raises
    ------
    InputError
        If what is asked for is no Unicode text.
    """
    try:
        query = encode_query(params)
    except UnicodeError as error:
        raise InputError(f"{dict(params)} cannot be sent in a URL ({error}); names of PVs are Unicode text") from error
    return f"{url}?{query}" if query else url


def _certificates(ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # an ssl.SSLError is one too
        raise InputError(
            f"{ca_file} cannot be used for certificates to trust ({error}); name a file that holds some in PEM"
        ) from error


def _redirect_target(asked: httpx.URL, target: httpx.URL, status: int) -> httpx.URL:
    same = (target.scheme, target.netloc) == (asked.scheme, asked.netloc)
    upgraded = (asked.scheme, target.scheme, target.netloc) == ("http", "https", asked.netloc) and asked.port is None
    if same or upgraded:
        return target.copy_with(userinfo=asked.userinfo)
    # A member with proxyRetrievalRequest=true answers 302 to the PV's owner. Whether that host is one to trust is not
    # known here, and headers meant for one server must not reach another.
    raise ReplyError(
        f"{readable_url(str(asked))} redirects to another server, {readable_url(str(target))}, which is not followed; "
        "if that is a member of the same cluster, ask it directly",
        url=without_userinfo(str(asked)),
        status=status,
    )


def _blocks(response: httpx.Response, url: str, seconds: float) -> Iterator[bytes]:
    with _own_errors(url, seconds):
        for block in response.iter_raw():
            refuse_stopped()
            yield block


def _refuse_compressed(response: httpx.Response, url: str) -> None:
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


@contextmanager
def _own_errors(url: str, seconds: float) -> Iterator[None]:
    """Turn every error of the HTTP library into one of ours that says what to do.

    Raises
    ------
    ConnectionFailed
        If no whole answer came.
    LengthError
        If it is longer than promised.
    ReadTimeout
        If the other end stayed silent.
    InputError
        If this is no URL.
    """
    where, clean = readable_url(url), without_userinfo(url)
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise ReadTimeout(
            f"no connection to {where} in time; check the host and whether a firewall lies between",
            url=clean,
            sent=False,
        ) from error
    except TooSlow as error:
        raise ReadTimeout(
            f"{where} sends next to nothing, {error}; it may be overloaded or no archiver: try again later", url=clean
        ) from error
    except TooLate as error:
        raise ReadTimeout(
            f"{where} began to answer, and was not at the end of it after {seconds:g} s; see what lies between, and "
            "whether it did what it was told",
            url=clean,
        ) from error
    except httpx.TimeoutException as error:
        raise ReadTimeout(
            f"{where} stayed silent for {seconds:g} s; it may be busy or frozen: try again, or allow a longer timeout",
            url=clean,
        ) from error
    except httpx.ConnectError as error:
        raise ConnectionFailed(
            f"cannot connect to {where} ({error}); check host and port, and that the appliance runs",
            url=clean,
            sent=False,
        ) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
        raise InputError(
            f"{where!r} is not a URL that can be asked ({error}); give one such as http://host:17665"
        ) from error
    except TooLong as error:
        raise LengthError(
            f"the answer of {where} is longer than its Content-Length ({error}), so nobody knows where it ends; check "
            "the reverse proxy before the appliance",
            url=clean,
        ) from error
    except httpx.HTTPError as error:
        raise ConnectionFailed(f"the answer of {where} broke off ({error}); try again", url=clean) from error
