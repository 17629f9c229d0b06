"""Planning the merge of many PVs: asked one by one, and forgotten but for their plans."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archredundancy.client import allow
from archredundancy.errors import ArchRedundancyError, InputError, TooLargeError
from archredundancy.model import MergeEvidence, parse_time
from archredundancy.pair.cluster import refuse_unknown
from archredundancy.pair.many import attempt_each
from archredundancy.plan import Limits, PVPlan, Terms, plan_pv, unplanned
from archredundancy.segments import Segments

__all__ = ["parse_exclusions", "plan_each"]


def plan_each(
    ask: Callable[[str], MergeEvidence],
    pvs: list[str],
    terms: Terms,
    limits: Limits,
    *,
    failing: bool,
    parallel: int,
    progress: bool,
) -> list[PVPlan]:
    """Return a plan of each PV, in the order of `pvs`; one that cannot be planned is refused, with the reason.

    Parameters
    ----------
    ask : callable
        Gives all that planning needs to know of a PV.
    pvs : list of str
    terms : Terms
    limits : Limits
        Of what is read for one PV.
    failing : bool
        Whether to raise what keeps a PV from being planned, instead.
    parallel : int
        PVs at a time; so many histories are in memory together.
    progress : bool
        Whether to show a bar.

    Raises
    ------
    ArchRedundancyError
        If `failing`, and a PV cannot be planned for other reasons than its size.
    """

    def attempt(pv: str) -> PVPlan:
        with allow(limits.read_bytes):
            evidence = ask(pv)
        refuse_unknown(evidence.evidence.primary, evidence.evidence.secondary)
        return plan_pv(evidence, terms)

    def failed(pv: str, error: ArchRedundancyError) -> PVPlan:
        if failing and not isinstance(error, TooLargeError):
            raise error
        return unplanned(pv, terms, error, limits)

    return list(attempt_each(attempt, failed, pvs, parallel=parallel, progress=progress).values())


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
