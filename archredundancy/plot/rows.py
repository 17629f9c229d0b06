"""Pictures of rows, from one to thousands: bars while few are in view, else an image whose points show the worst."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from archredundancy.coverage.pictures.annotations import DENSE
from archredundancy.coverage.pictures.many import ManyRows, image_note, worst_image
from archredundancy.display.boxes import is_dense
from archredundancy.display.looks import Look
from archredundancy.display.painting import inside
from archredundancy.model import TimeRange
from archredundancy.plot.bars import BARS, draw_row, hold_rows, legend_handles
from archredundancy.plot.picture import prepare, write_title
from archredundancy.plot.row_names import name_rows, rows_in_view
from archredundancy.plot.theme import Theme, put_on, theme_of
from archredundancy.plot.time_axis import positions, set_time_axis
from archredundancy.plot.zoom import keep_drawn

__all__ = ["BARRED", "BINS", "LINES", "draw_rows_picture"]

#: Rows in view that are still drawn as bars, with hatching.
BARRED = 40
#: Bins of an image: each is some pixels wide, so that a single one is seen.
BINS = 360
#: Lines of an image: more rows are drawn as groups, since a screen has no more pixels.
LINES = 800
_WIDTH, _FRAME, _ROW, _TALLEST = 12, 1.7, 0.24, 16


def draw_rows_picture(rows: ManyRows, window: TimeRange, *, dark: bool | None, figure: Figure | None) -> Figure:
    """Draw a window of rows, with names, a legend, and a title that tells what is seen; drawn anew when zoomed."""
    count = len(rows.names)
    figure = prepare(figure, _WIDTH, min(_FRAME + _ROW * count, _TALLEST))
    axes = figure.subplots()
    theme = theme_of(figure, dark)
    write_title(figure, rows.title)
    set_time_axis(axes, window)
    hold_rows(axes, count)
    name_rows(axes.yaxis, rows.names)
    if rows.beside:
        right = axes.secondary_yaxis("right")
        name_rows(right.yaxis, rows.beside)
        right.spines["right"].set_visible(False)

    def draw(view: TimeRange) -> None:
        used, hatched = _draw(axes, rows, view, theme)
        handles, columns = legend_handles({"": rows.looks}, used, theme, hatched=hatched)
        figure.legend(
            handles=handles[1:], loc="outside lower left", ncols=max(columns - 1, 1), frameon=False, fontsize="small"
        )
        put_on(figure, theme)

    keep_drawn([axes], draw, rows=True)
    return figure


def _draw(axes: Axes, rows: ManyRows, window: TimeRange, theme: Theme) -> tuple[set[Look], bool]:
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
        codes = worst_image(paintings, window, BINS, LINES)
        _draw_image(axes, rows.looks, codes, view, window, theme)
        used = {rows.looks[code] for code in np.unique(codes) if code >= 0}
        note = image_note(window, codes.shape, len(view))
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
