"""How much of a time is covered, never without how much of it is known."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Share", "percent_text"]

#: Digits behind the point of a percentage; what needs more is told as a bound.
DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Share:
    """For how long a claim was true, for how long anybody could tell, and how long was asked for.

    Attributes
    ----------
    active : int, ns
        Part of what is known.
    known : int, ns
        Part of what was asked for.
    asked : int, ns

    Examples
    --------
    >>> share = Share(active=3 * 10**9, known=4 * 10**9, asked=8 * 10**9)
    >>> print(share)
    75 % of 4 s known, of 8 s asked
    >>> share.fraction, share.least, share.most
    (0.75, 0.375, 0.875)
    """

    active: int
    known: int
    asked: int

    @property
    def fraction(self) -> float:
        """Active of known; NaN where nothing is known."""
        return _ratio(self.active, self.known)

    @property
    def least(self) -> float:
        """Active of asked, if nothing unknown was active."""
        return _ratio(self.active, self.asked)

    @property
    def most(self) -> float:
        """Active of asked, if all that is unknown was active."""
        return _ratio(self.active + self.asked - self.known, self.asked)

    def __str__(self) -> str:
        known = f"{percent_text(self.active, self.known)} of {self.known / 1e9:.9g} s known"
        return known if self.known == self.asked else f"{known}, of {self.asked / 1e9:.9g} s asked"


def percent_text(part: int, whole: int) -> str:
    """Return a percentage that says 100 % and 0 % only where that is exactly so.

    Parameters
    ----------
    part, whole : int
        Compared as integers: one nanosecond missing in ten years is not forgotten.

    Examples
    --------
    >>> percent_text(1, 1), percent_text(0, 1), percent_text(1, 3), percent_text(0, 0)
    ('100 %', '0 %', '33.33 %', '-')
    >>> percent_text(99_999, 100_000), percent_text(10**18 - 1, 10**18), percent_text(1, 10**18)
    ('99.999 %', '> 99.9999 %', '< 0.0001 %')
    """
    if not whole:
        return "-"
    percent = Fraction(100 * part, whole)
    for digits in range(2, DIGITS + 1):
        rounded = round(percent, digits)
        if rounded == percent or 0 < rounded < 100:
            return f"{float(rounded):.{digits}f}".rstrip("0").rstrip(".") + " %"
    smallest = 10**-DIGITS
    return f"> {100 - smallest} %" if percent > 50 else f"< {smallest:.{DIGITS}f} %"


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
