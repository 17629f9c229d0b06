"""What the records of a simulated IOC do over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol

from archredundancy.appliance.engine.source import Sampled
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType

__all__ = ["Given", "Periodic", "Series"]


class Series(Protocol):
    """When a record is processed, and what comes of it."""

    @property
    def dbr_type(self) -> DbrType:
        """Type of the samples."""

    def last(self, now: int) -> Sampled | None:
        """Return the last sample at or before a time, ns since 1970 UTC; None if there is none."""

    def next(self, after: int) -> int | None:
        """Return when the record is processed next after a time, ns since 1970 UTC; None if never again."""


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """A record that is processed again and again.

    Attributes
    ----------
    value : callable
        Gives the value at a time, ns since 1970 UTC.
    period : float, seconds
    dbr_type : DbrType
    offset : float, seconds
        Of the processing from whole periods since 1970, such as the 0.147 s that real stamps have.
    alarm : callable, optional
        Gives severity and status of a value.

    Raises
    ------
    InputError
        If the period is no time.
    """

    value: Callable[[int], Any]
    period: float = 1.0
    dbr_type: DbrType = DbrType.SCALAR_DOUBLE
    offset: float = 0.0
    alarm: Callable[[Any], tuple[int, int]] | None = None

    def __post_init__(self) -> None:
        if round(self.period * NS_PER_SECOND) < 1:
            raise InputError(f"the period is {self.period} s; give more, such as 1.0")

    def last(self, now: int) -> Sampled:
        """Return the last sample at or before a time."""
        step, shift = self._steps()
        time = (now - shift) // step * step + shift
        value = self.value(time)
        severity, status = self.alarm(value) if self.alarm else (0, 0)
        return Sampled(dbr_type=self.dbr_type, time=time, value=value, severity=severity, status=status)

    def next(self, after: int) -> int:
        """Return when the record is processed next."""
        step, shift = self._steps()
        return ((after - shift) // step + 1) * step + shift

    def _steps(self) -> tuple[int, int]:
        return round(self.period * NS_PER_SECOND), round(self.offset * NS_PER_SECOND)


@dataclass(frozen=True, kw_only=True)
class Given:
    """A record whose samples are all known, such as recorded ones.

    Attributes
    ----------
    samples : sequence of Sampled
        In order of time.
    dbr_type : DbrType
        Of a record without samples.

    Raises
    ------
    InputError
        If the samples are not in order of time.
    """

    samples: Sequence[Sampled] = field(default=())
    dbr_type: DbrType = DbrType.SCALAR_DOUBLE

    def __post_init__(self) -> None:
        if any(one.time >= two.time for one, two in pairwise(self.samples)):
            raise InputError("the samples are not in order of time; sort them by it, with one for each time")
        if self.samples:
            object.__setattr__(self, "dbr_type", self.samples[0].dbr_type)

    @cached_property
    def _times(self) -> list[int]:
        return [sample.time for sample in self.samples]

    def last(self, now: int) -> Sampled | None:
        """Return the last sample at or before a time."""
        place = bisect_right(self._times, now)
        return self.samples[place - 1] if place else None

    def next(self, after: int) -> int | None:
        """Return when the record is processed next."""
        place = bisect_right(self._times, after)
        return self._times[place] if place < len(self._times) else None
