"""Where a redirect may lead: to the same server, and nowhere else."""

from __future__ import annotations

from typing import Final

import httpx

from archredundancy.client.http.urls import readable_url, without_userinfo
from archredundancy.errors import ReplyError

__all__ = ["MAX_REDIRECTS", "is_redirect", "redirect_target"]

#: One after the other; more are a circle.
MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = (301, 302, 303, 307, 308)


def is_redirect(response: httpx.Response) -> bool:
    """Return whether an answer names another place to ask."""
    return response.status_code in _REDIRECTS and "location" in response.headers


def redirect_target(asked: httpx.URL, current: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Return where a redirect leads, with the user information of what was asked at first.

    Parameters
    ----------
    asked : httpx.URL
        At first.
    current : httpx.URL
        What was answered with this redirect.
    response : httpx.Response

    Raises
    ------
    ReplyError
        If that is another server.
    """
    target = current.join(response.headers["location"])
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
        status=response.status_code,
    )
