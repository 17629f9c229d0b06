"""Every colour and hatching of this package's pictures: what is drawn alike means the same in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "ACTIVE",
    "BOTH",
    "DISCONNECTED",
    "LOOKS",
    "NEITHER",
    "ONLY_PRIMARY",
    "ONLY_SECONDARY",
    "SILENT",
    "STOPPED",
    "UNDECIDED",
    "UNKNOWN",
    "Look",
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

    Examples
    --------
    >>> SILENT.on(dark=True), BOTH.on(dark=True)
    ('#d55e00', '#2b4a62')
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

#: One side's states.
ACTIVE: Final = Look(colour=_CALM, on_dark=_CALM_ON_DARK, label="active")
UNKNOWN: Final = Look(colour=_DOUBTFUL, label="unknown", hatching="dots")
DISCONNECTED: Final = Look(colour="#701560", on_dark="#d070c8", label="disconnected", hatching="fall")
STOPPED: Final = Look(colour="#f0c020", label="stopped", hatching="rise")
SILENT: Final = Look(colour="#d55e00", label="silent", hatching="cross")

#: Who has it.
BOTH: Final = Look(colour=_CALM, on_dark=_CALM_ON_DARK, label="both")
ONLY_PRIMARY: Final = Look(colour="#0072b2", on_dark="#5ab8f0", label="only primary", hatching="rise")
UNDECIDED: Final = Look(colour=_DOUBTFUL, label="undecided", hatching="dots")
NEITHER: Final = Look(colour="#000000", on_dark="#ffffff", label="neither")
ONLY_SECONDARY: Final = Look(colour="#009a3c", label="only secondary", hatching="fall")

#: All of them.
LOOKS: Final = (
    ACTIVE,
    UNKNOWN,
    DISCONNECTED,
    STOPPED,
    SILENT,
    BOTH,
    ONLY_PRIMARY,
    UNDECIDED,
    NEITHER,
    ONLY_SECONDARY,
)
