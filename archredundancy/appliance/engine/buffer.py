"""Samples in memory, on their way from a channel to the first store (`SampleBuffer`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from archredundancy.appliance.messages.message import Sample, encode_sample
from archredundancy.appliance.storage.row import Row
from archredundancy.model import NS_PER_SECOND, DbrType, start_of_year, year_of

__all__ = ["Buffered", "SampleBuffer"]


@dataclass(frozen=True, kw_only=True)
class Buffered:
    """A sample that is not written yet.

    Attributes
    ----------
    time : int, ns since 1970 UTC
    sample : Sample
    dbr_type : DbrType
    """

    time: int
    sample: Sample
    dbr_type: DbrType

    @classmethod
    def of(cls, time: int, sample: Sample, dbr_type: DbrType) -> Buffered:
        """Return a sample with its stamp in the form of the archive, from the start of its year."""
        seconds, nano = divmod(time - start_of_year(year_of(time)), NS_PER_SECOND)
        return cls(time=time, sample=replace(sample, seconds=seconds, nano=nano), dbr_type=dbr_type)

    def with_fields(self, fields: Mapping[str, str], actual_change: bool) -> Buffered:
        """Return the sample with further fields behind those that it has."""
        return replace(
            self,
            sample=replace(self.sample, fields=self.sample.fields | dict(fields), actual_change=actual_change),
        )

    def row(self) -> Row:
        """Return the sample as a store has it."""
        return Row(encode_sample(self.sample, self.dbr_type), self.dbr_type, year_of(self.time))


class SampleBuffer:
    """The samples since the last writing, and those written then: readers are shown both.

    Parameters
    ----------
    capacity : int
        More samples than that push out the oldest.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._current: deque[Buffered] = deque(maxlen=capacity)
        self._previous: list[Buffered] = []

    def __len__(self) -> int:
        return len(self._current)

    def __iter__(self) -> Iterator[Buffered]:
        yield from self._previous
        yield from self._current

    def add(self, sample: Buffered) -> bool:
        """Add a sample; returns False if another one was lost for it."""
        fits = len(self._current) < self.capacity
        self._current.append(sample)
        return fits

    def take(self) -> list[Buffered]:
        """Return the samples since the last writing, which are kept for readers until the next one."""
        if self._current:
            self._previous, self._current = list(self._current), deque(maxlen=self.capacity)
            return self._previous
        return []
