"""Text of URLs: queries that any PV name survives, and forms fit for messages and logs."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit

from archredundancy.errors import InputError

__all__ = ["Params", "encode_query", "full_url", "readable_url", "without_userinfo"]

#: Names and values of a query, in order; names may repeat.
Params = Iterable[tuple[str, str]]


def encode_query(params: Params) -> str:
    """Return a query in which everything but letters, digits and ``-._~`` is percent-encoded as UTF-8.

    Tomcat answers 400 to raw ``[ ]`` in a URL, and PV names hold ``# & + { }`` and more.

    Examples
    --------
    >>> encode_query([("pv", "A:B[0] #1"), ("limit", "-1")])
    'pv=A%3AB%5B0%5D%20%231&limit=-1'
    """
    return urlencode(list(params), quote_via=quote, safe="")


def full_url(url: str, params: Params) -> str:
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


def without_userinfo(url: str) -> str:
    """Return a URL without the name and password it may hold.

    Examples
    --------
    >>> without_userinfo("http://me:secret@host:17668/retrieval?pv=X")
    'http://host:17668/retrieval?pv=X'
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # no URL at all; who asks it says so
        return url
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def readable_url(url: str) -> str:
    """Return a URL for messages: without user information, query and fragment.

    Examples
    --------
    >>> readable_url("http://me:secret@host:17668/retrieval/data/getData.raw?pv=X")
    'http://host:17668/retrieval/data/getData.raw'
    """
    return without_userinfo(url).partition("#")[0].partition("?")[0]
