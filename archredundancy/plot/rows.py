"""Pictures of rows, from one to thousands: bars while few are in view, else an image whose points show the worst."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from archredundancy.coverage import duration_text
from archredundancy.coverage.annotations import DENSE
from archredundancy.coverage.boxes import bin_edges, is_dense, worst_in_bins
from archredundancy.coverage.palette import Look, Painting, inside
from archredundancy.model import TimeRange
from archredundancy.plot.bars import BARS, draw_row, hold_rows, legend_handles
from archredundancy.plot.picture import prepare, write_title
from archredundancy.plot.row_names import name_rows, rows_in_view
from archredundancy.plot.theme import Theme, put_on, theme_of
from archredundancy.plot.time_axis import positions, set_time_axis
from archredundancy.plot.zoom import keep_drawn

__all__ = ["BARRED", "BINS", "LINES", "Rows", "draw_rows_picture", "worst_image"]

#: Rows in view that are still drawn as bars, with hatching.
BARRED = 40
#: Bins of an image: each is some pixels wide, so that a single one is seen.
BINS = 360
#: Lines of an image: more rows are drawn as groups, since a screen has no more pixels.
LINES = 800
_WIDTH, _FRAME, _ROW, _TALLEST = 12, 1.7, 0.24, 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """What a picture of rows shows.

    Attributes
    ----------
    title, subject : str
        Whose coverage it is, and what of it is shown.
    names : sequence of str
    paintings : sequence of Painting
        A row each, from the top; every one has the same looks, worse ones later.
    window : TimeRange
        What is in view at first.
    beside : sequence of str
        Texts at the right of the rows; empty for none.
    """

    title: str
    subject: str
    names: Sequence[str]
    paintings: Sequence[Painting]
    window: TimeRange
    beside: Sequence[str] = ()

    @property
    def looks(self) -> list[Look]:
        """What occurs in the rows, worse ones later."""
        return [look for look, _ in self.paintings[0]]


def worst_image(paintings: Sequence[Painting], window: TimeRange) -> npt.NDArray[np.int8]:
    """Return the worst look in each bin of each row, or, where there are more than `LINES`, of each group of rows.

    Parameters
    ----------
    paintings : sequence of Painting
        All with the same looks, worse ones later.
    window : TimeRange

    Returns
    -------
    int8, (lines, bins)
        Which look it is, -1 where there is none. Bins are those of `archredundancy.coverage.boxes.bin_edges`.

    Notes
    -----
    Cost: a pass over the stretches of all rows.
    """
    edges = bin_edges(window, BINS)
    worst = np.array([worst_in_bins(painting, edges) for painting in paintings], np.int8).reshape(-1, len(edges) - 1)
    lines = min(len(paintings), LINES)
    first = np.arange(lines) * len(paintings) // max(lines, 1)
    grouped: npt.NDArray[np.int8] = np.maximum.reduceat(worst, first, axis=0) if lines else worst
    return grouped


def draw_rows_picture(rows: Rows, *, dark: bool | None, figure: Figure | None) -> Figure:
    """Draw rows with their names, a legend, and a title that tells what is seen; drawn anew when zoomed."""
    count = len(rows.names)
    figure = prepare(figure, _WIDTH, min(_FRAME + _ROW * count, _TALLEST))
    axes = figure.subplots()
    theme = theme_of(figure, dark)
    write_title(figure, rows.title)
    set_time_axis(axes, rows.window)
    hold_rows(axes, count)
    name_rows(axes.yaxis, rows.names)
    if rows.beside:
        right = axes.secondary_yaxis("right")
        name_rows(right.yaxis, rows.beside)
        right.spines["right"].set_visible(False)

    def draw(window: TimeRange) -> None:
        used, hatched = _draw(axes, rows, window, theme)
        handles, columns = legend_handles({"": rows.looks}, used, theme, hatched=hatched)
        figure.legend(
            handles=handles[1:], loc="outside lower left", ncols=max(columns - 1, 1), frameon=False, fontsize="small"
        )
        put_on(figure, theme)

    keep_drawn([axes], draw, rows=True)
    return figure


def _draw(axes: Axes, rows: Rows, window: TimeRange, theme: Theme) -> tuple[set[Look], bool]:
    """Draw what is in view; return what the legend has to explain, and whether that is hatched."""
    view = rows_in_view(*axes.get_ylim(), len(rows.names))
    paintings = rows.paintings[view.start : view.stop]
    barred = len(view) <= BARRED
    if barred:
        for number, painting in zip(view, paintings, strict=True):
            draw_row(axes, number, painting, window, theme)
        used = {look for painting in paintings for look, _ in inside(painting, window)}
        dense = any(is_dense(painting, window, BARS) for painting in paintings)
        note = DENSE if dense else ""
    else:
        codes = worst_image(paintings, window)
        _draw_image(axes, rows.looks, codes, view, window, theme)
        used = {rows.looks[code] for code in np.unique(codes) if code >= 0}
        note = _image_note(window, codes.shape[1], len(view) / len(codes))
    part = "" if len(view) == len(rows.names) else f", rows {view.start + 1:,} to {view.stop:,} of {len(rows.names):,}"
    axes.set_title(f"{window}: {rows.subject}{part}.\n{note}".rstrip(), loc="left", fontsize="small")
    return used, barred


def _draw_image(
    axes: Axes, looks: Sequence[Look], codes: npt.NDArray[np.int8], view: range, window: TimeRange, theme: Theme
) -> None:
    left, right = positions(axes, np.array([window.start, window.end]))
    axes.imshow(
        np.ma.masked_less(codes, 0),
        cmap=ListedColormap([look.on(theme.dark) for look in looks]),
        vmin=-0.5,
        vmax=len(looks) - 0.5,
        interpolation="nearest",
        aspect="auto",
        extent=(left, right, view.stop - 0.5, view.start - 0.5),
    )


def _image_note(window: TimeRange, bins: int, rows_a_line: float) -> str:
    group = "" if rows_a_line <= 1 else f" of up to {math.ceil(rows_a_line)} rows"
    length = duration_text(window.duration / bins / 1e9)
    return f"Each point is {length}{group}, and has the colour of the worst state in it."
