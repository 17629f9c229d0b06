"""The picture of a comparison."""

from __future__ import annotations

import textwrap

from matplotlib.figure import Figure

from archredundancy.coverage import Comparison
from archredundancy.coverage.palette import STATE_LOOKS, WHO_LOOKS, coverage_layers, inside, who_layers
from archredundancy.coverage.words import verdict
from archredundancy.model import TimeRange, parse_time
from archredundancy.plot.bars import draw_rows, legend_handles
from archredundancy.plot.picture import prepare
from archredundancy.plot.text import drawable
from archredundancy.plot.time_axis import set_time_axis
from archredundancy.plot.values import draw_values

__all__ = ["plot_comparison"]


def plot_comparison(
    comparison: Comparison, *, start: object = None, end: object = None, figure: Figure | None = None
) -> Figure:
    """Draw both sides and their union coloured by origin, and below what each side covers and who has what.

    Parameters
    ----------
    comparison : Comparison
    start, end : str, datetime, numpy.datetime64 or pandas.Timestamp, optional
        Part of the compared range to show; see `archredundancy.model.parse_time`. Text without a zone is UTC. By
        default all of the range.
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
    To look closer ask for a part of the range, rather than zoom into what was drawn.
    """
    asked = comparison.asked
    window = TimeRange(
        start=asked.start if start is None else parse_time(start, now=comparison.now),
        end=asked.end if end is None else parse_time(end, now=comparison.now),
    )
    figure = prepare(figure, 10, 6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3.5, 1))
    draw_values(above, comparison, window)
    rows = [
        (comparison.primary.cluster, inside(coverage_layers(comparison.primary), window)),
        (comparison.secondary.cluster, inside(coverage_layers(comparison.secondary), window)),
        ("who has it", inside(who_layers(comparison.who), window)),
    ]
    draw_rows(below, rows, window)
    set_time_axis(below, window)
    figure.suptitle(drawable(comparison.pv, longest=80), x=0.01, horizontalalignment="left", fontweight="bold")
    summary = verdict(comparison) if window == asked else f"All that was compared: {verdict(comparison)}"
    handles, labels = above.get_legend_handles_labels()
    above.legend(
        handles, labels, title=textwrap.fill(summary, 120), title_fontsize="small", alignment="left",
        loc="lower left", bbox_to_anchor=(0, 1), ncols=5 if len(handles) <= 5 else 4, frameon=False, fontsize="small",
    )  # fmt: skip
    handles, columns = legend_handles(
        {"a side is": STATE_LOOKS.values(), "it is with": WHO_LOOKS.values()},
        (look for _, painting in rows for look, _ in painting),
    )
    figure.legend(handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize="small")
    return figure
