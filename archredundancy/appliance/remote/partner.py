"""Asking another appliance (`GetUrlContent`, `PBOverHTTPStoragePlugin`, `InputStreamBackedEventStream`).

There is no time limit, as in the real one: who asks a partner that hangs, hangs with it (`appliance.md` C.3).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from archredundancy.appliance.java.text import hash_order
from archredundancy.appliance.messages.message import Header, decode_header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.server.depth import header_for_next, is_too_deep
from archredundancy.appliance.server.outgoing import connected
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.model import format_time

__all__ = ["RawAnswer", "fetch_json", "fetch_rows", "fetch_samples", "fetch_text", "millisecond_text", "post_names"]

logger = logging.getLogger(__name__)

_REDIRECTS = 50

# What `java.net.URI` refuses.
_NOT_IN_URLS = re.compile(r'[\s<>{}|\\^`"]|%(?![0-9A-Fa-f]{2})')


@dataclass(frozen=True, kw_only=True)
class RawAnswer(SampleStream):
    """A raw answer under the header that it begins with; it is held as it came, and its samples only as they are read.

    Attributes
    ----------
    body : bytes
    """

    body: bytes = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Yield the samples, damaged ones among them."""
        return _rows(self.body)


def fetch_rows(retrieval_url: str, pv: str, start: str, end: str) -> Iterator[Row]:
    """Yield the samples that another appliance has of a window, those of its proxies excepted, as `mergeInData` does.

    The answer is read whole before the first sample, and the PV's name is not encoded (`appliance.md` A.7, D.2 #12).

    Parameters
    ----------
    retrieval_url : str
        Its `data_retrieval_url`.
    pv : str
        A PV, or a post-processor of one.
    start, end : str
        In ISO 8601, to the millisecond.

    Raises
    ------
    Refused
        With 500 if it does not answer, or with another status than 200.
    DamagedLine
        If its answer is no header and samples.
    """
    url = f"{retrieval_url}/data/getData.raw?pv={pv}&from={start}&to={end}&skipExternalServers=true"
    return _rows(_get_well(url))


def fetch_samples(
    raw_url: str, pv: str, start: int, end: int, processor: str | None = None, *, skip_external: bool = False
) -> list[RawAnswer] | None:
    """Return the samples that another appliance has of a window, in memory, as one stream.

    Parameters
    ----------
    raw_url : str
        Its `getData.raw`.
    pv : str
    start, end : int, ns since 1970 UTC
        Both inside; cut to milliseconds (`appliance.md` C.2).
    processor : str, optional
        What it is asked to make of the samples; `pb` for nothing.
    skip_external : bool
        Whether it is told to leave out those that it proxies.

    Returns
    -------
    list of RawAnswer or None
        Empty if it has nothing to say of the window; None if it cannot be reached, answers with another status than
        200, or with what is no answer, and if the request that is being answered came through too many appliances.
        Damaged samples are found out only when they are decoded.
    """
    if is_too_deep(pv):
        return None
    url = f"{raw_url}?pv={quote_plus(pv, errors='replace')}&from={millisecond_text(start)}&to={millisecond_text(end)}"
    url += f"&pp={processor}" if processor else ""
    url += "&skipExternalServers=true" if skip_external else ""
    try:
        body = _get_well(url)
        return [RawAnswer(header=_first_header(body), source=raw_url, body=body)] if body else []
    except (DamagedLine, Refused) as failure:
        logger.warning("no samples of %s from %s: %s", pv, url, failure)
        return None


def fetch_json(url: str) -> Any:
    """Return the JSON behind a URL; None if there is none, for whatever reason."""
    try:
        return json.loads(fetch_text(url))
    except (Refused, ValueError) as failure:
        logger.warning("no answer from %s: %s", url, failure)
        return None


def post_names(url: str, names: Iterable[str]) -> Any:
    """Return the JSON that names of PVs are answered with; None if there is none, for whatever reason.

    They are posted as a form, but not encoded, and the answer is read as UTF-8, though it is in ISO-8859-1
    (`GetUrlContent.postStringListAndGetJSON`).
    """
    try:
        _, body, _ = _ask(url, f"pv={','.join(names)}".encode("latin-1", "replace"))
        return json.loads(body.decode(errors="replace"))
    except (Refused, ValueError) as failure:
        logger.warning("no answer from %s: %s", url, failure)
        return None


def fetch_text(url: str) -> str:
    """Return the text behind a URL.

    Raises
    ------
    Refused
        With 500 and what is wrong, if there is no answer or one of another status than 200.
    """
    status, body = _get(url)
    if status != 200:
        raise Refused(500, url)
    return body.decode("latin-1")


def millisecond_text(time: int) -> str:
    """Return a time as appliances write it into requests to each other, cut to the millisecond.

    Examples
    --------
    >>> millisecond_text(1704067200_000_999_999)
    '2024-01-01T00:00:00.000Z'
    """
    return f"{format_time(time)[:23]}Z"


def _get_well(url: str) -> bytes:
    status, body = _get(url)
    if status != 200:
        raise Refused(500, f"Invalid status calling {url}. Got {status}")
    return body


def _get(url: str) -> tuple[int, bytes]:
    """Return status and body of an answer; a redirect to another appliance of its cluster is followed.

    Raises
    ------
    Refused
        With 500 if there is no answer, or one redirect after the other.
    """
    for _ in range(_REDIRECTS):
        status, body, elsewhere = _ask(url)
        if elsewhere is None:
            return status, body
        url = elsewhere
    raise Refused(500, f"Maximum redirects ({_REDIRECTS}) exceeded")


def _ask(url: str, form: bytes | None = None) -> tuple[int, bytes, str | None]:
    """Return status and body of an answer to a GET, or to a form that is posted, and the URL that a redirect names.

    Raises
    ------
    Refused
        With 500 if the URL is none, or there is no answer.
    """
    if _NOT_IN_URLS.search(url):
        raise Refused(500, f"Illegal character in {url}")
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise Refused(500, f"{url} is no http URL")
    target = quote(parts.path + (f"?{parts.query}" if parts.query else ""), safe="/?:@!$&'()*+,;=-._~[]%")
    try:
        connection = HTTPConnection(parts.hostname, parts.port or 80)
    except ValueError as damage:
        raise Refused(500, f"{url} is no http URL: {damage}") from None
    try:
        headers = {"Connection": "close", "ARCHAPPL_COMPONENT": "true", **header_for_next()}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with connected(connection):
            connection.request("GET" if form is None else "POST", target, form, headers)
            reply = connection.getresponse()
            return reply.status, reply.read(), reply.headers["Location"] if reply.status == HTTPStatus.FOUND else None
    except ConnectionRefusedError:
        raise Refused(500, "Connection refused") from None
    except (OSError, HTTPException) as damage:
        raise Refused(500, f"{type(damage).__name__}: {damage}") from None
    finally:
        connection.close()


def _rows(body: bytes) -> Iterator[Row]:
    """Yield the samples of a raw answer; a line of at most one byte announces a header, a last line needs no end."""
    if not body:
        return
    lines = (line.removesuffix(b"\n") for line in BytesIO(body))
    header = decode_header(next(lines))
    for line in lines:
        if len(line) > 1:
            yield Row(line, header.dbr_type, header.year)
            continue
        try:
            header = decode_header(next(lines))
        except (DamagedLine, StopIteration):
            return


def _first_header(body: bytes) -> Header:
    """Return the header that a raw answer begins with, its fields in the order of a Java HashMap."""
    header = decode_header(body.partition(b"\n")[0])
    fields = dict(header.fields)
    return replace(header, fields=tuple((name, fields[name]) for name in hash_order(fields)))
