"""Asking another appliance for samples, as `mergeInData` does (`GetUrlContent`, `InputStreamBackedEventStream`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, urlsplit

from archredundancy.appliance.messages.message import decode_header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.storage.streams import Row

__all__ = ["fetch_rows", "fetch_text"]

# What `java.net.URI` refuses.
_NOT_IN_URLS = re.compile(r'[\s<>{}|\\^`"%]')


def fetch_rows(retrieval_url: str, pv: str, start: str, end: str) -> Iterator[Row]:
    """Yield the samples that another appliance has of a window, those of its proxies excepted.

    The answer is read whole before the first sample; there is no time limit, and the PV's name is not encoded
    (`appliance.md` A.7, D.2 #12).

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
    if _NOT_IN_URLS.search(url):
        raise Refused(500, f"Illegal character in {url}")
    status, body = _get(url.partition("#")[0])
    if status != 200:
        raise Refused(500, f"Invalid status calling {url}. Got {status}")
    return _rows(body)


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
    return body.decode(errors="replace")


def _get(url: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise Refused(500, f"{url} is no http URL")
    connection = HTTPConnection(parts.hostname, parts.port or 80)
    try:
        target = quote(parts.path + (f"?{parts.query}" if parts.query else ""), safe="/?:@!$&'()*+,;=-._~[]")
        connection.request("GET", target, headers={"Connection": "close", "ARCHAPPL_COMPONENT": "true"})
        reply = connection.getresponse()
        return reply.status, reply.read()
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
    lines = iter(body.removesuffix(b"\n").split(b"\n"))
    header = decode_header(next(lines))
    for line in lines:
        if len(line) > 1:
            yield Row(line, header.dbr_type, header.year)
            continue
        try:
            header = decode_header(next(lines))
        except (DamagedLine, StopIteration):
            return
