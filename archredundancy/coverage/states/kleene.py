"""`Claim`: a statement about a range of time, true, false or unknown at each instant, and Kleene's logic of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.states.share import Share
from archredundancy.coverage.states.states import Presence
from archredundancy.errors import InputError
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

__all__ = ["Claim", "ThreeValued"]


class ThreeValued(Protocol):
    """What a claim can be combined with: a `Claim` or a `Coverage`."""

    @property
    def asked(self) -> TimeRange:
        """Outside of it all is unknown."""

    @property
    def active(self) -> Segments:
        """Where it is true."""

    @property
    def absent(self) -> Segments:
        """Where it is false."""

    def __invert__(self) -> Claim: ...


@dataclass(frozen=True, kw_only=True, repr=False)
class Claim:
    """Where a statement is true, where it is false, and, in the rest of time, where nobody can tell.

    `primary & secondary` claims that both archivers have what happened, `primary | secondary` that at least one has,
    `secondary - primary` that only the secondary has, `primary ^ secondary` that just one has, `~primary` that the
    primary lacks it. An unknown decides nothing: missing or unknown is unknown, missing and unknown is missing.

    Attributes
    ----------
    asked : TimeRange
        Outside of it all is unknown. An operator's result spans the ranges of both sides.
    active, absent : Segments
        Where the claim is true, and where it is false; disjoint, and inside the range.

    Notes
    -----
    Cost: that of a few operations of `Segments`.

    Examples
    --------
    All cases: nine instants at which `mine` and `theirs` are true, false and unknown.

    >>> mine = Claim.of((0, 9), known=Segments.of((0, 6)), active=Segments.of((0, 3)))
    >>> theirs = Claim.of((0, 9), known=Segments.of((0, 2), (3, 5), (6, 8)), active=Segments.of((0, 1), (3, 4), (6, 7)))
    >>> def truths(claim):
    ...     return " ".join("FUT"[presence] for presence in claim.at(range(9)))
    >>> truths(mine), truths(theirs)
    ('T T T F F F U U U', 'T F U T F U T F U')
    >>> truths(mine & theirs)
    'T F U F F F U F U'
    >>> truths(mine | theirs)
    'T T T T F U T U U'
    >>> truths(mine - theirs)
    'F T U F F F F U U'
    >>> truths(mine ^ theirs)
    'F T U T F U U U U'
    >>> truths(~mine)
    'F F F T T T U U U'
    """

    asked: TimeRange
    active: Segments
    absent: Segments

    @classmethod
    def of(cls, asked: TimeRange | tuple[int, int], *, known: Segments, active: Segments) -> Claim:
        """Return the claim that is true where `active`, false where it is only `known`, and else unknown.

        Parameters
        ----------
        asked : TimeRange, or (start, end) in ns since 1970 UTC
        known : Segments
            Where somebody could tell. What lies outside of the range is cut off.
        active : Segments
            Only what lies inside `known` counts.

        Raises
        ------
        InputError
            If the range ends before it starts.
        """
        span = asked if isinstance(asked, TimeRange) else TimeRange(start=asked[0], end=asked[1])
        inside = known.clip(span.start, span.end)
        return cls(asked=span, active=inside & active, absent=inside - active)

    @property
    def known(self) -> Segments:
        """Where the claim is true or false."""
        return self.active | self.absent

    @property
    def unknown(self) -> Segments:
        """Where in the range nobody can tell."""
        return self.known.complement(self.asked.start, self.asked.end)

    @property
    def share(self) -> Share:
        """For how long the claim is true, with how much is known beside it."""
        active = self.active.total
        return Share(active=active, known=active + self.absent.total, asked=self.asked.duration)

    def at(self, times: npt.ArrayLike) -> npt.NDArray[np.int8]:
        """Return the truth at each instant: `Presence`, int8, in the shape of `times` (ns since 1970 UTC)."""
        truth = np.where(self.active.contains(times), Presence.PRESENT, Presence.UNKNOWN)
        return np.where(self.absent.contains(times), Presence.ABSENT, truth).astype(np.int8)

    def __and__(self, other: ThreeValued) -> Claim:
        """Both hold: false if either is false, true if both are true, else unknown."""
        return self._with(other, self.active & other.active, self.absent | other.absent)

    def __or__(self, other: ThreeValued) -> Claim:
        """At least one holds: true if either is true, false if both are false, else unknown."""
        return self._with(other, self.active | other.active, self.absent & other.absent)

    def __invert__(self) -> Claim:
        """The opposite: what is unknown stays unknown."""
        return Claim(asked=self.asked, active=self.absent, absent=self.active)

    def __sub__(self, other: ThreeValued) -> Claim:
        """The first holds and the second does not: `self & ~other`."""
        return self & ~other

    def __xor__(self, other: ThreeValued) -> Claim:
        """Just one holds: unknown if either is unknown."""
        return (self & ~other) | (~self & other)

    def restrict(self, start: int, end: int) -> Claim:
        """Return the claim over the part of its range inside `[start, end)`, ns since 1970 UTC.

        Raises
        ------
        InputError
            If nothing of the range lies inside.
        """
        span = common_range(self.asked, start, end)
        return Claim(asked=span, active=self.active.clip(start, end), absent=self.absent.clip(start, end))

    def contract(self, ns: int) -> Claim:
        """Return the claim that this one holds from `ns` before to `ns` after an instant.

        True where it is true all around, false near any instant where it is false; so the edges of the range, and of
        what is unknown, are unknown.

        Raises
        ------
        InputError
            If `ns` is negative.

        Examples
        --------
        >>> steady = Claim.of((0, 100), known=Segments.of((0, 100)), active=Segments.of((0, 50))).contract(10)
        >>> list(steady.active), list(steady.absent), list(steady.unknown)
        ([(10, 40)], [(40, 100)], [(0, 10)])
        """
        return Claim(asked=self.asked, active=self.active.contract(_length(ns)), absent=self._near(self.absent, ns))

    def protract(self, ns: int) -> Claim:
        """Return the claim that this one holds at some instant from `ns` before to `ns` after.

        True near any instant where it is true, false where it is false all around; see `contract`.

        Raises
        ------
        InputError
            If `ns` is negative.
        """
        return ~(~self).contract(ns)

    def blur(self, ns: int) -> Claim:
        """Return the claim as far as it does not depend on clocks that are right to `ns`: unknown around every edge.

        Raises
        ------
        InputError
            If `ns` is negative.

        Examples
        --------
        >>> vague = Claim.of((0, 100), known=Segments.of((0, 100)), active=Segments.of((0, 50))).blur(10)
        >>> list(vague.active), list(vague.absent), list(vague.unknown)
        ([(10, 40)], [(60, 90)], [(0, 10), (40, 60), (90, 100)])
        """
        length = _length(ns)
        return Claim(asked=self.asked, active=self.active.contract(length), absent=self.absent.contract(length))

    def __repr__(self) -> str:
        return f"<Claim over {self.asked}: true for {self.share}>"

    def _with(self, other: ThreeValued, active: Segments, absent: Segments) -> Claim:
        span = TimeRange(start=min(self.asked.start, other.asked.start), end=max(self.asked.end, other.asked.end))
        return Claim(asked=span, active=active, absent=absent)

    def _near(self, segments: Segments, ns: int) -> Segments:
        return segments.protract(ns).clip(self.asked.start, self.asked.end)


def common_range(asked: TimeRange, start: int, end: int) -> TimeRange:
    """Return the part of a range inside `[start, end)`, ns since 1970 UTC.

    Raises
    ------
    InputError
        If there is none.
    """
    if start > end or start >= asked.end or end <= asked.start:
        raise InputError(f"{TimeRange(start=start, end=end)} has nothing of {asked}; give a range that overlaps it")
    return TimeRange(start=max(start, asked.start), end=min(end, asked.end))


def _length(ns: int) -> int:
    if ns < 0:
        raise InputError(f"the length is {ns} ns; give 0 or more")
    return ns
