"""`Limits`: how much one plan may do before somebody has to split it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from math import isfinite
from typing import Final, Self

from archredundancy.display.texts import duration_text, plural
from archredundancy.errors import InputError
from archredundancy.plan.forecast.estimate import Estimate, size_text
from archredundancy.plan.forecast.partition_plan import Totals
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal

__all__ = ["Limits"]

_GIB: Final = 1 << 30
_SPLIT: Final = "Plan fewer PVs, or raise the limit {name!r} if you know that there is room and time."
_LEAVE_OUT: Final = "Leave it out, merge a part of it (start, end), or raise the limit {name!r}."


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a plan may come to. Whatever is above refuses it, and the refusal names the number.

    Attributes
    ----------
    pvs : int
        PVs in the plan.
    read_bytes : int, bytes
        Answers read for one PV, of both sides. Planning holds one PV's whole history in memory, as columns: 45 bytes
        for a scalar sample of some 21 bytes.
    samples : int
        Samples of one PV, of both sides together.
    rewritten_bytes : int, bytes
        Files of all PVs that are rewritten; the primary has each of them twice while it merges.
    pause_seconds : float, seconds
        For which one PV is estimated to be paused.

    Examples
    --------
    >>> Limits.of({"pvs": 20}).pvs
    20
    >>> Limits.of({"cows": 20})
    Traceback (most recent call last):
    archredundancy.errors.InputError: unknown limit 'cows'; allowed: pvs, read_bytes, samples, rewritten_bytes, ...
    """

    pvs: int = 1000
    read_bytes: int = _GIB
    samples: int = 100_000_000
    rewritten_bytes: int = 256 * _GIB
    pause_seconds: float = 3600.0

    @classmethod
    def of(cls, given: Self | Mapping[str, float] | None) -> Self:
        """Return limits from themselves, from those that shall differ from the usual ones, or the usual ones.

        Raises
        ------
        InputError
            If a name is unknown, or a limit is not a number of 1 or more.
        """
        if isinstance(given, cls):
            return given
        wanted: Mapping[str, float] = given if isinstance(given, Mapping) else {}
        names = [each.name for each in fields(cls)]
        for name, value in wanted.items():
            if name not in names:
                raise InputError(f"unknown limit {name!r}; allowed: {', '.join(names)}")
            if isinstance(value, bool) or not isinstance(value, int | float) or not (value >= 1 and isfinite(value)):
                raise InputError(f"the limit {name}={value!r} is not possible; give a number of 1 or more")
        numbers = {name: value if name == "pause_seconds" else int(value) for name, value in wanted.items()}
        return cls(**numbers)  # type: ignore[arg-type]

    def hazards_of_pv(self, totals: Totals, samples: int, estimate: Estimate) -> Iterator[Hazard]:
        """Yield what of one PV is above the limits."""
        if samples > self.samples:
            found = f"Both sides have {samples:,} samples of the PV, more than the limit of {self.samples:,}."
            yield refusal(HazardKind.OVER_LIMIT, found, _LEAVE_OUT.format(name="samples"))
        if totals.rewritten and estimate.pause_seconds > self.pause_seconds:
            found = (
                f"The PV would be paused for an estimated {duration_text(estimate.pause_seconds)}, longer than the "
                f"limit of {duration_text(self.pause_seconds)}."
            )
            yield refusal(HazardKind.OVER_LIMIT, found, _LEAVE_OUT.format(name="pause_seconds"))

    def hazards_of_plan(self, count: int, totals: Totals) -> Iterator[Hazard]:
        """Yield what of the whole plan is above the limits."""
        if count > self.pvs:
            found = f"The plan has {plural(count, 'PV')}, more than the limit of {self.pvs:,}."
            yield refusal(HazardKind.OVER_LIMIT, found, _SPLIT.format(name="pvs"))
        if totals.estimated_bytes > self.rewritten_bytes:
            found = (
                f"Files of about {size_text(totals.estimated_bytes)} would be rewritten, more than the limit of "
                f"{size_text(self.rewritten_bytes)}."
            )
            yield refusal(HazardKind.OVER_LIMIT, found, _SPLIT.format(name="rewritten_bytes"))
