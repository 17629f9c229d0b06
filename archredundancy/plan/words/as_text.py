"""A plan as plain text: verdict, hazards, sums, and the PVs or partitions that matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from archredundancy.plan.batches import pvs_in_order
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

__all__ = ["plan_text", "pv_text"]

#: Of more PVs than this only the first are listed.
_MOST: Final = 60
#: Columns of `PV_HEADS` and of `HEADS` that are text; all others are numbers and end at the right.
_PV_TEXTS: Final = (0, 1)


def plan_text(plan: MergePlan, *, whole: bool = False) -> str:
    """Return the plan in lines of text, on a page or two; or the `whole` of it, however long."""
    most = None if whole else LISTED
    hazards = [str(told) for told in told_hazards(plan, whole=whole)]
    about = [line for line in (scope(plan), clusters_line(plan)) if line]
    lines = [headline(plan), *about, "", *(hazards or ["No hazard was found."]), ""]
    lines += [f"{name:<15}{text}" for name, text in total_rows(plan)]
    lines += ["", *(_pv_lines(plan.pvs[0], most) if len(plan.pvs) == 1 else _table_of_pvs(plan, whole))]
    return "\n".join([*lines, *_file_lines(plan.pvs, most), "", advice(plan)])


def pv_text(pv: PVPlan) -> str:
    """Return all that is planned for a PV in lines of text."""
    lines = [*map(str, pv.hazards), *_file_lines([pv], None)[1:]]
    return "\n".join([*_pv_lines(pv, None), *_indented(lines)])


def _file_lines(pvs: Sequence[PVPlan], most: int | None) -> list[str]:
    files = files_of(pvs)
    shown = files[:most]
    more = [rest(len(files) - len(shown), "file")] if len(shown) < len(files) else []
    return ["", "Files that are rewritten, for a snapshot before it:", *_indented(shown + more)] if files else []


def _table_of_pvs(plan: MergePlan, whole: bool) -> list[str]:
    most = None if whole else _MOST
    cells = pv_cells(plan)
    lines = _table(PV_HEADS, cells[:most], left=_PV_TEXTS)
    if most is not None and len(cells) > most:
        lines.append(rest(len(cells) - most, "PV"))
    for pv in pvs_in_order(plan.pvs)[:most]:
        more = [*lost_lines(pv.partitions), *pause_lines(pv)]
        lines += ["", pv.pv, *_indented(more)] if more else []
    return lines


def _pv_lines(pv: PVPlan, most: int | None) -> list[str]:
    shown, more = notable_partitions(pv, most)
    lines = _table(HEADS, [partition_cells(plan) for plan in shown], left=(0,)) if shown else []
    lines += [rest(more, "partition")] if more else []
    return [pv_title(pv), *_indented([*lines, *lost_lines(shown), *pause_lines(pv)])]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _table(heads: Sequence[str], cells: Sequence[Sequence[str]], left: Sequence[int]) -> list[str]:
    rows = [heads, *cells]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
