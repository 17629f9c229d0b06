"""The picture of coverages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from archredundancy.coverage import Coverage
from archredundancy.coverage.palette import STATE_LOOKS, coverage_layers
from archredundancy.errors import InputError
from archredundancy.model import TimeRange
from archredundancy.plot.bars import draw_rows, legend_handles
from archredundancy.plot.picture import prepare
from archredundancy.plot.time_axis import set_time_axis

__all__ = ["plot_coverage"]


def plot_coverage(
    coverages: Coverage | Sequence[Coverage] | Mapping[str, Coverage], *, figure: Figure | None = None
) -> Figure:
    """Draw coverages as rows of bars, one row each, with colour and hatching for their states.

    Parameters
    ----------
    coverages : Coverage, sequence of Coverage, or mapping of str to Coverage
        Rows from the top; without a mapping each row has the name of its cluster.
    figure : matplotlib.figure.Figure, optional
        Where to draw; by default a new one.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there is no coverage, or none of any length.
    """
    if isinstance(coverages, Coverage):
        coverages = [coverages]
    named = list(coverages.items()) if isinstance(coverages, Mapping) else [(one.cluster, one) for one in coverages]
    drawn = [coverage for _, coverage in named if len(coverage)]
    if not drawn:
        raise InputError("there is no coverage to draw; give one or more that cover a range of time")
    window = TimeRange(
        start=min(int(coverage.start[0]) for coverage in drawn), end=max(int(coverage.end[-1]) for coverage in drawn)
    )
    rows = [(name, coverage_layers(coverage)) for name, coverage in named]
    figure = prepare(figure, 10, 1.1 + 0.3 * len(rows))
    axes = figure.subplots()
    draw_rows(axes, rows, window)
    set_time_axis(axes, window)
    handles, columns = legend_handles(
        {"": STATE_LOOKS.values()}, (look for _, painting in rows for look, _ in painting)
    )
    figure.legend(handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize="small")
    return figure
