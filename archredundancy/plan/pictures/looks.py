"""How what a merge does is drawn; the colours are those of coverage pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archredundancy.display.looks import BOTH, DISCONNECTED, ONLY_SECONDARY, SILENT, Look

__all__ = ["DOES", "GAIN", "HAD", "LOST", "MISSED", "SHADES", "Meaning"]


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a colour says of samples."""

    label: str
    look: Look


HAD: Final = Meaning(label="the primary has", look=BOTH)
GAIN: Final = Meaning(label="will be gained", look=ONLY_SECONDARY)
MISSED: Final = Meaning(label="won't arrive", look=SILENT)
LOST: Final = Meaning(label="would be destroyed", look=DISCONNECTED)
#: From the best to the gravest.
SHADES: Final = (HAD, GAIN, MISSED, LOST)
#: The same of partitions, of which the gravest is drawn.
DOES: Final = ("stays as it is", "gains", "some won't arrive", "would lose samples")
