"""`Terms`: what a merge is meant to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from archredundancy.segments import Segments

__all__ = ["Root", "Strategy", "Terms", "way_of"]


class Strategy(StrEnum):
    """How samples get from the secondary into the primary's files."""

    #: `mergeInData` with the secondary as `other`: all of history, each partition in which the secondary has samples.
    DIRECT = "direct"
    #: `mergeInData` with a server of ours as `other`, which has the promised samples and no others.
    RELAY = "relay"
    #: All of the PV's history, the promised samples among it, is imported from a server of ours into an empty folder.
    REBUILD = "rebuild"

    @property
    def is_served(self) -> bool:
        """Whether the primary reads from a server of ours: what is promised and no more, within any limits."""
        return self is not Strategy.DIRECT

    @property
    def is_in_place(self) -> bool:
        """Whether `mergeInData` rewrites the files that are there, with all that it leaves out, drops and destroys."""
        return self is not Strategy.REBUILD


class Root(StrEnum):
    """Where the files of a rebuilt PV lie afterwards."""

    #: In a new folder; the old one is never touched.
    NEW = "new"
    #: Where they have been; the old ones are first moved to another folder.
    SAME = "same"


def way_of(strategy: Strategy, root: Root | None = None) -> str:
    """Return a strategy as a certificate names it, since each root of a rebuild is a way of its own.

    Examples
    --------
    >>> way_of(Strategy.RELAY), way_of(Strategy.REBUILD, Root.SAME)
    ('relay', 'rebuild same')
    """
    return f"{strategy} {root or Root.NEW}" if strategy is Strategy.REBUILD else str(strategy)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is wanted of a merge, for all PVs of a plan.

    Attributes
    ----------
    strategy : Strategy
    horizon : int, ns since 1970 UTC
        Samples from here on may still change, so nothing is promised of them.
    start, end : int or None, ns since 1970 UTC
        What is to be merged; None for no limit.
    excluded : Segments
        What is not to be merged.
    root : Root or None
        Where a rebuilt PV's files lie afterwards; None with other strategies.
    """

    strategy: Strategy
    horizon: int
    start: int | None = None
    end: int | None = None
    excluded: Segments = field(default_factory=Segments.empty)
    root: Root | None = None

    @property
    def way(self) -> str:
        """What is tried out by itself before it is trusted; see `way_of`."""
        return way_of(self.strategy, self.root)

    @property
    def is_limited(self) -> bool:
        """Whether not all of history is wanted."""
        return self.start is not None or self.end is not None or len(self.excluded) > 0

    def wanted(self, start: int, end: int) -> Segments:
        """Return what of `[start, end)` may be merged, horizon aside; `mergeInData` by itself knows no limits."""
        span = Segments.of((start, max(start, end)))
        if not self.strategy.is_served:
            return span
        first = start if self.start is None else self.start
        last = end if self.end is None else self.end
        return span.clip(first, max(first, last)) - self.excluded
