"""`BplClient`: one call of the management interface at a time, and what its answer means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from archredundancy.client.http.statuses import json_list, json_object, require_ok
from archredundancy.client.http.transport import Reply, Transport
from archredundancy.client.http.urls import readable_url, without_userinfo
from archredundancy.errors import InputError, ReplyError

__all__ = ["BplClient", "limited"]

_Entry = TypeVar("_Entry")


class BplClient:
    """Asks the management interface (BPL) of a cluster.

    Parameters
    ----------
    url : str
        Base of the calls, such as ``http://host:17665/mgmt/bpl``.
    transport : Transport
    """

    def __init__(self, url: str, transport: Transport) -> None:
        self.url = url.rstrip("/")
        self._transport = transport

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {readable_url(self.url)}>"

    def _one(
        self, call: str, params: list[tuple[str, str]], pv: str, read: Callable[[Mapping[str, Any]], _Entry]
    ) -> _Entry:
        url, reply = self._ask(call, params, pv)
        return _understood(url, json_object(reply, url), read)

    def _many(
        self, call: str, params: list[tuple[str, str]], read: Callable[[Any], _Entry], pv: str = ""
    ) -> list[_Entry]:
        url, reply = self._ask(call, params, pv)
        return [_understood(url, entry, read) for entry in json_list(reply, url)]

    def _of_names(self, call: str, names: Iterable[str]) -> tuple[str, Reply]:
        """Ask a call that takes names by POST alone, since they may be many; it only reads."""
        url = f"{self.url}/{call}"
        reply = self._transport.send_names(url, names)
        require_ok(reply.status, reply.body, url)
        return url, reply

    def _ask(self, call: str, params: list[tuple[str, str]], pv: str = "") -> tuple[str, Reply]:
        url = f"{self.url}/{call}"
        reply = self._transport.get(url, params)
        require_ok(reply.status, reply.body, url, pv)
        return url, reply


def _understood(url: str, entry: Any, read: Callable[[Any], _Entry]) -> _Entry:
    try:
        return read(entry)
    except (InputError, KeyError, TypeError, AttributeError) as error:
        raise ReplyError(
            f"{readable_url(url)} answered something that cannot be understood ({error!r}): {entry!r}; "
            "check the version of the appliance",
            url=without_userinfo(url),
            status=200,
        ) from error


def limited(limit: int | None) -> list[tuple[str, str]]:
    """Return the parameter that bounds a report, where one is wanted.

    Raises
    ------
    InputError
        If the limit is negative: servers differ in what they make of that.
    """
    if limit is None:
        return []
    if limit < 0:
        raise InputError(f"limit={limit} is not possible; leave it out for as many as the server has")
    return [("limit", str(limit))]
