"""A plan as static HTML, for notebooks and files: no script, hazards on top, readable on light and dark paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from archredundancy.display.html_parts import (
    BAD,
    NOTE,
    marked,
    page_html,
    paragraph,
    picture_html,
    table_html,
    with_code,
)
from archredundancy.display.texts import plural
from archredundancy.plan.batches import pvs_in_order
from archredundancy.plan.hazards.hazard import Status
from archredundancy.plan.pictures.as_svg import CAPTION, SHOWN, plan_svg
from archredundancy.plan.words.tables import (
    HEADS,
    LISTED,
    PV_HEADS,
    files_of,
    notable_partitions,
    partition_cells,
    pv_cells,
)
from archredundancy.plan.words.wording import (
    Told,
    advice,
    clusters_line,
    headline,
    lost_lines,
    pause_lines,
    pv_title,
    rest,
    scope,
    told_hazards,
    total_rows,
)

if TYPE_CHECKING:
    from archredundancy.plan.merge_plan.merge_plan import MergePlan
    from archredundancy.plan.pv_plan import PVPlan

__all__ = ["plan_html", "plan_page"]

#: Of more PVs than this a notebook lists only the first; a page lists all.
_MOST: Final = 60


def plan_html(plan: MergePlan, most: int | None = _MOST) -> str:
    """Return verdict, hazards, sums, picture and tables as an HTML fragment; `most` PVs are listed, None for all."""
    parts = [
        _head(plan),
        *(_hazard(told) for told in told_hazards(plan, whole=most is None)),
        "" if plan.hazards else paragraph("No hazard was found."),
        table_html(("", ""), total_rows(plan)),
        _picture(plan),
        *(_one(plan.pvs[0], most) if len(plan.pvs) == 1 else _many(plan, most)),
        _files(plan, most),
        f"<p>{with_code(advice(plan))}</p>",
    ]
    return "\n".join(part for part in parts if part)


def plan_page(plan: MergePlan) -> str:
    """Return the plan as a document of its own, with all PVs."""
    return page_html(f"Merge plan {plan.id}", plan_html(plan, most=None))


def _head(plan: MergePlan) -> str:
    lines = [escape(line) for line in (scope(plan), clusters_line(plan)) if line]
    words = "<br/>".join([f"<b>{escape(headline(plan))}</b>", *lines])
    return marked(BAD, words) if plan.status is Status.REFUSED else f"<p>{words}</p>"


def _hazard(told: Told) -> str:
    word = f"<b>{told.word} {escape(told.kind)}</b>"
    return marked(BAD if told.refuses else NOTE, f"{word}: {with_code(told.text)}")


def _picture(plan: MergePlan) -> str:
    svg = plan_svg(plan)
    if not svg:
        return ""
    drawn = sum(bool(pv.partitions) for pv in plan.pvs)
    caption = f" The first {SHOWN} of {drawn:,} PVs are drawn." if drawn > SHOWN else ""
    return picture_html(svg, f"plan {plan.id}: before and after") + paragraph(f"{CAPTION}{caption}")


def _one(pv: PVPlan, most: int | None) -> list[str]:
    shown, more = notable_partitions(pv, None if most is None else LISTED)
    parts = [f"<p><b>{escape(pv_title(pv))}</b></p>"]
    if shown:
        parts.append(table_html(HEADS, [partition_cells(plan) for plan in shown], right=range(1, len(HEADS) - 1)))
    if more:
        parts.append(f"<p>{with_code(rest(more, 'partition'))}</p>")
    return [*parts, *_notes(pv)]


def _many(plan: MergePlan, most: int | None) -> list[str]:
    cells = pv_cells(plan)
    parts = [table_html(PV_HEADS, cells[:most], right=range(2, 8))]
    if most is not None and len(cells) > most:
        parts.append(f"<p>{with_code(rest(len(cells) - most, 'PV'))}</p>")
    for pv in pvs_in_order(plan.pvs)[:most]:
        if notes := _notes(pv):
            parts += [f"<p><b>{escape(pv.pv)}</b></p>", *notes]
    return parts


def _notes(pv: PVPlan) -> list[str]:
    lost = [marked(BAD, escape(line)) for line in lost_lines(pv.partitions)]
    return lost + [marked(NOTE, escape(line)) for line in pause_lines(pv)]


def _files(plan: MergePlan, most: int | None) -> str:
    files = files_of(plan.pvs)
    if not files:
        return ""
    listed = "\n".join(files[:most])
    more = f"\n{rest(len(files) - most, 'file')}" if most is not None and len(files) > most else ""
    summary = f"{plural(len(files), 'file')} that will be rewritten, for a snapshot of the file system before it"
    return f"<details><summary>{summary}</summary><pre>{escape(listed + more)}</pre></details>"
