"""How many samples of a PV an engine says to have thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["LostEvents"]

_NAMES = {
    "buffer_full": "How many events lost because the sample buffer is full so far?",
    "stamps_refused": "How many events lost because the timestamp is in the far future or past so far?",
    "type_changed": "How many events lost because the DBR_Type of the PV has changed from what it used to be?",
}


@dataclass(frozen=True, kw_only=True)
class LostEvents:
    """Counters of an engine since it began to archive the PV, which may be its start or the last resume.

    Attributes
    ----------
    buffer_full : int
        Samples that came faster than the buffer was emptied.
    stamps_refused : int
        Samples stamped far in the future or past.
    type_changed : int
        Samples of another DBR type than the archived one.
    """

    buffer_full: int = 0
    stamps_refused: int = 0
    type_changed: int = 0

    @classmethod
    def from_details(cls, details: Mapping[str, str]) -> LostEvents | None:
        """Return the counters among the lines of `getPVDetails`; None where the engine does not tell, as when paused.

        Examples
        --------
        >>> LostEvents.from_details({"How many events lost because the sample buffer is full so far?": "12"})
        LostEvents(buffer_full=12, stamps_refused=0, type_changed=0)
        """
        told = {name: details[line] for name, line in _NAMES.items() if details.get(line, "").isdecimal()}
        return cls(**{name: int(count) for name, count in told.items()}) if told else None
