"""Pictures of coverages: rows of bars, or of many PVs an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from archredundancy.coverage import Coverage
from archredundancy.coverage.pictures.many import ManyRows, Rows, whole_range
from archredundancy.coverage.pictures.palette import STATE_LOOKS, coverage_layers
from archredundancy.display.painting import in_full
from archredundancy.display.texts import plural
from archredundancy.plot.rows import draw_rows_picture
from archredundancy.plot.time_axis import part_in_view

__all__ = ["plot_coverage", "plot_many"]


def plot_coverage(
    coverages: Coverage | Sequence[Coverage] | Mapping[str, Coverage],
    *,
    title: str = "",
    start: object = None,
    end: object = None,
    dark: bool | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw coverages as rows, one row each, with colour and hatching for their states.

    Parameters
    ----------
    coverages : Coverage, sequence of Coverage, or mapping of str to Coverage
        Rows from the top; without a mapping each row has the name of its cluster.
    title : str, optional
        Such as the PV; by default how many rows there are.
    start, end, dark, figure
        As in `plot_many`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there is no coverage, or none of any length, or a time cannot be understood.
    """
    if isinstance(coverages, Coverage):
        coverages = [coverages]
    named = list(coverages.items()) if isinstance(coverages, Mapping) else [(one.cluster, one) for one in coverages]
    looks = tuple(STATE_LOOKS.values())
    content = ManyRows(
        title=title or plural(len(named), "row"),
        subject="states",
        names=[name for name, _ in named],
        paintings=[in_full(coverage_layers(coverage), looks) for _, coverage in named],
        looks=looks,
        window=whole_range([coverage for _, coverage in named]),
        beside=(),
    )
    view = part_in_view(content.window, start, end, now=content.window.end)
    return draw_rows_picture(content, view, dark=dark, figure=figure)


def plot_many(
    rows: Rows,
    *,
    show: str = "who",
    start: object = None,
    end: object = None,
    beside: Sequence[str] = (),
    dark: bool | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw PVs x time: who has what, or what state one side was in.

    Parameters
    ----------
    rows : iterable of (str, Coverage, Coverage)
        Name of a PV, and its coverage at the primary and at the secondary; from the top, so give the worst first.
    show : {"who", "primary", "secondary"}, optional
    start, end : str, datetime, numpy.datetime64 or pandas.Timestamp, optional
        What is in view at first; see `archredundancy.model.parse_time`. Text without a zone is UTC. By default all that
        the rows tell about.
    beside : sequence of str, optional
        A text for each row, written at its right, such as until when the secondary keeps what only it has.
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
        If there is no row, or none of any length; if `show` is none of these; if `beside` has another number of texts;
        or if a time cannot be understood.

    Notes
    -----
    Up to forty rows in view are bars, more are an image. Every point of it shows the worst that happened in its bin of
    time, so that a second in ten years is seen; of more than 800 rows, the worst of a group of neighbours. When the
    limits of the axes change, what is then in view is drawn anew. Cost: passes over the stretches of all rows, once for
    the rows and once for each view.

    Examples
    --------
    >>> from archredundancy.coverage import Coverage, Layer, State
    >>> from archredundancy.model import TimeRange
    >>> from archredundancy.segments import Segments
    >>> day = TimeRange(start=0, end=86400 * 10**9)
    >>> active = Layer(segments=Segments.of((0, day.end)), state=State.ACTIVE)
    >>> stopped = Layer(segments=Segments.of((10**13, 2 * 10**13)), state=State.STOPPED)
    >>> primary = Coverage.from_layers("primary", day, [active, stopped])
    >>> secondary = Coverage.from_layers("secondary", day, [active])
    >>> figure = plot_many([("SR:DCCT:CURRENT", primary, secondary)])
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['both', 'only secondary']
    """
    content = ManyRows.of(rows, show, beside)
    view = part_in_view(content.window, start, end, now=content.window.end)
    return draw_rows_picture(content, view, dark=dark, figure=figure)
