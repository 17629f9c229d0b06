"""How states, and who has what, are drawn in every picture of coverage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.states.states import State
from archredundancy.display import looks
from archredundancy.display.looks import Look
from archredundancy.display.painting import Painting
from archredundancy.segments import Segments

__all__ = ["STATE_LOOKS", "WHO_LOOKS", "coverage_layers", "who_layers"]

#: Worse states come later: they are drawn over better ones, so that a pixel shows its worst.
STATE_LOOKS: Final[Mapping[State, Look]] = {
    State.ACTIVE: looks.ACTIVE,
    State.UNKNOWN: looks.UNKNOWN,
    State.DISCONNECTED: looks.DISCONNECTED,
    State.STOPPED: looks.STOPPED,
    State.SILENT: looks.SILENT,
}
#: By name in `Comparison.who`, in the same order: what a merge can recover is drawn last.
WHO_LOOKS: Final[Mapping[str, Look]] = {
    "both": looks.BOTH,
    "only_primary": looks.ONLY_PRIMARY,
    "undecided": looks.UNDECIDED,
    "neither": looks.NEITHER,
    "only_secondary": looks.ONLY_SECONDARY,
}


def coverage_layers(coverage: Coverage) -> Painting:
    """Return the stretches of each state of one side; states that do not occur are left out."""
    layers = [(look, coverage.segments(state)) for state, look in STATE_LOOKS.items()]
    return [(look, segments) for look, segments in layers if len(segments)]


def who_layers(who: Mapping[str, Segments]) -> Painting:
    """Return the stretches of each answer to who has it (`Comparison.who`); empty ones are left out."""
    return [(look, who[name]) for name, look in WHO_LOOKS.items() if len(who[name])]
