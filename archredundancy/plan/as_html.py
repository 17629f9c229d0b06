"""A plan as static HTML, for notebooks: no script, hazards on top, refusals in red."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from archredundancy.coverage.lengths import plural
from archredundancy.plan.as_text import (
    HEADS,
    LISTED,
    headline,
    lost_lines,
    notable_partitions,
    partition_cells,
    pv_title,
    pvs_concerned,
    scope,
    total_rows,
)

if TYPE_CHECKING:
    from archredundancy.plan.hazard import Hazard
    from archredundancy.plan.merge_plan import MergePlan
    from archredundancy.plan.pv_plan import PVPlan

__all__ = ["plan_html"]

# Dark red and dark amber: apart for the colour-blind too, and readable on white; the words say it as well.
_RED = "#a50026"
_AMBER = "#7f5500"


def plan_html(plan: MergePlan) -> str:
    """Return verdict, hazards, totals and partitions as an HTML fragment."""
    parts = [f"<p><b>{escape(headline(plan))}</b><br/>{escape(scope(plan))}</p>"]
    parts += [_hazard(hazard, pvs_concerned(plan, hazard)) for hazard in plan.hazards]
    parts.append(_table((), total_rows(plan.totals)))
    for pv in plan.pvs[:LISTED]:
        parts += _pv(pv)
    if len(plan.pvs) > LISTED:
        parts.append(f"<p>and {plural(len(plan.pvs) - LISTED, 'more PV')}: <code>plan.pvs</code></p>")
    return "\n".join(parts)


def _hazard(hazard: Hazard, pvs: str) -> str:
    colour, word = (_RED, "REFUSED") if hazard.refuses else (_AMBER, "warning")
    text = f"<b>{word} {escape(hazard.kind)}</b>: {escape(hazard.message)} {escape(hazard.remedy)}{escape(pvs)}"
    return f'<p style="color: {colour}">{text}</p>'


def _pv(pv: PVPlan) -> list[str]:
    shown, more = notable_partitions(pv)
    parts = [f"<p><b>{escape(pv_title(pv))}</b></p>"]
    if shown:
        parts.append(_table(HEADS, [partition_cells(plan) for plan in shown]))
    if more:
        parts.append(f"<p>and {plural(more, 'more partition')}: <code>plan.partitions</code></p>")
    parts += [f'<p style="color: {_RED}">{escape(line)}</p>' for line in lost_lines(shown)]
    return parts


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line("th", head)] if head else []
    return f"<table>{''.join([*lines, *(_line('td', row) for row in rows)])}</table>"


def _line(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
