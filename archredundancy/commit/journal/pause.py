"""`Pause`: for how long the primary did not record a PV because of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archredundancy.commit.journal.history import PVHistory
from archredundancy.model import NS_PER_SECOND, format_time, parse_time

__all__ = ["Pause", "pause_of"]


@dataclass(frozen=True, kw_only=True)
class Pause:
    """The hole that a run has made in what the primary recorded of a PV.

    Attributes
    ----------
    start, end : int, ns since 1970 UTC
        From the call that paused it, or the primary's newest sample if that is later, to the first sample after it was
        resumed; half-open. Where no sample has come since, to the call that resumed it.
    is_over : bool
        Whether a sample has come since.
    """

    start: int
    end: int
    is_over: bool

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start) / NS_PER_SECOND

    def __bool__(self) -> bool:
        """Whether it has any length."""
        return self.end > self.start

    def __str__(self) -> str:
        end = "its first sample since, at" if self.is_over else "its resumption (no sample has come since), at"
        return f"not recorded by the primary from {format_time(self.start)} to {end} {format_time(self.end)}"

    def to_json(self) -> dict[str, Any]:
        """Return it as a journal holds it."""
        return {"start": format_time(self.start), "end": format_time(self.end), "is_over": self.is_over}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Pause:
        """Return what a journal holds."""
        start, end = (parse_time(data[name], now=0) for name in ("start", "end"))
        return cls(start=start, end=end, is_over=bool(data["is_over"]))


def pause_of(history: PVHistory) -> Pause | None:
    """Return the pause of a PV as it was written down last; None if it was not paused, or not resumed yet."""
    found = [entry.facts["pause"] for entry in history.entries if entry.kind == "note" and "pause" in entry.facts]
    return Pause.from_json(found[-1]) if found else None
