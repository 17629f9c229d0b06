"""A plan as plain text: verdict, hazards, totals, and the partitions that matter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from archredundancy.coverage.lengths import plural
from archredundancy.model import format_time
from archredundancy.plan.hazard import Hazard, Status
from archredundancy.plan.partition_plan import PartitionPlan, Totals

if TYPE_CHECKING:
    from archredundancy.plan.merge_plan import MergePlan
    from archredundancy.plan.pv_plan import PVPlan

__all__ = [
    "HEADS",
    "LISTED",
    "headline",
    "lost_lines",
    "notable_partitions",
    "partition_cells",
    "plan_text",
    "pv_title",
    "pvs_concerned",
    "scope",
    "total_rows",
]

#: Of more PVs, or partitions of a PV, than this only the first are listed.
LISTED = 12
#: Column heads of `partition_cells`.
HEADS = ("partition", "gain", "won't arrive", "would lose", "ties", "differing", "rewritten", "kept until")


def plan_text(plan: MergePlan) -> str:
    """Return the whole plan in lines of text."""
    hazards = [f"{hazard}{pvs_concerned(plan, hazard)}" for hazard in plan.hazards]
    lines = [headline(plan), scope(plan), "", *(hazards or ["No hazard was found."]), ""]
    lines += [f"{name:<15}{text}" for name, text in total_rows(plan.totals)]
    for pv in plan.pvs[:LISTED]:
        lines += ["", pv_title(pv), *_partition_lines(pv)]
    if len(plan.pvs) > LISTED:
        lines += ["", f"and {plural(len(plan.pvs) - LISTED, 'more PV')}: plan.pvs"]
    return "\n".join(lines)


def headline(plan: MergePlan) -> str:
    """Return the plan's id and whether it may be committed."""
    refusals = sum(hazard.refuses for hazard in plan.hazards)
    why = f", for {plural(refusals, 'reason')}" if plan.status is Status.REFUSED else ""
    return f"MergePlan {plan.id}: {plan.status}{why}"


def scope(plan: MergePlan) -> str:
    """Return strategy, window and horizon in a sentence."""
    terms = plan.terms
    start = "the beginning" if terms.start is None else format_time(terms.start)
    end = terms.horizon if terms.end is None else min(terms.end, terms.horizon)
    excluded = f", without {plural(len(terms.excluded), 'span')} excluded" if len(terms.excluded) else ""
    accepted = "" if plan.accept_loss is None else f"; a loss of {plural(plan.accept_loss, 'sample')} is accepted"
    span = f"from {start} to {format_time(end)}"
    return f"{plural(len(plan.pvs), 'PV')}, strategy {terms.strategy}, {span}{excluded}{accepted}"


def pvs_concerned(plan: MergePlan, hazard: Hazard) -> str:
    """Return which PVs a hazard is about, or nothing if the plan has only one."""
    names = [pv.pv for pv in plan.pvs if hazard in pv.hazards]
    if len(plan.pvs) == 1:
        return ""
    return f" ({names[0]})" if len(names) == 1 else f" ({plural(len(names), 'PV')})"


def total_rows(totals: Totals) -> list[tuple[str, str]]:
    """Return what the merge would gain, would not reach, and would destroy, as rows of (name, text)."""
    gain = f"{plural(totals.gain, 'sample')} in {plural(totals.rewritten, 'rewritten partition')}"
    if totals.expires_at is not None:
        gain += f"; the secondary is sure to keep the first until {format_time(totals.expires_at)}"
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in totals.not_fillable.items())
    missed = plural(sum(totals.not_fillable.values()), "sample")
    dropped = ", ".join(f"{name} of {count:,}" for name, count in totals.attributes_dropped.items())
    return [
        ("would gain", gain),
        ("won't reach", f"{missed}: {reasons}" if reasons else missed),
        ("would destroy", f"{plural(totals.would_be_lost, 'sample')} of the primary"),
        ("would drop", dropped or "no attribute"),
        ("both have", f"{totals.ties_equal:,} equal, {totals.ties_different:,} different, of which the primary's stay"),
    ]


def notable_partitions(pv: PVPlan) -> tuple[list[PartitionPlan], int]:
    """Return the first partitions in which anything happens or fails to, and how many more there are."""
    notable = [plan for plan in pv.partitions if plan.rewritten or plan.gain or plan.not_fillable or plan.would_be_lost]
    return notable[:LISTED], max(0, len(notable) - LISTED)


def partition_cells(plan: PartitionPlan) -> tuple[str, ...]:
    """Return a partition as cells under `HEADS`."""
    return (
        plan.partition.name,
        f"{plan.gain:,}",
        f"{sum(plan.not_fillable.values()):,}",
        f"{plan.would_be_lost:,}",
        f"{plan.ties_equal:,}",
        f"{plan.ties_different:,}",
        "yes" if plan.rewritten else "no" if plan.exists else "no file",
        "" if plan.expires_at is None else format_time(plan.expires_at),
    )


def pv_title(pv: PVPlan) -> str:
    """Return a PV with its status and where it is stored."""
    if not pv.storage:
        return f"{pv.pv}: {pv.status}"
    granularity = "partitions not known" if pv.granularity is None else pv.granularity.value
    return f"{pv.pv}: {pv.status}, {pv.dbr_type.name}, into {pv.storage} ({granularity})"


def lost_lines(partitions: Iterable[PartitionPlan]) -> list[str]:
    """Return for each partition that would lose samples of which times they are."""
    lines = []
    for plan in partitions:
        if plan.would_be_lost:
            more = plan.would_be_lost - len(plan.lost_times)
            times = ", ".join(format_time(moment) for moment in plan.lost_times)
            lines.append(f"would lose in {plan.partition.name}: {times}" + (f" and {more:,} more" if more else ""))
    return lines


def _partition_lines(pv: PVPlan) -> list[str]:
    shown, more = notable_partitions(pv)
    if not shown:
        return []
    rows = [HEADS, *(partition_cells(plan) for plan in shown)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    lines += [f"and {plural(more, 'more partition')}: plan.partitions"] if more else []
    return [f"  {line}".rstrip() for line in (*lines, *lost_lines(shown))]
