"""Lengths of time, shares and counts in words."""

from __future__ import annotations

import math
import numbers

from archredundancy.errors import InputError

__all__ = ["duration_text", "length_ns", "percent_text", "plural"]

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
#: Parts of a second in digits, and what they are called.
_SMALL_UNITS = ((1e-6, 1e9, "ns"), (1e-3, 1e6, "\N{MICRO SIGN}s"))
#: Longer than any archive, ns; fits into int64 beside any time.
_LONGEST = 1 << 62


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


def duration_text(seconds: float) -> str:
    """Return a length of time in its two largest units.

    Examples
    --------
    >>> duration_text(3725), duration_text(0.25), duration_text(172800), duration_text(5e-9)
    ('1 h 2 min', '0.25 s', '2 d', '5 ns')
    """
    if not math.isfinite(seconds):
        return "-"
    for below, each, unit in _SMALL_UNITS:
        if 0 < seconds < below:
            return f"{seconds * each:.3g} {unit}"
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = int(seconds)
    parts = []
    for length, unit in _UNITS:
        count, whole = divmod(whole, length)
        parts.append((count, unit))
    first = next(number for number, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count:,} {unit}" for count, unit in parts[first : first + 2] if count)


def percent_text(part: int, whole: int) -> str:
    """Return a part in percent, rounded down: 100 % and 0 % are said only where that is exactly so.

    Parameters
    ----------
    part, whole : int
        Compared as integers: one nanosecond missing in ten years is not forgotten.

    Examples
    --------
    >>> percent_text(1, 1), percent_text(0, 1), percent_text(1, 3), percent_text(0, 0)
    ('100 %', '0 %', '33.33 %', '-')
    >>> percent_text(99_999, 100_000), percent_text(10**18 - 1, 10**18), percent_text(1, 10**18)
    ('>99.99 %', '>99.99 %', '<0.01 %')
    """
    if not whole:
        return "-"
    if part in (0, whole):
        return "100 %" if part else "0 %"
    if 10_000 * part > 9999 * whole:
        return ">99.99 %"
    hundredths = 10_000 * part // whole
    return f"{hundredths // 100}.{hundredths % 100:02d} %" if hundredths else "<0.01 %"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "gap"), plural(2000, "gap")
    ('1 gap', '2,000 gaps')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
