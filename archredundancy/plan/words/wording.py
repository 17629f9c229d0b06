"""What is said of a plan, in text and HTML alike: verdict, hazards, sums, and what to do next."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archredundancy.display.texts import duration_text, percent_text, plural
from archredundancy.model import format_time
from archredundancy.plan.forecast.estimate import size_text
from archredundancy.plan.forecast.partition_plan import PartitionPlan
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, Status
from archredundancy.plan.pictures.cells import counts_of

if TYPE_CHECKING:
    from archredundancy.plan.merge_plan.merge_plan import MergePlan
    from archredundancy.plan.pv_plan import PVPlan

__all__ = [
    "Told",
    "advice",
    "clusters_line",
    "headline",
    "lost_lines",
    "pause_lines",
    "pv_title",
    "rest",
    "scope",
    "told_hazards",
    "total_rows",
]

#: Of more hazards of one kind than this only the first are told in full.
_TOLD: Final = 3

#: The page with a section for each kind of hazard.
_PAGE: Final = "docs/reference/hazards.md"
#: Where nothing is left out, on the command line and in Python.
_WHOLE: Final = "`archredundancy show FILE` and `plan.to_text()` tell all"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A hazard as it is told, or several of one kind that are too many to be told one by one.

    Attributes
    ----------
    refuses : bool
    kind : HazardKind
    text : str
        Message, remedy, and the PVs concerned.
    """

    refuses: bool
    kind: HazardKind
    text: str

    @property
    def word(self) -> str:
        """Whether it refuses, as a word."""
        return "REFUSED" if self.refuses else "warning"

    def __str__(self) -> str:
        return f"{self.word} {self.kind}: {self.text}"


def headline(plan: MergePlan) -> str:
    """Return the plan's id and whether it may be committed."""
    refused = [pv for pv in plan.pvs if pv.status is Status.REFUSED]
    if not refused:
        return f"MergePlan {plan.id}: {plan.status}"
    kinds = {hazard.kind for pv in refused for hazard in pv.hazards if hazard.refuses}
    who = f" for {len(refused):,} of {len(plan.pvs):,} PVs" if len(plan.pvs) > 1 else ""
    return f"MergePlan {plan.id}: {plan.status}{who}: {', '.join(sorted(kinds))}"


def scope(plan: MergePlan) -> str:
    """Return strategy, window, horizon and where the samples come from in a sentence."""
    terms = plan.terms
    start = "the beginning" if terms.start is None else format_time(terms.start)
    end = terms.horizon if terms.end is None else min(terms.end, terms.horizon)
    excluded = f", without {plural(len(terms.excluded), 'span')} excluded" if len(terms.excluded) else ""
    accepted = "" if plan.accept_loss is None else f"; a loss of {plural(plan.accept_loss, 'sample')} is accepted"
    source = f"; from the saved copy {plan.source}" if plan.source else ""
    root = "" if terms.root is None else f" into the {terms.root} folder"
    span = f"from {start} to {format_time(end)}"
    if terms.start is not None and terms.start >= end:
        span = f"of no time: from {start}, and nothing is promised from {format_time(end)} on"
    if not terms.strategy.is_served:
        span += ", and what the secondary has of later times by then"
    return f"{plural(len(plan.pvs), 'PV')}, strategy {terms.strategy}{root}, {span}{excluded}{accepted}{source}"


def clusters_line(plan: MergePlan) -> str:
    """Return of which clusters the plan is, or nothing where that is not known."""
    clusters = {"primary": plan.primary, "secondary": plan.secondary}
    return ", ".join(f"{name} {cluster.url}" for name, cluster in clusters.items() if cluster is not None)


def rest(count: int, noun: str) -> str:
    """Return how many more there are than are listed, and where all are."""
    return f"and {plural(count, f'more {noun}')}; {_WHOLE}"


def told_hazards(plan: MergePlan, *, whole: bool = False) -> list[Told]:
    """Return the hazards as they are told, refusals first; many of one kind become one, so that all fit on a page."""
    groups: dict[tuple[bool, HazardKind], list[Hazard]] = {}
    for hazard in plan.hazards:
        groups.setdefault((hazard.refuses, hazard.kind), []).append(hazard)
    return [told for group in groups.values() for told in _told(plan, group, len(group) if whole else _TOLD)]


def _told(plan: MergePlan, group: Sequence[Hazard], most: int) -> Iterable[Told]:
    shown = group if len(group) <= most else group[:1]
    for hazard in shown:
        text = f"{hazard.message} {hazard.remedy}{_concerned(plan, [hazard])}"
        if len(shown) < len(group):
            text += f" {len(group) - 1:,} more of this kind{_concerned(plan, group[1:])}; {_WHOLE}."
        yield Told(refuses=hazard.refuses, kind=hazard.kind, text=text)


def _concerned(plan: MergePlan, hazards: Sequence[Hazard]) -> str:
    """Return which PVs hazards are about, or nothing if the plan has only one."""
    names = [pv.pv for pv in plan.pvs if any(hazard in pv.hazards for hazard in hazards)]
    if len(plan.pvs) == 1:
        return ""
    return f" ({names[0]})" if len(names) == 1 else f" ({plural(len(names), 'PV')})"


def total_rows(plan: MergePlan) -> list[tuple[str, str]]:
    """Return what the merge would gain, would not reach, would destroy and would take, as rows of (name, text)."""
    totals = plan.totals
    gain = f"{plural(totals.gain, 'sample')} in {plural(totals.rewritten, 'rewritten partition')}"
    if totals.expires_at is not None:
        kept = (
            "is sure to keep"
            if totals.expires_at > plan.horizon
            else "may have dropped some by now: it was sure to keep"
        )
        gain += f"; the secondary {kept} the first until {format_time(totals.expires_at)}"
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in totals.not_fillable.items())
    missed = plural(sum(totals.not_fillable.values()), "sample")
    dropped = ", ".join(f"{name} of {count:,}" for name, count in totals.attributes_dropped.items())
    rows = [
        ("would gain", gain),
        ("won't reach", f"{missed}: {reasons}" if reasons else missed),
        ("would destroy", f"{plural(totals.would_be_lost, 'sample')} of the primary"),
        ("would drop", dropped or "no attribute"),
        ("both have", f"{totals.ties_equal:,} equal, {totals.ties_different:,} different, of which the primary's stay"),
        ("completeness", _completeness(plan.partitions, plan.horizon)),
    ]
    return [*_caveat(plan), *rows, *([("would take", _effort(plan.pvs))] if totals.rewritten else [])]


def _caveat(plan: MergePlan) -> list[tuple[str, str]]:
    """Return a row that says that samples are missing from the sums, if there may be such."""
    unread = sum(any(hazard.kind is HazardKind.NOT_READ for hazard in pv.hazards) for pv in plan.pvs)
    return [("counted", f"only what could be read: of {plural(unread, 'PV')} not all was")] if unread else []


def _completeness(partitions: Iterable[PartitionPlan], horizon: int) -> str:
    """Return how much the primary has of all samples that either side has before the horizon, before and after."""
    had, gain, missed, lost = 0, 0, 0, 0
    for each in partitions:
        has, gains, misses, loses = counts_of(each)
        had, gain, missed = had + has, gain + gains, missed + misses
        lost += loses if each.partition.end <= horizon else 0  # else its last second comes after the horizon
    known = had + gain + missed
    if not known:
        return "no sample is known before the horizon"
    before, after = percent_text(had, known), percent_text(had + gain - lost, known)
    return f"the primary has {before} of {plural(known, 'known sample')}, and will have {after}"


def _effort(pvs: Sequence[PVPlan]) -> str:
    estimates = [pv.estimate for pv in pvs if pv.totals.rewritten]
    seconds = [math.ceil(each.pause_seconds) for each in estimates]
    more = "" if len(seconds) == 1 else f" at the longest, {duration_text(sum(seconds))} of all, one after the other"
    disk = size_text(max(each.disk_bytes for each in estimates))
    memory = max(each.memory_bytes for each in estimates)
    room = f"on the primary {disk} of disk{f' and {size_text(memory)} of memory' if memory else ''} meanwhile"
    return f"by estimate {duration_text(max(seconds))} of pause{more}; {room} ({estimates[0].source})"


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


def pause_lines(pv: PVPlan) -> list[str]:
    """Return what earlier merges of a PV cost by their pauses, and what this one makes of it."""
    lines = [
        f"paused by an earlier merge from {format_time(hole.start)} to {format_time(hole.end)}: "
        f"{plural(hole.gain, 'sample')} will be gained, {hole.left:,} will be missing still"
        for hole in pv.pause_holes
        if hole.gain or hole.left
    ]
    closed = len(pv.pause_holes) - len(lines)
    if closed:
        lines.append(f"in {plural(closed, 'pause')} of earlier merges the secondary has nothing that the primary lacks")
    return lines


def advice(plan: MergePlan) -> str:
    """Return what to do next, and where to read on about hazards."""
    explained = f" What each hazard means: `{_PAGE}`, under its name." if plan.hazards else ""
    return f"{_next_step(plan)}{explained}"


def _next_step(plan: MergePlan) -> str:
    refused = sum(pv.status is Status.REFUSED for pv in plan.pvs)
    if plan.status is Status.NOTHING_TO_DO:
        return "Nothing to commit: the secondary has nothing that the primary could take."
    if not refused:
        sizes = ", ".join(f"{len(batch):,}" for batch in plan.batches)
        how = f" PVs are merged in batches of {sizes}; what expires first goes first." if len(plan.pvs) > 1 else ""
        ways = "`archredundancy commit FILE --approve ID`, or `pair.commit(plan, approve=ID)`"
        return f"To commit it, type its id: {ways}.{how}"
    if refused < len(plan.pvs):
        return (
            f"It cannot be committed as it is. Mend what is refused, or leave {plural(refused, 'PV')} out, by "
            "`archredundancy plan … --without-refused` or `plan.without_refused()`."
        )
    return "It cannot be committed. Mend what is refused, and plan again."
