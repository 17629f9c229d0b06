"""How states are drawn, in every picture of this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.states.states import State
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

__all__ = [
    "STATE_LOOKS",
    "WHO_LOOKS",
    "Look",
    "Painting",
    "coverage_layers",
    "drawn_stretches",
    "in_full",
    "inside",
    "who_layers",
]


@dataclass(frozen=True, kw_only=True)
class Look:
    """Colour and hatching of one meaning.

    Attributes
    ----------
    colour : str
        `#rrggbb`. Readers who lack one kind of cone can tell it from the others of its group.
    label : str
    hatching : {"", "rise", "fall", "cross", "dots"}
        In the colour of the paper, over the colour: says the same without colour.
    on_dark : str
        The colour on dark paper, where it is another one.
    """

    colour: str
    label: str
    hatching: str = ""
    on_dark: str = ""

    def on(self, dark: bool) -> str:
        """Return the colour on light or dark paper."""
        return self.on_dark if dark and self.on_dark else self.colour


#: The usual is pale and the unusual strong, so that a point of it is seen among thousands.
_CALM, _CALM_ON_DARK, _DOUBTFUL = "#bcd6ea", "#2b4a62", "#8c8c8c"

#: Worse states come later: they are drawn over better ones, so that a pixel shows its worst.
STATE_LOOKS: Mapping[State, Look] = {
    State.ACTIVE: Look(colour=_CALM, on_dark=_CALM_ON_DARK, label="active"),
    State.UNKNOWN: Look(colour=_DOUBTFUL, label="unknown", hatching="dots"),
    State.DISCONNECTED: Look(colour="#701560", on_dark="#d070c8", label="disconnected", hatching="fall"),
    State.STOPPED: Look(colour="#f0c020", label="stopped", hatching="rise"),
    State.SILENT: Look(colour="#d55e00", label="silent", hatching="cross"),
}
#: By name in `Comparison.who`, in the same order: what a merge can recover is drawn last.
WHO_LOOKS: Mapping[str, Look] = {
    "both": Look(colour=_CALM, on_dark=_CALM_ON_DARK, label="both"),
    "only_primary": Look(colour="#0072b2", on_dark="#5ab8f0", label="only primary", hatching="rise"),
    "undecided": Look(colour=_DOUBTFUL, label="undecided", hatching="dots"),
    "neither": Look(colour="#000000", on_dark="#ffffff", label="neither"),
    "only_secondary": Look(colour="#009a3c", label="only secondary", hatching="fall"),
}

#: Where each look goes, in the order of drawing.
Painting = list[tuple[Look, Segments]]


def coverage_layers(coverage: Coverage) -> Painting:
    """Return the stretches of each state of one side; states that do not occur are left out."""
    layers = [(look, coverage.segments(state)) for state, look in STATE_LOOKS.items()]
    return [(look, segments) for look, segments in layers if len(segments)]


def who_layers(who: Mapping[str, Segments]) -> Painting:
    """Return the stretches of each answer to who has it (`Comparison.who`); empty ones are left out."""
    return [(look, who[name]) for name, look in WHO_LOOKS.items() if len(who[name])]


def in_full(painting: Painting, looks: Iterable[Look]) -> Painting:
    """Return a painting with all of these looks, in their order, empty ones included."""
    present = dict(painting)
    return [(look, present.get(look, Segments.empty())) for look in looks]


def inside(painting: Painting, window: TimeRange) -> Painting:
    """Return what of a painting lies in a window; looks that do not occur there are left out."""
    clipped = [(look, segments.clip(window.start, window.end)) for look, segments in painting]
    return [(look, segments) for look, segments in clipped if len(segments)]


def drawn_stretches(
    segments: Segments, window: TimeRange, most: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return starts and ends of bars for these segments, int64 ns, few and wide enough to be seen.

    Parameters
    ----------
    segments : Segments
    window : TimeRange
        What the picture shows.
    most : int
        Bars that fit beside each other: none gets narrower than the `most`-th part of the window, and those that then
        meet are joined.

    Examples
    --------
    >>> outages = Segments.of((5, 6), (400, 401), (420, 430), (999, 1000))
    >>> drawn_stretches(outages, TimeRange(start=0, end=1000), most=20)
    (array([  5, 400, 950]), array([  55, 470, 1000]))
    """
    seen = segments.clip(window.start, window.end)
    narrowest = max(window.duration // most, 1)
    start = np.minimum(seen.start, window.end - narrowest)
    bars = Segments.from_arrays(start, np.maximum(seen.end, start + narrowest))
    return bars.start, bars.end
