"""`Coverage`: one side's states over a range, without holes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.states import Cause, Presence, Proof, State
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Coverage", "Layer", "combine"]

_PRESENCE = np.array([Presence.UNKNOWN, Presence.PRESENT, Presence.ABSENT, Presence.ABSENT, Presence.ABSENT], np.int8)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Stretches that share a state, a cause and a proof."""

    segments: Segments
    state: State
    cause: Cause = Cause.NONE
    proof: Proof = Proof.NONE


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """States of one PV at one archiver: stretches that fill a range, in order, neighbours differing.

    Attributes
    ----------
    cluster : str
    start, end : int64, (m,), ns since 1970 UTC
        Half-open stretches; each begins where the last one ends.
    layer : intp, (m,)
        Which of `layers` each stretch belongs to.
    layers : tuple of Layer
    """

    cluster: str
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    layer: npt.NDArray[np.intp]
    layers: tuple[Layer, ...]

    @classmethod
    def from_layers(cls, cluster: str, asked: TimeRange, layers: Sequence[Layer]) -> Coverage:
        """Paint layers over each other, later ones on top; where none is, the state is unknown.

        Cost: a sort of all edges and one pass a layer.
        """
        layers = (Layer(segments=Segments.of((asked.start, asked.end)), state=State.UNKNOWN), *layers)
        clipped = [layer.segments.clip(asked.start, asked.end) for layer in layers]
        edges = np.unique(np.concatenate([edge for segments in clipped for edge in (segments.start, segments.end)]))
        top = np.zeros(max(len(edges) - 1, 0), np.intp)
        for number, segments in enumerate(clipped):
            top[segments.contains(edges[:-1])] = number
        first = np.flatnonzero(np.diff(top, prepend=-1))
        start, end = edges[:-1][first], np.append(edges[:-1][first[1:]], edges[-1:])
        return cls(cluster=cluster, start=start, end=end, layer=top[first], layers=layers)

    def __len__(self) -> int:
        return len(self.start)

    @property
    def state(self) -> npt.NDArray[np.int8]:
        """State of each stretch, int8, (m,)."""
        return np.array([layer.state for layer in self.layers], np.int8)[self.layer]

    @property
    def presence(self) -> npt.NDArray[np.int8]:
        """Presence of each stretch, int8, (m,)."""
        return _PRESENCE[self.state]

    def segments(self, *states: State) -> Segments:
        """Return where the PV was in any of these states."""
        chosen = np.isin(self.state, states)
        return Segments.from_arrays(self.start[chosen], self.end[chosen])

    @property
    def known(self) -> Segments:
        """Where the archiver can vouch either way."""
        return self.segments(State.ACTIVE, State.DISCONNECTED, State.STOPPED, State.SILENT)

    @property
    def active(self) -> Segments:
        """Where the archiver was connected and the last value holds."""
        return self.segments(State.ACTIVE)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a stretch: cluster, start, end (datetime64[ns] UTC), state, cause, evidence."""
        import pandas as pd

        chosen = [self.layers[number] for number in self.layer]
        return pd.DataFrame(
            {
                "cluster": self.cluster,
                "start": self.start.view("datetime64[ns]"),
                "end": self.end.view("datetime64[ns]"),
                "state": [layer.state.label for layer in chosen],
                "cause": [layer.cause.value for layer in chosen],
                "evidence": [layer.proof.value for layer in chosen],
            }
        )


def combine(primary: Coverage, secondary: Coverage) -> dict[str, Segments]:
    """Return who has what, by Kleene's logic: missing or unknown is unknown.

    Returns
    -------
    dict of str to Segments
        `both`, `only_primary`, `only_secondary` (what a merge can recover), `neither` (lost, or nothing to archive),
        `undecided`; disjoint, and together all that was asked.
    """
    edges = np.unique(np.concatenate([primary.start, primary.end, secondary.start, secondary.end]))
    start, end = edges[:-1], edges[1:]
    mine = primary.presence[np.searchsorted(primary.start, start, side="right") - 1]
    theirs = secondary.presence[np.searchsorted(secondary.start, start, side="right") - 1]
    yes, no = Presence.PRESENT, Presence.ABSENT
    rules = {
        "both": (mine == yes) & (theirs == yes),
        "only_primary": (mine == yes) & (theirs == no),
        "only_secondary": (mine == no) & (theirs == yes),
        "neither": (mine == no) & (theirs == no),
        "undecided": (mine == Presence.UNKNOWN) | (theirs == Presence.UNKNOWN),
    }
    return {name: Segments.from_arrays(start[chosen], end[chosen]) for name, chosen in rules.items()}
