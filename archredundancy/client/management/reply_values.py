"""Values in management replies: text nearly everywhere, numbers here and there, `N/A` or nothing at times."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["flag_in", "line_of", "needed_in", "number_in", "perhaps_in", "text_in", "whole_in"]


def needed_in(reply: Mapping[str, Any], name: str) -> str:
    """Return a text without which a reply means nothing.

    Raises
    ------
    KeyError
        If it is absent.
    """
    return str(reply[name])


def perhaps_in(reply: Mapping[str, Any], name: str) -> str | None:
    """Return a text; None where it is absent or null."""
    value = reply.get(name)
    return None if value is None else str(value)


def line_of(reply: Mapping[str, Any], _name: str) -> Mapping[str, Any]:
    """Return the whole line as it came."""
    return reply


def text_in(reply: Mapping[str, Any], name: str) -> str:
    """Return a text; empty where it is absent or null."""
    value = reply.get(name)
    return "" if value is None else str(value)


def number_in(reply: Mapping[str, Any], name: str) -> float | None:
    """Return a number, also one written as text; None where it is absent, `N/A`, or not finite.

    Examples
    --------
    >>> reply = {"rate": "2.5", "capacity": "N/A", "count": 3}
    >>> number_in(reply, "rate"), number_in(reply, "capacity"), number_in(reply, "count"), number_in(reply, "size")
    (2.5, None, 3.0, None)
    """
    try:
        # `1,234.5` is how Java formats some of them for people.
        number = float(str(reply.get(name)).replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def whole_in(reply: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number; None where it is absent or none."""
    number = number_in(reply, name)
    return None if number is None or number != int(number) else int(number)


def flag_in(reply: Mapping[str, Any], name: str) -> bool | None:
    """Return a yes or no, written as `true`, `Yes` and the like; None where it is absent."""
    value = reply.get(name)
    return None if value is None else str(value).lower() in {"true", "yes"}
