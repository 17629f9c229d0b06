"""Rows of bars that show what state holds when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from archredundancy.display.boxes import Boxes, boxes, is_dense
from archredundancy.display.looks import Look
from archredundancy.display.painting import Painting
from archredundancy.model import TimeRange
from archredundancy.plot.theme import Theme
from archredundancy.plot.time_axis import positions

__all__ = ["BARS", "HALF", "draw_row", "hold_rows", "legend_handles"]

#: Bars that fit beside each other, at most, in one row and of one look.
BARS = 260
#: Half the height of a row's bars.
HALF = 0.36
#: The part of the window from which on a bar is hatched; on narrower ones the white would hide the colour.
_HATCHED = 1 / 110
#: The same for bins, whose neighbours differ.
_HATCHED_BINS = 1 / 15
_HATCHINGS: Mapping[str, str] = {"": "", "rise": "////", "fall": "\\\\\\\\", "cross": "xxxx", "dots": ".."}


def hold_rows(axes: Axes, count: int) -> None:
    """Make room for rows, the first at the top."""
    axes.set_ylim(count - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "right", "top"]].set_visible(False)


def draw_row(axes: Axes, number: int, painting: Painting, window: TimeRange, theme: Theme) -> None:
    """Draw a painting as a row of bars, or of bins if they are many; see `archredundancy.display.boxes`.

    Cost: a pass over the stretches in view; at most `2 * BARS` shapes for each look.
    """
    least = (_HATCHED_BINS if is_dense(painting, window, BARS) else _HATCHED) * window.duration
    for group in boxes(painting, window, BARS):
        wide = (group.end - group.start > least) & bool(group.look.hatching)
        for chosen, hatching in ((~wide, ""), (wide, _HATCHINGS[group.look.hatching])):
            if chosen.any():
                shapes = PolyCollection(
                    list(_corners(axes, number, group, chosen)),
                    facecolor=group.look.on(theme.dark),
                    edgecolor=theme.paper,
                    linewidth=0,
                    hatch=hatching,
                )
                axes.add_collection(shapes, autolim=False)


def _corners(axes: Axes, number: int, group: Boxes, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return the corners of rectangles that stand on the lower edge of a row; y grows downwards."""
    left, right = positions(axes, group.start[chosen]), positions(axes, group.end[chosen])
    bottom = np.full(len(left), number + HALF)
    top = bottom - 2 * HALF * group.height[chosen]
    return np.stack([left, bottom, left, top, right, top, right, bottom], axis=1).reshape(-1, 4, 2)


def legend_handles(
    groups: Mapping[str, Iterable[Look]], used: Iterable[Look], theme: Theme, *, hatched: bool = True
) -> tuple[list[Patch], int]:
    """Return legend entries that make one row a group, headed by its name, and the number of columns they take.

    Parameters
    ----------
    groups : mapping of str to looks
    used : looks
        Others are left out.
    theme : Theme
    hatched : bool, optional
        Whether what the legend explains is hatched.
    """
    drawn = set(used)
    rows = [
        [_heading(name), *(_patch(look, theme, hatched) for look in looks if look in drawn)]
        for name, looks in groups.items()
    ]
    # matplotlib fills legends column by column, so shorter rows need something invisible at their ends.
    columns = zip_longest(*rows, fillvalue=_heading(""))
    return [handle for column in columns for handle in column], max(map(len, rows))


def _heading(text: str) -> Patch:
    return Patch(facecolor="none", edgecolor="none", label=text)


def _patch(look: Look, theme: Theme, hatched: bool) -> Patch:
    hatching = _HATCHINGS[look.hatching] if hatched else ""
    return Patch(facecolor=look.on(theme.dark), edgecolor=theme.paper, linewidth=0, hatch=hatching, label=look.label)
