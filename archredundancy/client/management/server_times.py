"""Times in management replies: text in the zone of the server, or seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from archredundancy.client.management.reply_values import text_in, whole_in
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, parse_time

__all__ = ["moment_in", "parse_server_time", "server_time_in"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SERVER_TIME = re.compile(r"([A-Z][a-z]{2})/(\d\d)/(\d{4}) (\d\d:\d\d:\d\d) (\S+)")
#: Hours east of UTC; only abbreviations that mean one thing everywhere (CST, for one, is used in America and in China).
_ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "EST": -5, "EDT": -4, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


def parse_server_time(text: str) -> int | None:
    """Return the instant that a report means, ns since 1970 UTC.

    Parameters
    ----------
    text : str
        As `TimeUtils.convertToHumanReadableString` prints it, in the zone of the server, to the second.

    Returns
    -------
    int or None
        None for `Never` and for zones whose abbreviation is ambiguous.

    Examples
    --------
    >>> parse_server_time("Nov/22/2026 22:21:05 CET") == parse_server_time("Nov/22/2026 21:21:05 UTC")
    True
    >>> parse_server_time("Never") is None
    True
    """
    match = _SERVER_TIME.fullmatch(text)
    if match is None or match[1] not in _MONTHS or match[5] not in _ZONES:
        return None
    hours = _ZONES[match[5]]
    offset = f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
    try:
        return parse_time(f"{match[3]}-{_MONTHS.index(match[1]) + 1:02d}-{match[2]}T{match[4]}{offset}", now=0)
    except InputError:
        return None


def server_time_in(reply: Mapping[str, Any], name: str) -> int | None:
    """Return an instant given as text in the server's zone, ns; None where it is absent, `Never` or ambiguous."""
    return parse_server_time(text_in(reply, name))


def moment_in(reply: Mapping[str, Any], name: str) -> int | None:
    """Return an instant given in seconds since 1970, ns; None where it is absent or 0."""
    seconds = whole_in(reply, name)
    return seconds * NS_PER_SECOND if seconds else None
