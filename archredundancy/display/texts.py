"""Lengths of time, shares, counts and long names, as short texts."""

from __future__ import annotations

import math

__all__ = ["duration_text", "percent_text", "plural", "shortened"]

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
#: Parts of a second in digits, and what they are called.
_SMALL_UNITS = ((1e-6, 1e9, "ns"), (1e-3, 1e6, "\N{MICRO SIGN}s"))


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


def shortened(words: str, longest: int, *, middle: bool = False) -> str:
    """Return words without their end, or, where many differ there, without their `middle`, if they are too long.

    Examples
    --------
    >>> shortened("SR:C01-MG{PS:QH1A}I:Sp1-SP", 11, middle=True)
    'SR:C0…p1-SP'
    """
    if len(words) <= longest:
        return words
    tail = (longest - 1) // 2 if middle else 0
    return f"{words[: longest - 1 - tail]}\u2026{words[len(words) - tail :]}"
