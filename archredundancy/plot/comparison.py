"""The picture of a comparison."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from archredundancy.coverage import Comparison
from archredundancy.coverage.pictures.annotations import DENSE, explained_states, why_text
from archredundancy.coverage.pictures.palette import STATE_LOOKS, WHO_LOOKS
from archredundancy.coverage.words.sentences import verdict
from archredundancy.model import TimeRange
from archredundancy.plot.bars import hold_rows, legend_handles
from archredundancy.plot.comparison_rows import Row, comparison_rows
from archredundancy.plot.picture import prepare, write_title
from archredundancy.plot.text import drawable
from archredundancy.plot.theme import Theme, put_on, theme_of
from archredundancy.plot.time_axis import part_in_view, set_time_axis
from archredundancy.plot.values import draw_values
from archredundancy.plot.zoom import keep_drawn

__all__ = ["plot_comparison"]

_WIDTH, _VALUES, _ROW, _FRAME = 10, 3.2, 0.33, 1.8
_SIGNS_AN_INCH, _INCHES_AN_ENTRY = 12, 1.95


def plot_comparison(
    comparison: Comparison,
    *,
    start: object = None,
    end: object = None,
    dark: bool | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw both sides and their union coloured by origin, and below what each side covers and who has what.

    Parameters
    ----------
    comparison : Comparison
    start, end : str, datetime, numpy.datetime64 or pandas.Timestamp, optional
        Part of the compared range to show at first; see `archredundancy.model.parse_time`. Text without a zone is UTC.
        By default all of the range.
    dark : bool, optional
        Whether the paper is dark; by default as matplotlib's settings or the figure have it.
    figure : matplotlib.figure.Figure, optional
        Where to draw; by default a new one that shows itself in notebooks.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If a time cannot be understood.

    Notes
    -----
    Lines hold a sample until the next one, and break wherever a side is not active. However many samples and gaps there
    are, some thousand points and bars are drawn: extremes are kept and narrow outages widened, so none of them is lost.
    When the limits of the time axis change, by mouse or by `set_xlim`, what is then in view is drawn anew from all
    samples. Cost: passes over what is in view.
    """
    window = part_in_view(comparison.asked, start, end, now=comparison.now)
    rows = comparison_rows(comparison)
    figure = prepare(figure, _WIDTH, _VALUES + _ROW * len(rows) + _FRAME)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(_VALUES, _ROW * len(rows)))
    theme = theme_of(figure, dark)
    write_title(figure, comparison.pv)
    set_time_axis(above, window)
    set_time_axis(below, window)
    above.set_xlabel("")
    hold_rows(below, len(rows))

    def draw(view: TimeRange) -> None:
        draw_values(above, comparison, view, theme)
        for number, row in enumerate(rows):
            row.draw(below, number, view, theme)
        below.set_yticks(range(len(rows)), [drawable(row.label(view)) for row in rows])
        _explain_values(above, comparison, view, figure.get_figwidth())
        _explain_rows(figure, comparison, rows, view, theme)
        put_on(figure, theme)

    keep_drawn([above, below], draw)
    return figure


def _explain_values(axes: Axes, comparison: Comparison, window: TimeRange, inches: float) -> None:
    """Write above the values what is seen, the verdict, and what the lines mean."""
    summary = verdict(comparison) if window == comparison.asked else f"All that was compared: {verdict(comparison)}"
    handles, labels = axes.get_legend_handles_labels()
    fitting = max(int(inches / _INCHES_AN_ENTRY), 1)
    columns = fitting if len(handles) <= fitting else -(-len(handles) // -(-len(handles) // fitting))
    axes.legend(
        handles, labels, title="\n".join([str(window), _wrapped(summary, inches)]), title_fontsize="small",
        alignment="left", loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, frameon=False, fontsize="small",
    )  # fmt: skip


def _explain_rows(figure: Figure, comparison: Comparison, rows: Sequence[Row], window: TimeRange, theme: Theme) -> None:
    """Write below the rows what their colours mean, and the causes."""
    used = {look for row in rows for look in row.looks(window)}
    handles, columns = legend_handles(
        {"a side is": STATE_LOOKS.values(), "it is with": WHO_LOOKS.values()}, used, theme
    )
    words = [why_text(explained_states((comparison.primary, comparison.secondary), window))]
    words += [DENSE] if any(row.is_dense(window) for row in rows) else []
    figure.legend(
        handles=handles, title=_wrapped(" ".join(words), figure.get_figwidth()), title_fontsize="small",
        alignment="left", loc="outside lower left", ncols=columns, frameon=False, fontsize="small",
    )  # fmt: skip


def _wrapped(words: str, inches: float) -> str:
    return textwrap.fill(words, max(int(inches * _SIGNS_AN_INCH), 20))
