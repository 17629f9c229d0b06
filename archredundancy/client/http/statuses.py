"""What an HTTP status and a body mean: typed errors instead of pages of HTML, JSON that is JSON."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from archredundancy.client.http.transport import Reply
from archredundancy.client.http.urls import readable_url, without_userinfo
from archredundancy.errors import NotReadyError, ReplyError, UnknownPVError

__all__ = ["json_list", "json_object", "names_in_brackets", "require_ok"]

_MESSAGE = re.compile(r"<b>Message</b>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CHARSET = re.compile(r"charset=\"?([^\s;\"]+)", re.IGNORECASE)
_EXCERPT = 200


def require_ok(status: int, body: bytes, url: str, pv: str = "") -> None:
    """Refuse every answer but 200.

    Parameters
    ----------
    status : int
        HTTP status.
    body : bytes
        What came with it, for the message; its start is enough.
    url : str
        What was asked.
    pv : str, optional
        The PV that was asked for; with it 404 means that it is not known (`DataRetrievalServlet`, BPL calls with `pv`).

    Raises
    ------
    NotReadyError
        At 503: the web application is starting.
    UnknownPVError
        At 404, if `pv` was given.
    ReplyError
        At every other status but 200.
    """
    if status == 200:
        return
    where, clean, said = readable_url(url), without_userinfo(url), _error_text(body)
    if status == 503:
        raise NotReadyError(f"{where} is starting (503); ask again in a minute", url=clean, status=503)
    if status == 404 and pv:
        raise UnknownPVError(f"{where} does not know the PV {pv!r} (404{said}); check name and URL", pv=pv, url=clean)
    raise ReplyError(
        f"{where} answered {status}{said}; check that this is the URL of an archiver appliance, and its logs",
        url=clean,
        status=status,
    )


def json_object(reply: Reply, url: str) -> Mapping[str, Any]:
    """Return the JSON object a reply holds.

    Raises
    ------
    ReplyError
        If the body is something else; `null`, for instance, is what a member says of a call that failed at another one.
    """
    value = _read_json(reply)
    if not isinstance(value, dict):
        raise ReplyError(_unexpected(reply, url, "JSON object"), url=without_userinfo(url), status=reply.status)
    return value


def json_list(reply: Reply, url: str) -> list[Any]:
    """Return the JSON list a reply holds; one object alone counts as a list of one.

    Calls with a comma list or glob that comes down to one PV answer with an object instead of a list.

    Raises
    ------
    ReplyError
        If the body is something else.
    """
    value = _read_json(reply)
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise ReplyError(_unexpected(reply, url, "JSON list"), url=without_userinfo(url), status=reply.status)
    return value


def names_in_brackets(reply: Reply, url: str, asked: set[str]) -> list[str]:
    """Return the names in a reply such as `[A,B]`, which is no JSON (`UnarchivedPVsAction`).

    Parameters
    ----------
    reply : Reply
    url : str
        What was asked.
    asked : set of str
        Which names there may be.

    Raises
    ------
    ReplyError
        If the body is something else.
    """
    text = _read_text(reply).strip()
    names = [name.strip() for name in text[1:-1].split(",") if name.strip()]
    if not (text.startswith("[") and text.endswith("]") and asked.issuperset(names)):
        raise ReplyError(_unexpected(reply, url, "list of names"), url=without_userinfo(url), status=reply.status)
    return names


def _read_json(reply: Reply) -> Any:
    """Return what the body says, or None."""
    try:
        return json.loads(_read_text(reply))
    except (ValueError, RecursionError):
        return None


def _read_text(reply: Reply) -> str:
    """Return the body by the charset of its header, as management replies are ISO-8859-1; empty if it is not in it."""
    charset = _CHARSET.search(reply.headers.get("content-type", ""))
    try:
        return reply.body.decode(charset[1] if charset else "utf-8")
    except (ValueError, LookupError):
        return ""


def _unexpected(reply: Reply, url: str, expected: str) -> str:
    start = reply.body[:_EXCERPT].decode("latin-1")
    shown = f"it begins with {start!r}" if start else "it is empty"
    return (
        f"the answer of {readable_url(url)} is no {expected}: {shown}; "
        "check the URL, and whether a member of the cluster is down"
    )


def _error_text(body: bytes) -> str:
    """Return what Tomcat's error page says, or the start of any other text, behind a colon."""
    text = body.decode("utf-8", "replace")
    found = _MESSAGE.search(text)
    said = found[1] if found else "" if "<html" in text.lower() else text
    said = " ".join(html.unescape(_TAG.sub(" ", said)).split())
    return f": {said[:_EXCERPT]}" if said else ""
