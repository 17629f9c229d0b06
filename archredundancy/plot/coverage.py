"""Pictures of coverages: rows of bars, or of many PVs an image."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from matplotlib.figure import Figure

from archredundancy.coverage import Coverage, combine
from archredundancy.coverage.palette import STATE_LOOKS, WHO_LOOKS, Look, Painting, coverage_layers, who_layers
from archredundancy.errors import InputError
from archredundancy.model import TimeRange, parse_time
from archredundancy.plot.rows import Rows, draw_rows_picture
from archredundancy.segments import Segments

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
    rows = Rows(
        title=title or _counted(len(named), "row"),
        subject="states",
        names=[name for name, _ in named],
        paintings=[_in_full(coverage_layers(coverage), STATE_LOOKS.values()) for _, coverage in named],
        window=_window([coverage for _, coverage in named], start, end),
    )
    return draw_rows_picture(rows, dark=dark, figure=figure)


def _who(primary: Coverage, secondary: Coverage) -> Painting:
    return who_layers(combine(primary, secondary))


def _primary(primary: Coverage, _secondary: Coverage) -> Painting:
    return coverage_layers(primary)


def _secondary(_primary: Coverage, secondary: Coverage) -> Painting:
    return coverage_layers(secondary)


#: What `plot_many` can show: the looks, what to call it, and how a row is painted.
_SHOWN: Mapping[str, tuple[Sequence[Look], str, Callable[[Coverage, Coverage], Painting]]] = {
    "who": (tuple(WHO_LOOKS.values()), "who has what", _who),
    "primary": (tuple(STATE_LOOKS.values()), "states at the primary", _primary),
    "secondary": (tuple(STATE_LOOKS.values()), "states at the secondary", _secondary),
}


def plot_many(
    rows: Iterable[tuple[str, Coverage, Coverage]],
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
    if show not in _SHOWN:
        raise InputError(f"cannot show {show!r}; allowed: {', '.join(_SHOWN)}")
    given = list(rows)
    if beside and len(beside) != len(given):
        raise InputError(f"{len(beside)} texts beside {len(given)} rows; give one for each row, or none")
    looks, subject, paint = _SHOWN[show]
    window = _window([coverage for _, *coverages in given for coverage in coverages], start, end)
    content = Rows(
        title=given[0][0] if len(given) == 1 else _counted(len(given), "PV"),
        subject=subject,
        names=[name for name, _, _ in given],
        paintings=[_in_full(paint(primary, secondary), looks) for _, primary, secondary in given],
        window=window,
        beside=beside,
    )
    return draw_rows_picture(content, dark=dark, figure=figure)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _in_full(painting: Painting, looks: Iterable[Look]) -> Painting:
    """Return a painting with all looks, empty ones included."""
    present = dict(painting)
    return [(look, present.get(look, Segments.empty())) for look in looks]


def _window(coverages: Sequence[Coverage], start: object, end: object) -> TimeRange:
    drawn = [coverage for coverage in coverages if len(coverage)]
    if not drawn:
        raise InputError("there is no coverage to draw; give one or more that cover a range of time")
    whole = min(int(coverage.start[0]) for coverage in drawn), max(int(coverage.end[-1]) for coverage in drawn)
    return TimeRange(
        start=whole[0] if start is None else parse_time(start, now=whole[1]),
        end=whole[1] if end is None else parse_time(end, now=whole[1]),
    )
