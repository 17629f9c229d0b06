"""How much of a time is covered, never without how much of it is known."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.display.texts import duration_text, percent_text
from archredundancy.model import NS_PER_SECOND

__all__ = ["Share"]


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
    75.00 % of 4 s known, which is 50.00 % of 8 s asked
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

    @property
    def percent(self) -> str:
        """Active of known in words: 100 % only if not a nanosecond is missing."""
        return percent_text(self.active, self.known)

    def __str__(self) -> str:
        text = f"{self.percent} of {duration_text(self.known / NS_PER_SECOND)} known"
        if self.known == self.asked:
            return text
        asked = duration_text(self.asked / NS_PER_SECOND)
        return f"{text}, which is {percent_text(self.known, self.asked)} of {asked} asked"


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
