"""Rows of bars that show what state holds when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from archredundancy.coverage.palette import Look, Painting, drawn_stretches
from archredundancy.model import TimeRange
from archredundancy.plot.text import drawable
from archredundancy.plot.time_axis import days

__all__ = ["BARS", "draw_rows", "legend_handles"]

#: Bars that fit beside each other, at most, in one row and of one look.
BARS = 260
#: The part of the window from which on a bar is hatched; on narrower ones the white would hide the colour.
_HATCHED = 1 / 110
_HATCHINGS: Mapping[str, str] = {"": "", "rise": "////", "fall": "\\\\\\\\", "cross": "xxxx", "dots": ".."}


def draw_rows(axes: Axes, rows: Sequence[tuple[str, Painting]], window: TimeRange) -> None:
    """Draw one row of bars for each (label, painting), the first at the top.

    Cost: at most `2 * BARS` shapes for each look of a row, however many stretches there are.
    """
    for number, (_, painting) in enumerate(rows):
        for look, segments in painting:
            left, right = (days(edges) for edges in drawn_stretches(segments, window, BARS))
            wide = (right - left > _HATCHED * window.duration / 86400e9) if look.hatching else np.zeros(len(left), bool)
            for chosen, hatching in ((~wide, ""), (wide, _HATCHINGS[look.hatching])):
                axes.broken_barh(
                    list(zip(left[chosen], (right - left)[chosen], strict=True)),
                    (number - 0.36, 0.72),
                    facecolor=look.colour,
                    edgecolor="white",
                    linewidth=0,
                    hatch=hatching,
                )
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [drawable(label) for label, _ in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "right", "top"]].set_visible(False)


def legend_handles(groups: Mapping[str, Iterable[Look]], used: Iterable[Look]) -> tuple[list[Patch], int]:
    """Return legend entries that make one row a group, headed by its name, and the number of columns they take.

    Parameters
    ----------
    groups : mapping of str to looks
    used : looks
        Others are left out.
    """
    drawn = set(used)
    rows = [[_heading(name), *(_patch(look) for look in looks if look in drawn)] for name, looks in groups.items()]
    # matplotlib fills legends column by column, so shorter rows need something invisible at their ends.
    columns = zip_longest(*rows, fillvalue=_heading(""))
    return [handle for column in columns for handle in column], max(map(len, rows))


def _heading(text: str) -> Patch:
    return Patch(facecolor="none", edgecolor="none", label=text)


def _patch(look: Look) -> Patch:
    hatching = _HATCHINGS[look.hatching]
    return Patch(facecolor=look.colour, edgecolor="white", linewidth=0, hatch=hatching, label=look.label)
