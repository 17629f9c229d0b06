"""Every error of the HTTP library as one of ours, which says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from archredundancy.client.http.patience import TooLate, TooLong, TooSlow
from archredundancy.client.http.urls import readable_url, without_userinfo
from archredundancy.errors import ConnectionFailed, InputError, LengthError, ReadTimeout

__all__ = ["own_errors"]


@contextmanager
def own_errors(url: str, seconds: float) -> Iterator[None]:
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
