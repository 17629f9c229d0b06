"""Bins of time: multiples of a length since 1970."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from archredundancy.appliance.processors.processor import AnswerLost, Window
from archredundancy.model import NS_PER_SECOND

__all__ = ["DEFAULT_SECONDS", "Bins", "quotient"]

#: Length of a bin unless an argument says otherwise (`PostProcessors.DEFAULT_SUMMARIZING_INTERVAL`).
DEFAULT_SECONDS = 900

_ENDLESS = (1 << 63) - 1
# Seven weeks of seconds. What Java has room for depends on its heap.
_MOST = 1 << 22


def quotient(dividend: int, divisor: int) -> int:
    """Divide as Java does: towards zero.

    Raises
    ------
    AnswerLost
        If the divisor is zero.

    Examples
    --------
    >>> quotient(7, 2), quotient(7, -2)
    (3, -3)
    """
    if not divisor:
        raise AnswerLost("/ by zero")
    whole = abs(dividend) // abs(divisor)
    return whole if (dividend < 0) == (divisor < 0) else -whole


@dataclass(frozen=True, kw_only=True)
class Bins:
    """Bins of one length, and which of them are asked for.

    Attributes
    ----------
    seconds : int
        Length of a bin; negative ones are allowed, and give nothing.
    first, last : int
        Numbers of the bins asked for; 0 and endless for ETL.
    """

    seconds: int
    first: int = 0
    last: int = _ENDLESS

    @classmethod
    def of(cls, seconds: int, window: Window) -> Bins:
        """Return the bins that a window reaches into.

        Raises
        ------
        AnswerLost
            If a window is to be cut into bins of no length.
        """
        if window is None:
            return cls(seconds=seconds)
        first, last = (quotient(edge // NS_PER_SECOND, seconds) for edge in window)
        return cls(seconds=seconds, first=first, last=last)

    @property
    def are_endless(self) -> bool:
        """Whether no bin is the last one."""
        return self.last == _ENDLESS

    def number(self, time: int) -> int:
        """Return the number of the bin that an instant lies in; raises as `of` does."""
        return quotient(time // NS_PER_SECOND, self.seconds)

    def __contains__(self, number: int) -> bool:
        """Whether a bin is asked for."""
        return self.first <= number <= self.last

    def middle(self, number: int) -> int:
        """Return the middle of a bin, whole seconds since 1970."""
        return number * self.seconds + quotient(self.seconds, 2)

    def stamp(self, number: int) -> int:
        """Return what a statistic of a bin is stamped with, ns since 1970 UTC: half seconds where the length is odd."""
        return self.middle(number) * NS_PER_SECOND + self.seconds % 2 * NS_PER_SECOND // 2

    def shown(self, filled: Collection[int]) -> range:
        """Return the bins of a result: those asked for and the one before; of ETL's, those between filled ones.

        Raises
        ------
        AnswerLost
            If they are too many: the appliance would run out of memory.
        """
        first = self.first - 1 if self.first else min(filled)
        last = max(filled) if self.are_endless else self.last
        if last - first >= _MOST:
            raise AnswerLost(f"{last - first + 1} bins do not fit into the memory")
        return range(first, last + 1)

    def extension(self, identity: str) -> str:
        """Return the extension of the files in which ETL keeps what a post-processor makes of these bins."""
        return f".{identity}" if self.seconds == DEFAULT_SECONDS else f".{identity}_{self.seconds}"
