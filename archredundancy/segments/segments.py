"""`Segments`: a set of instants, kept as half-open intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.segments.sweep import intersect, normalise, parity

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Segments"]


@dataclass(frozen=True, eq=False, repr=False)
class Segments:
    """Half-open intervals `[start, end)`, sorted, disjoint, and with a hole between any two.

    Build them with `of`, `from_arrays` or `empty`, which bring any intervals into this form. Two `Segments` that hold
    the same instants are then equal, edge by edge.

    Attributes
    ----------
    start, end : int64, (n,), ns since 1970 UTC
        First instant inside, and first instant after, each interval. Read-only.

    Notes
    -----
    `a | b`, `a & b`, `a - b` and `a ^ b` take one pass over the edges of both; where one side has few intervals, `&`
    takes only a search for each. No operation loops over intervals in Python.

    Examples
    --------
    >>> night = Segments.of((0, 10), (20, 30))
    >>> list(night & Segments.of((5, 25)))
    [(5, 10), (20, 25)]
    >>> list(night | Segments.of((10, 20)))
    [(0, 30)]
    """

    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        """Make the edges read-only."""
        self.start.setflags(write=False)
        self.end.setflags(write=False)

    @classmethod
    def from_arrays(cls, start: npt.ArrayLike, end: npt.ArrayLike) -> Segments:
        """Return the union of intervals in any order, overlapping, touching or empty.

        Parameters
        ----------
        start, end : int64, (n,), ns since 1970 UTC

        Raises
        ------
        InputError
            If the arrays differ in shape, or an interval ends before it starts.

        Examples
        --------
        >>> list(Segments.from_arrays([20, 0, 10], [30, 10, 12]))
        [(0, 12), (20, 30)]
        """
        starts, ends = np.asarray(start, np.int64), np.asarray(end, np.int64)
        if starts.ndim != 1 or starts.shape != ends.shape:
            raise InputError(
                f"start has shape {starts.shape} and end {ends.shape}; give one of each for every interval"
            )
        if np.any(backwards := ends < starts):
            row = int(np.argmax(backwards))
            raise InputError(f"interval {row} ends at {_text(ends[row])}, before its start {_text(starts[row])}")
        return cls(*normalise(starts, ends))

    @classmethod
    def of(cls, *pairs: tuple[int, int]) -> Segments:
        """Return the union of intervals given as (start, end) pairs, ns; see `from_arrays`."""
        edges = np.array(pairs, np.int64).reshape(-1, 2)
        return cls.from_arrays(edges[:, 0], edges[:, 1])

    @classmethod
    def empty(cls) -> Segments:
        """Return no interval."""
        return cls.of()

    def __len__(self) -> int:
        return len(self.start)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self.start.tolist(), self.end.tolist(), strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segments):
            return NotImplemented
        return np.array_equal(self.start, other.start) and np.array_equal(self.end, other.end)

    def __hash__(self) -> int:
        return hash((self.start.tobytes(), self.end.tobytes()))

    def __repr__(self) -> str:
        if (span := self.span) is None:
            return "<no Segments>"
        return f"<{len(self)} Segments, {self.total / 1e9:.9g} s within {_text(span[0])} .. {_text(span[1])}>"

    def __or__(self, other: Segments) -> Segments:
        return Segments(*normalise(np.concatenate([self.start, other.start]), np.concatenate([self.end, other.end])))

    def __and__(self, other: Segments) -> Segments:
        few, many = sorted((self, other), key=len)
        return Segments(*intersect(few.start, few.end, many.start, many.end))

    def __xor__(self, other: Segments) -> Segments:
        return Segments(*parity(self.start, self.end, other.start, other.end))

    def __sub__(self, other: Segments) -> Segments:
        return self ^ (self & other)

    def clip(self, start: int, end: int) -> Segments:
        """Return what lies inside `[start, end)`, ns since 1970 UTC."""
        return self & Segments.of((start, end))

    def contains(self, times: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return for each instant whether it lies inside an interval.

        Parameters
        ----------
        times : int64, any shape, ns since 1970 UTC

        Returns
        -------
        bool, same shape

        Examples
        --------
        >>> Segments.of((0, 10)).contains([0, 9, 10])
        array([ True,  True, False])
        """
        stamps = np.asarray(times, np.int64)
        inside: npt.NDArray[np.bool_] = np.searchsorted(self.start, stamps, "right") != np.searchsorted(
            self.end, stamps, "right"
        )
        return inside

    @property
    def duration(self) -> npt.NDArray[np.int64]:
        """Length of each interval, int64, (n,), ns."""
        return self.end - self.start

    @property
    def total(self) -> int:
        """Sum of the lengths, ns."""
        return int(self.duration.sum())

    @property
    def longest(self) -> int:
        """Length of the longest interval, ns; 0 without any."""
        return int(self.duration.max(initial=0))

    @property
    def span(self) -> tuple[int, int] | None:
        """Start of the first and end of the last interval, ns since 1970 UTC; None without any."""
        return (int(self.start[0]), int(self.end[-1])) if len(self) else None

    def longer_than(self, ns: int) -> Segments:
        """Return the intervals that last longer than `ns`."""
        return self._where(self.duration > ns)

    def shorter_than(self, ns: int) -> Segments:
        """Return the intervals that last less than `ns`."""
        return self._where(self.duration < ns)

    def _where(self, chosen: npt.NDArray[np.bool_]) -> Segments:
        return Segments(self.start[chosen], self.end[chosen])

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with columns start and end (datetime64[ns], UTC) and duration (timedelta64[ns])."""
        import pandas as pd

        return pd.DataFrame(
            {
                "start": self.start.view("datetime64[ns]"),
                "end": self.end.view("datetime64[ns]"),
                "duration": self.duration.view("timedelta64[ns]"),
            }
        )


def _text(ns: int | np.int64) -> str:
    return f"{np.datetime64(int(ns), 'ns')}Z"
