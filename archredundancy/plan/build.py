"""`build_plan`: from evidence to a plan; its halves are `terms_of` and `plan_pv`, for PVs asked one by one."""

from __future__ import annotations

from collections.abc import Sequence

from archredundancy.errors import InputError
from archredundancy.model import MergeEvidence, format_time, length_ns
from archredundancy.plan.hazards.limits import Limits
from archredundancy.plan.merge_plan.assemble import assemble
from archredundancy.plan.merge_plan.merge_plan import MergePlan
from archredundancy.plan.one_pv import plan_pv
from archredundancy.plan.terms import Root, Strategy, Terms
from archredundancy.segments import Segments

__all__ = ["QUIET_MARGIN", "build_plan", "terms_of"]

#: Seconds before `now` from which on samples may still change on their way through the engines' buffers.
QUIET_MARGIN = 60.0


def build_plan(
    evidence: Sequence[MergeEvidence],
    *,
    strategy: Strategy | str | None = None,
    root: Root | str | None = None,
    start: int | None = None,
    end: int | None = None,
    excluded: Segments | None = None,
    accept_loss: int | None = None,
    quiet_margin: float = QUIET_MARGIN,
    horizon: int | None = None,
    limits: Limits | None = None,
    source: str = "",
) -> MergePlan:
    """Return what a merge would do, and why not to do it.

    Parameters
    ----------
    evidence : sequence of MergeEvidence
        One for each PV, in the order of the plan.
    strategy : Strategy or its name, optional
        By default `relay`.
    root : Root or its name, optional
        Where a rebuilt PV's files lie afterwards, by default in a new folder; only with `rebuild`.
    start, end : int, ns since 1970 UTC, optional
        What to merge; refused with `direct`, which knows no limits.
    excluded : Segments, optional
        What not to merge; refused with `direct`.
    accept_loss : int, optional
        Number of the primary's samples that may be destroyed. Only the exact number of the plan's lets it pass.
    quiet_margin : float, seconds
        Nothing is promised of samples younger than this.
    horizon : int, ns since 1970 UTC, optional
        Up to when samples are promised, in place of the earliest `now` less the margin: that of a plan made before.
    limits : Limits, optional
        What the plan may come to; None for no limits.
    source : str
        Where the saved copy lies that the secondary's samples are from; empty for the secondary itself.

    Returns
    -------
    MergePlan

    Raises
    ------
    InputError
        If there is no evidence or two of one PV, the window ends before it starts, the horizon lies after `now`, or an
        argument is not of its kind.

    Notes
    -----
    Pure: `now` comes with the evidence. Cost: for each PV a union of both sides, a hash a sample, and some passes.
    """
    if not evidence:
        raise InputError("a plan needs evidence of at least one PV; got none")
    now = min(each.evidence.now for each in evidence)
    terms = terms_of(
        strategy,
        now,
        root=root,
        start=start,
        end=end,
        excluded=excluded,
        quiet_margin=quiet_margin,
        horizon=horizon,
    )
    plans = [plan_pv(each, terms) for each in evidence]
    return assemble(plans, terms, accept_loss=accept_loss, limits=limits, source=source)


def terms_of(
    strategy: Strategy | str | None,
    now: int,
    *,
    root: Root | str | None = None,
    start: int | None = None,
    end: int | None = None,
    excluded: Segments | None = None,
    quiet_margin: float = QUIET_MARGIN,
    horizon: int | None = None,
) -> Terms:
    """Return what is wanted, as `plan_pv` takes it.

    Parameters
    ----------
    strategy : Strategy or its name, optional
        By default `relay`.
    now : int, ns since 1970 UTC
        When the first PV is asked.
    root, start, end, excluded, quiet_margin, horizon
        As for `build_plan`.

    Raises
    ------
    InputError
        If the window ends before it starts, the horizon lies after `now`, the margin is negative, or the strategy or
        root is unknown.
    """
    if start is not None and end is not None and end < start:
        raise InputError(f"the window ends at {format_time(end)}, before its start {format_time(start)}")
    chosen = _named(strategy)
    return Terms(
        strategy=chosen,
        root=_root(root, chosen),
        horizon=_horizon(horizon, now, quiet_margin),
        start=start,
        end=end,
        excluded=Segments.empty() if excluded is None else excluded,
    )


def _named(strategy: Strategy | str | None) -> Strategy:
    try:
        return Strategy.RELAY if strategy is None else Strategy(strategy)
    except ValueError:
        raise InputError(f"unknown strategy {strategy!r}; allowed: {', '.join(Strategy)}") from None


def _root(root: Root | str | None, strategy: Strategy) -> Root | None:
    if strategy is Strategy.REBUILD:
        try:
            return Root(root or Root.NEW)
        except ValueError:
            raise InputError(f"unknown root {root!r}; allowed: {', '.join(Root)}") from None
    if root is not None:
        raise InputError(
            f"root={str(root)!r} is for strategy 'rebuild'; with {strategy.value!r} files stay where they are"
        )
    return None


def _horizon(horizon: int | None, now: int, quiet_margin: float) -> int:
    found = now - length_ns("quiet_margin", quiet_margin) if horizon is None else horizon
    if found > now:
        raise InputError(
            f"the horizon {format_time(found)} lies after {format_time(now)}, when the clusters were asked"
        )
    return found
