"""The picture of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from archredundancy.coverage.pictures.many import ManyRows
from archredundancy.display.painting import Painting
from archredundancy.display.texts import plural
from archredundancy.errors import InputError
from archredundancy.plan.batches import pvs_in_order
from archredundancy.plan.pictures.cells import span_of
from archredundancy.plan.pictures.looks import DOES, SHADES
from archredundancy.plot.rows import draw_rows_picture
from archredundancy.plot.time_axis import part_in_view
from archredundancy.segments import Segments

if TYPE_CHECKING:
    from archredundancy.plan import MergePlan, PartitionPlan

__all__ = ["plot_plan"]


def plot_plan(
    plan: MergePlan,
    *,
    start: object = None,
    end: object = None,
    dark: bool | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw what a merge makes of each partition: of one PV before and after, of several a row each.

    Parameters
    ----------
    plan : MergePlan
    start, end, dark, figure
        As in `plot_many`.

    Returns
    -------
    matplotlib.figure.Figure
        A partition has the colour of the gravest that becomes of it.

    Raises
    ------
    InputError
        If nothing is known of any partition, or a time cannot be understood.
    """
    window = span_of(plan.partitions)
    if window is None:
        raise InputError(f"plan {plan.id} knows of no partition, so there is nothing to draw; see its hazards")
    is_one = len(plan.pvs) == 1
    drawn = [pv for pv in pvs_in_order(plan.pvs) if pv.partitions]
    if is_one:
        rows = [(name, [_flags(each, name) for each in plan.partitions]) for name in ("before", "after")]
        paintings = [_painting(plan.partitions, flags) for _, flags in rows]
    else:
        rows = [(pv.pv, [_flags(each) for each in pv.partitions]) for pv in drawn]
        paintings = [_painting(pv.partitions, flags) for pv, (_, flags) in zip(drawn, rows, strict=True)]
    content = ManyRows(
        title=f"{drawn[0].pv if is_one else plural(len(plan.pvs), 'PV')}: plan {plan.id}, {plan.status}",
        subject="what a merge does",
        names=[name for name, _ in rows],
        paintings=paintings,
        looks=[look for look, _ in paintings[0]],
        window=window,
        beside=() if is_one else [f"+{pv.totals.gain:,}" if pv.totals.gain else "" for pv in drawn],
    )
    view = part_in_view(window, start, end, now=window.end)
    return draw_rows_picture(content, view, dark=dark, figure=figure)


def _flags(plan: PartitionPlan, when: str = "") -> tuple[bool, bool, bool, bool]:
    """Return which of `SHADES` a partition shows before a merge, after it, or of both together."""
    gains, misses, loses = plan.gain > 0, bool(plan.not_fillable), plan.would_be_lost > 0
    if when == "after":
        return plan.primary.n > 0 or gains, False, misses, loses
    return plan.primary.n > 0, gains, misses, loses and when == ""


def _painting(partitions: Sequence[PartitionPlan], flags: Sequence[tuple[bool, ...]]) -> Painting:
    """Return where each shade is drawn, those that do not occur included."""
    return [
        (
            replace(shade.look, label=label),
            Segments.of(
                *(
                    (each.partition.start, each.partition.end)
                    for each, shown in zip(partitions, flags, strict=True)
                    if shown[row]
                )
            ),
        )
        for row, (shade, label) in enumerate(zip(SHADES, DOES, strict=True))
    ]
