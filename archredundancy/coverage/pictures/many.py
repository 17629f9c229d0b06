"""Many PVs over time: what is shown of them, and the worst in each bin of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.pictures.palette import STATE_LOOKS, WHO_LOOKS, coverage_layers, who_layers
from archredundancy.coverage.states.coverage import Coverage, combine
from archredundancy.display.boxes import bin_edges, worst_in_bins
from archredundancy.display.looks import Look
from archredundancy.display.painting import Painting, in_full
from archredundancy.display.texts import duration_text
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, TimeRange

__all__ = ["ManyRows", "Rows", "image_note", "whole_range", "worst_image"]

#: Name of a PV, and its coverage at the primary and at the secondary.
Rows = Iterable[tuple[str, Coverage, Coverage]]


def _who(primary: Coverage, secondary: Coverage) -> Painting:
    return who_layers(combine(primary, secondary))


def _primary(primary: Coverage, _secondary: Coverage) -> Painting:
    return coverage_layers(primary)


def _secondary(_primary: Coverage, secondary: Coverage) -> Painting:
    return coverage_layers(secondary)


#: What can be shown: the looks, what to call it, and how a row is painted.
_SHOWN: Mapping[str, tuple[Sequence[Look], str, Callable[[Coverage, Coverage], Painting]]] = {
    "who": (tuple(WHO_LOOKS.values()), "who has what", _who),
    "primary": (tuple(STATE_LOOKS.values()), "states at the primary", _primary),
    "secondary": (tuple(STATE_LOOKS.values()), "states at the secondary", _secondary),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class ManyRows:
    """What a picture of many PVs shows.

    Attributes
    ----------
    title, subject : str
        Whose coverage it is, and what of it is shown.
    names : list of str
    paintings : list of Painting
        A row each, from the top; every one has all looks, worse ones later.
    looks : sequence of Look
    window : TimeRange
        All that the rows tell about.
    beside : sequence of str
        Texts at the right of the rows; empty for none.
    """

    title: str
    subject: str
    names: list[str]
    paintings: list[Painting]
    looks: Sequence[Look]
    window: TimeRange
    beside: Sequence[str]

    @classmethod
    def of(cls, rows: Rows, show: str, beside: Sequence[str]) -> ManyRows:
        """Paint rows.

        Raises
        ------
        InputError
            If there is no row, or none of any length; if `show` is none of "who", "primary", "secondary"; or if
            `beside` has another number of texts.
        """
        if show not in _SHOWN:
            raise InputError(f"cannot show {show!r}; allowed: {', '.join(_SHOWN)}")
        given = list(rows)
        if beside and len(beside) != len(given):
            raise InputError(f"{len(beside)} texts beside {len(given)} rows; give one for each row, or none")
        looks, subject, paint = _SHOWN[show]
        return cls(
            window=whole_range([coverage for _, *coverages in given for coverage in coverages]),
            title=given[0][0] if len(given) == 1 else f"{len(given):,} PVs",
            subject=subject,
            names=[name for name, _, _ in given],
            paintings=[in_full(paint(primary, secondary), looks) for _, primary, secondary in given],
            looks=looks,
            beside=beside,
        )


def whole_range(coverages: Sequence[Coverage]) -> TimeRange:
    """Return the range that some coverages tell about together.

    Raises
    ------
    InputError
        If there is none, or none of any length.
    """
    drawn = [coverage for coverage in coverages if len(coverage)]
    if not drawn:
        raise InputError("there is no coverage to draw; give one or more that cover a range of time")
    return TimeRange(
        start=min(int(coverage.start[0]) for coverage in drawn), end=max(int(coverage.end[-1]) for coverage in drawn)
    )


def worst_image(paintings: Sequence[Painting], window: TimeRange, bins: int, lines: int) -> npt.NDArray[np.int8]:
    """Return the worst look in each bin of each row, or, of more rows than `lines`, of each group of neighbours.

    Parameters
    ----------
    paintings : sequence of Painting
        All with the same looks, worse ones later.
    window : TimeRange
    bins, lines : int
        The image has at most so many columns and rows.

    Returns
    -------
    int8, (lines, bins)
        Which look it is, -1 where there is none. Bins are those of `bin_edges`.

    Notes
    -----
    Cost: a pass over the stretches of all rows.
    """
    edges = bin_edges(window, bins)
    worst = np.array([worst_in_bins(painting, edges) for painting in paintings], np.int8).reshape(-1, len(edges) - 1)
    lines = min(len(paintings), lines)
    first = np.arange(lines) * len(paintings) // max(lines, 1)
    grouped: npt.NDArray[np.int8] = np.maximum.reduceat(worst, first, axis=0) if lines else worst
    return grouped


def image_note(window: TimeRange, shape: tuple[int, ...], rows: int) -> str:
    """Return what a point of an image of `rows` rows stands for.

    Parameters
    ----------
    window : TimeRange
    shape : tuple of int
        Lines and bins of the image.
    rows : int
    """
    lines, bins = shape
    group = f" of up to {-(-rows // lines)} rows" if rows > lines else ""
    length = duration_text(window.duration / bins / NS_PER_SECOND)
    return f"Each point is {length}{group}, and has the colour of the worst in it."
