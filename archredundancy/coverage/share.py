"""How much of a time is covered, never without how much of it is known."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Share", "percent_text"]


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
    75.00 % of 4 s known, of 8 s asked
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


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
