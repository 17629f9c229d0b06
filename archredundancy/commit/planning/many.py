"""Planning the merge of many PVs: asked one by one, and forgotten but for their plans."""

from __future__ import annotations

from collections.abc import Callable

from archredundancy.client import allow
from archredundancy.errors import ArchRedundancyError, TooLargeError
from archredundancy.model import MergeEvidence
from archredundancy.plan import Limits, PVPlan, Terms, plan_pv, unplanned
from archredundancy.survey import attempt_each, refuse_unknown

__all__ = ["plan_each"]


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
