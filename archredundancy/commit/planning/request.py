"""`PlanRequest`: what somebody wants to have planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archredundancy.errors import InputError
from archredundancy.model import parse_time
from archredundancy.plan import QUIET_MARGIN, Limits, Root, Strategy, Terms, terms_of
from archredundancy.segments import Segments
from archredundancy.survey import Names, is_pattern

__all__ = ["PlanRequest", "parse_exclusions"]


@dataclass(frozen=True, kw_only=True)
class PlanRequest:
    """What somebody wants to have planned, in their own words; `ClusterPair.plan_merge` tells of each.

    Attributes
    ----------
    pvs : Names
    strategy : Strategy or its name, optional
    start, end : time, optional
        As `archredundancy.model.parse_time` takes them.
    exclude : iterable of (start, end)
    root : Root or its name, optional
    quiet_margin : float, seconds
    storage : str, optional
    source : str or Path, optional
        Where a saved copy lies.
    accept_loss : int, optional
    limits : Limits or mapping of str to float, optional
    uncertified : bool
    parallel : int
    progress : bool
    """

    pvs: Names
    strategy: Strategy | str | None = None
    start: object = None
    end: object = None
    exclude: Iterable[tuple[object, object]] = ()
    root: Root | str | None = None
    quiet_margin: float = QUIET_MARGIN
    storage: str | None = None
    source: str | Path | None = None
    accept_loss: int | None = None
    limits: Limits | Mapping[str, float] | None = None
    uncertified: bool = False
    parallel: int = 1
    progress: bool = True

    @property
    def is_of_one(self) -> bool:
        """Whether one PV is asked for by its name."""
        return isinstance(self.pvs, str) and not is_pattern(self.pvs)

    def terms(self, now: int, timezone: str) -> Terms:
        """Return the terms of the plan.

        Parameters
        ----------
        now : int, ns since 1970 UTC
        timezone : str
            IANA name of the zone of times written without one.

        Raises
        ------
        InputError
            If a time, span, strategy or root cannot be understood, or a saved copy is to be merged with `direct`.
        """
        start, end = (
            None if when is None else parse_time(when, now=now, timezone=timezone) for when in (self.start, self.end)
        )
        terms = terms_of(
            self.strategy,
            now,
            root=self.root,
            start=start,
            end=end,
            excluded=parse_exclusions(self.exclude, now=now, timezone=timezone),
            quiet_margin=self.quiet_margin,
        )
        if self.source is not None and not terms.strategy.is_served:
            raise InputError("'direct' asks the secondary itself, so it cannot merge a saved copy; plan with 'relay'")
        return terms


def parse_exclusions(spans: Iterable[tuple[object, object]], *, now: int, timezone: str) -> Segments:
    """Return spans of time that shall not be merged.

    Parameters
    ----------
    spans : iterable of (start, end)
        Times as `archredundancy.model.parse_time` takes them; half-open.
    now : int, ns since 1970 UTC
    timezone : str

    Raises
    ------
    InputError
        If one is no pair, cannot be understood, or does not end after its start.

    Examples
    --------
    >>> len(parse_exclusions([("2026-05-01", "2026-05-02")], now=0, timezone="UTC"))
    1
    """
    return Segments.of(*(_exclusion(span, now, timezone) for span in spans))


def _exclusion(span: object, now: int, timezone: str) -> tuple[int, int]:
    edges = () if isinstance(span, str) or not isinstance(span, Iterable) else tuple(span)
    if len(edges) != 2:
        raise InputError(f"{span!r} is no span to exclude; give pairs of start and end")
    start, end = (parse_time(when, now=now, timezone=timezone) for when in edges)
    if end <= start:
        raise InputError(f"the span to exclude from {edges[0]} to {edges[1]} does not end after its start")
    return start, end
