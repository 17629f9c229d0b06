"""Lengths of time that are given in seconds."""

from __future__ import annotations

import numbers
from typing import Final

from archredundancy.errors import InputError

__all__ = ["length_ns"]

#: Longer than any archive, ns; fits into int64 beside any time.
_LONGEST: Final = 1 << 62


def length_ns(name: str, seconds: float) -> int:
    """Return a length of time that somebody gave in seconds, as ns; what is longer than 146 years becomes that.

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    seconds : float

    Raises
    ------
    InputError
        If it is no number, or negative.

    Examples
    --------
    >>> length_ns("within", 0.5), length_ns("within", float("inf")) > 10**18
    (500000000, True)
    """
    if not isinstance(seconds, numbers.Real) or not seconds >= 0:
        raise InputError(f"{name}={seconds!r} is not a length of time; give seconds, 0 or more")
    return round(min(float(seconds) * 1e9, _LONGEST))
