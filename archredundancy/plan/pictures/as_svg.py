"""The picture of a plan: what the primary has before and after, and of many PVs what becomes of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from archredundancy.display.svg_parts import WIDTH, Frame, axis, class_of, document, number, text
from archredundancy.display.texts import plural, shortened
from archredundancy.model import TimeRange
from archredundancy.plan.batches import pvs_in_order
from archredundancy.plan.pictures.cells import Cells, span_of
from archredundancy.plan.pictures.looks import DOES, GAIN, HAD, LOST, MISSED, SHADES, Meaning

if TYPE_CHECKING:
    from archredundancy.plan.merge_plan.merge_plan import MergePlan
    from archredundancy.plan.pv_plan import PVPlan

__all__ = ["CAPTION", "SHOWN", "plan_svg"]

CAPTION: Final = "A box is a file, or some where they are many; what occurs in one is drawn, however little it is."
#: Of more PVs than this only the first are drawn.
SHOWN: Final = 60
_TOP, _TALL, _ROW, _GAP = 14, 56, 16, 8
_CELLS, _NARROWEST, _LOWEST = 120, 3.0, 3.0
_LONGEST = 30

#: A meaning, and how many samples have it in each cell.
_Stack = Sequence[tuple[Meaning, npt.NDArray[np.int64]]]


def plan_svg(plan: MergePlan, *, titled: bool = False) -> str:
    """Return the picture of a plan as an SVG document, text; light or dark as where it is shown.

    Parameters
    ----------
    plan : MergePlan
    titled : bool
        Whether the picture tells the plan's id and PV itself, for a file that stands alone.

    Returns
    -------
    str
        Of one PV two rows of bars, a bar for each partition: what the primary has of all known samples before and
        after. Of several PVs a row each, and in it for each partition the gravest thing that becomes of it. Empty
        where nothing is known of any partition.
    """
    drawn = [pv for pv in pvs_in_order(plan.pvs) if pv.partitions][:SHOWN]
    window = span_of([partition for pv in drawn for partition in pv.partitions])
    if window is None:
        return ""
    top = _TOP + (22 if titled else 0)
    body, below = _of_one(drawn[0], window, top) if len(plan.pvs) == 1 else _of_many(drawn, window, top)
    frame = _frame(window, len(plan.pvs) > 1)
    name = drawn[0].pv if len(plan.pvs) == 1 else plural(len(plan.pvs), "PV")
    title = f"plan {plan.id}: {name}, {plan.status}"
    heading = text(8, 18, title, bold=True) if titled else ""
    return document(title, below + 72, heading + body + axis(frame, below) + _legend(frame, below + 46, len(plan.pvs)))


def _frame(window: TimeRange, many: bool) -> Frame:
    return Frame(window, left=230, right=WIDTH - 90) if many else Frame(window, left=124, right=WIDTH - 40)


def _of_one(pv: PVPlan, window: TimeRange, top: int) -> tuple[str, int]:
    frame, cells = _frame(window, False), Cells.of(pv.partitions, window, _CELLS)
    before: _Stack = ((HAD, cells.had), (GAIN, cells.gain), (MISSED, cells.missed))
    after: _Stack = ((HAD, cells.had + cells.gain - cells.lost), (LOST, cells.lost), (MISSED, cells.missed))
    parts = []
    for row, (label, stack) in enumerate((("before", before), ("after", after))):
        y = top + row * (_TALL + _GAP)
        parts += [text(frame.left - 8, y + _TALL / 2 + 4, label, "end"), *_stacked(frame, cells, stack, y)]
    below = top + 2 * (_TALL + _GAP)
    open_holes = [hole for hole in pv.pause_holes if hole.gain or hole.left]
    if open_holes:
        parts.append(text(frame.left - 8, below + 9, "paused", "end"))
        parts += [_box(MISSED if hole.left else GAIN, frame, hole.start, hole.end, below, 10) for hole in open_holes]
        below += 10 + _GAP
    return "".join(parts), below


def _stacked(frame: Frame, cells: Cells, stack: _Stack, y: float) -> Iterator[str]:
    """Yield bars as high as the share of each meaning; whatever occurs is high enough to be seen."""
    counts = np.array([count for _, count in stack], np.float64)
    share = counts / np.maximum(counts.sum(axis=0), 1)
    high = np.where(counts > 0, np.maximum(share * _TALL, _LOWEST), 0.0)
    high[0] = np.where(counts[0] > 0, np.maximum(_TALL - high[1:].sum(axis=0), _LOWEST), 0.0)
    for cell in range(len(cells)):
        bottom = y + _TALL
        for (meaning, _), height in zip(stack, high[:, cell].tolist(), strict=True):
            if height:
                bottom -= height
                yield _box(meaning, frame, int(cells.start[cell]), int(cells.end[cell]), bottom, height)


def _of_many(pvs: Sequence[PVPlan], window: TimeRange, top: int) -> tuple[str, int]:
    frame, parts = _frame(window, True), []
    for row, pv in enumerate(pvs):
        y = top + row * _ROW
        parts.append(text(frame.left - 8, y + 11, shortened(pv.pv, _LONGEST, middle=True), "end"))
        parts.append(text(frame.right + 6, y + 11, f"+{pv.totals.gain:,}" if pv.totals.gain else ""))
        parts += _gravest(frame, Cells.of(pv.partitions, window, _CELLS), y)
    return "".join(parts), top + len(pvs) * _ROW + 4


def _gravest(frame: Frame, cells: Cells, y: float) -> Iterator[str]:
    """Yield for each run of cells a box of the gravest that becomes of them."""
    worst = np.select([cells.lost > 0, cells.missed > 0, cells.gain > 0, cells.had > 0], [3, 2, 1, 0], default=-1)
    edges = np.flatnonzero(np.diff(worst, prepend=-2))
    for first, last in zip(edges.tolist(), [*(edges[1:] - 1).tolist(), len(worst) - 1], strict=True):
        if worst[first] >= 0:
            start, end = int(cells.start[first]), int(cells.end[last])
            yield _box(SHADES[int(worst[first])], frame, start, end, y, _ROW - 3)


def _box(meaning: Meaning, frame: Frame, start: int, end: int, y: float, high: float) -> str:
    x, right = frame.x(max(start, frame.window.start)), frame.x(min(end, frame.window.end))
    wide = max(right - x - (0.6 if right - x > 2 * _NARROWEST else 0), _NARROWEST)
    place = f'x="{number(min(x, frame.right - wide))}" y="{number(y)}" width="{number(wide)}" height="{number(high)}"'
    hatched = meaning.look.hatching if high >= 10 and wide >= 10 else ""
    hatching = f'<rect {place} fill="url(#{hatched})"/>' if hatched else ""
    return f'<rect {place} class="{class_of(meaning.look)}"/>{hatching}'


def _legend(frame: Frame, y: int, pvs: int) -> str:
    words: Iterable[str] = DOES if pvs > 1 else (meaning.label for meaning in SHADES)
    parts, x = [], frame.left if pvs == 1 else 60
    for meaning, label in zip(SHADES, words, strict=True):
        parts.append(f'<rect x="{x}" y="{y}" width="18" height="13" class="{class_of(meaning.look)}"/>')
        if meaning.look.hatching:
            parts.append(f'<rect x="{x}" y="{y}" width="18" height="13" fill="url(#{meaning.look.hatching})"/>')
        parts.append(text(x + 23, y + 11, label))
        x += 50 + int(6 * len(label))
    return "".join(parts)
