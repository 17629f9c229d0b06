"""`Segments`: a set of instants, kept as half-open intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.segments.edges import as_ns, later, rounded_down, rounded_up
from archredundancy.segments.sweep import EARLIEST, LATEST, common, invert, normalise, parity

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Instant", "Segments"]

#: An instant as callers may give it: ns since 1970 UTC, or a time of numpy or pandas.
Instant: TypeAlias = "int | np.int64 | np.datetime64 | pd.Timestamp"


@dataclass(frozen=True, eq=False, repr=False)
class Segments:
    """Half-open intervals `[start, end)`, sorted, disjoint, and with a hole between any two.

    Build them with `of`, `from_arrays`, `from_table` or `empty`, which bring any intervals into this form. Two
    `Segments` that hold the same instants are then equal, edge by edge.

    Attributes
    ----------
    start, end : int64, (n,), ns since 1970 UTC
        First instant inside, and first instant after, each interval. Read-only.

    Notes
    -----
    `a | b`, `a & b`, `a - b` and `a ^ b` take one sort of the edges of both, which are nearly in order; `~a` is all of
    time that int64 can tell, but for `a`; `a <= b` tells whether `b` holds all of `a`. `segments[0]` is an interval as
    a pair, and a slice or a mask picks some of them. No operation loops over intervals in Python.

    Examples
    --------
    >>> night = Segments.of((0, 10), (20, 30))
    >>> list(night & Segments.of((5, 25)))
    [(5, 10), (20, 25)]
    >>> list(night | Segments.of((10, 20)))
    [(0, 30)]
    >>> list(night.complement(-5, 40))
    [(-5, 0), (10, 20), (30, 40)]
    >>> 10 in night, (22, 25) in night, night <= Segments.of((0, 100))
    (False, True, True)
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
        start, end : int64 (ns since 1970 UTC) or datetime64, (n,)

        Raises
        ------
        InputError
            If the arrays differ in shape, hold no exact times, or an interval ends before it starts.

        Examples
        --------
        >>> list(Segments.from_arrays([20, 0, 10], [30, 10, 12]))
        [(0, 12), (20, 30)]
        """
        starts, ends = as_ns(start), as_ns(end)
        if starts.ndim != 1 or starts.shape != ends.shape:
            raise InputError(
                f"start has shape {starts.shape} and end {ends.shape}; give one of each for every interval"
            )
        if np.any(backwards := ends < starts):
            row = int(np.argmax(backwards))
            raise InputError(f"interval {row} ends at {_text(ends[row])}, before its start {_text(starts[row])}")
        return cls(*normalise(starts, ends))

    @classmethod
    def of(cls, *pairs: tuple[Instant, Instant]) -> Segments:
        """Return the union of intervals given as (start, end) pairs; see `from_arrays`.

        Examples
        --------
        >>> Segments.of((np.datetime64("2026-10-01"), np.datetime64("2026-10-02")))
        <1 Segments, 86400 s within 2026-10-01T00:00:00.000000000Z .. 2026-10-02T00:00:00.000000000Z>
        """
        edges = as_ns(pairs).reshape(-1, 2)
        return cls.from_arrays(edges[:, 0], edges[:, 1])

    @classmethod
    def from_table(cls, table: Mapping[str, Any] | pd.DataFrame | xr.Dataset) -> Segments:
        """Return the union of the intervals in columns start and end; see `from_arrays`.

        Parameters
        ----------
        table : DataFrame, Dataset or mapping of arrays
            Such as `to_dataframe` gives, a table of gaps, or the node `known` of a loaded tree.

        Raises
        ------
        InputError
            If a column is missing, or as for `from_arrays`.

        Examples
        --------
        >>> Segments.from_table({"start": [0, 5], "end": [7, 9], "cause": ["IOC down", "PV paused"]}).span
        (0, 9)
        """
        if missing := [name for name in ("start", "end") if name not in table]:
            raise InputError(f"the table has no column {missing}; it has {[str(name) for name in table]}")
        return cls.from_arrays(table["start"], table["end"])

    @classmethod
    def empty(cls) -> Segments:
        """Return no interval."""
        return cls.of()

    def __len__(self) -> int:
        return len(self.start)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self.start.tolist(), self.end.tolist(), strict=True))

    @overload
    def __getitem__(self, which: int) -> tuple[int, int]: ...
    @overload
    def __getitem__(self, which: slice | npt.NDArray[np.bool_]) -> Segments: ...
    def __getitem__(self, which: int | slice | npt.NDArray[np.bool_]) -> tuple[int, int] | Segments:
        if isinstance(which, slice) or np.ndim(which):
            return self._joined(self.start[which], self.end[which])
        return int(self.start[which]), int(self.end[which])

    def __contains__(self, what: Instant | tuple[Instant, Instant]) -> bool:
        return Segments.of(what) <= self if isinstance(what, tuple) else bool(self.contains(what))

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
        if not isinstance(other, Segments):
            return NotImplemented
        return self._joined(np.concatenate([self.start, other.start]), np.concatenate([self.end, other.end]))

    def __and__(self, other: Segments) -> Segments:
        if not isinstance(other, Segments):
            return NotImplemented
        return Segments(*common(self.start, self.end, other.start, other.end))

    def __xor__(self, other: Segments) -> Segments:
        if not isinstance(other, Segments):
            return NotImplemented
        return Segments(*parity(self.start, self.end, other.start, other.end))

    def __sub__(self, other: Segments) -> Segments:
        if not isinstance(other, Segments):
            return NotImplemented
        return self & ~other

    def __invert__(self) -> Segments:
        return Segments(*invert(self.start, self.end))

    def __le__(self, other: Segments) -> bool:
        if not isinstance(other, Segments):
            return NotImplemented
        return bool(other.holds(self).all())

    def __ge__(self, other: Segments) -> bool:
        return other <= self if isinstance(other, Segments) else NotImplemented

    def clip(self, start: Instant, end: Instant) -> Segments:
        """Return what lies inside `[start, end)`. Cost: a search.

        Raises
        ------
        InputError
            If `end` lies before `start`.
        """
        first, last = _ordered(start, end)
        chosen = slice(np.searchsorted(self.end, first, "right"), np.searchsorted(self.start, last, "left"))
        starts, ends = np.maximum(self.start[chosen], first), np.minimum(self.end[chosen], last)
        return self._joined(starts, ends)

    def complement(self, start: Instant, end: Instant) -> Segments:
        """Return what of `[start, end)` lies outside: also before the first and after the last interval.

        Raises
        ------
        InputError
            If `end` lies before `start`.
        """
        return (~self).clip(start, end)

    def contains(self, times: npt.ArrayLike | Instant) -> npt.NDArray[np.bool_]:
        """Return for each instant whether it lies inside an interval.

        Parameters
        ----------
        times : int64 (ns since 1970 UTC) or datetime64, any shape

        Returns
        -------
        bool, same shape

        Examples
        --------
        >>> Segments.of((0, 10)).contains([0, 9, 10])
        array([ True,  True, False])
        """
        stamps = as_ns(times)
        inside: npt.NDArray[np.bool_] = np.searchsorted(self.start, stamps, "right") != np.searchsorted(
            self.end, stamps, "right"
        )
        return inside

    def holds(self, other: Segments) -> npt.NDArray[np.bool_]:
        """Return for each interval of `other`, bool (len(other),), whether it lies inside as a whole."""
        within = np.searchsorted(self.start, other.start, "right")
        return within > np.searchsorted(self.end, other.end, "left")

    def meets(self, other: Segments) -> npt.NDArray[np.bool_]:
        """Return for each of the own intervals, bool (len(self),), whether it shares an instant with `other`.

        Examples
        --------
        >>> outages, shifts = Segments.of((0, 10), (20, 30)), Segments.of((8, 12), (30, 40))
        >>> list(outages[outages.meets(shifts)])
        [(0, 10)]
        """
        return np.searchsorted(other.start, self.end, "left") > np.searchsorted(other.end, self.start, "right")

    def intersects(self, other: Segments) -> bool:
        """Return whether any instant lies in both."""
        few, many = sorted((self, other), key=len)
        return bool(few.meets(many).any())

    def protract(self, before: int, after: int | None = None) -> Segments:
        """Return the intervals grown at both ends; those that then meet are joined.

        Parameters
        ----------
        before, after : int, ns
            By how much each begins earlier and ends later; `after` is as `before` if not given. Negative numbers
            contract. Edges stop at the ends of int64.

        Examples
        --------
        >>> list(Segments.of((0, 10), (14, 20)).protract(2))
        [(-2, 22)]
        """
        after = before if after is None else after
        return self._joined(later(self.start, -before), later(self.end, after))

    def contract(self, before: int, after: int | None = None) -> Segments:
        """Return the intervals shrunk at both ends, ns; what is too short vanishes. See `protract`.

        Examples
        --------
        >>> list(Segments.of((0, 10), (14, 18)).contract(2))
        [(2, 8)]
        """
        return self.protract(-before, None if after is None else -after)

    def shift(self, ns: int) -> Segments:
        """Return the intervals moved to later times, or to earlier ones where `ns` is negative."""
        return self.protract(-ns, ns)

    def round(self, step: int, *, inward: bool = False) -> Segments:
        """Return the intervals with edges at multiples of `step` since 1970 UTC.

        Parameters
        ----------
        step : int, ns
        inward : bool
            Take whole steps inside, instead of all steps that are touched.

        Raises
        ------
        InputError
            If `step` is not positive.

        Examples
        --------
        >>> list(Segments.of((3, 18), (31, 34)).round(10)), list(Segments.of((3, 28), (31, 34)).round(10, inward=True))
        ([(0, 20), (30, 40)], [(10, 20)])
        """
        if step <= 0:
            raise InputError(f"the step is {step} ns; give a positive one")
        low, high = (rounded_up, rounded_down) if inward else (rounded_down, rounded_up)
        return self._joined(low(self.start, step), high(self.end, step))

    def join(self, up_to: int) -> Segments:
        """Return the intervals with those joined that lie no more than `up_to` ns apart.

        Examples
        --------
        >>> list(Segments.of((0, 10), (12, 20), (23, 30)).join(2))
        [(0, 20), (23, 30)]
        """
        kept = self.holes.longer_than(up_to)
        return Segments(np.append(self.start[:1], kept.end), np.append(kept.start, self.end[-1:]))

    @property
    def holes(self) -> Segments:
        """What lies between the intervals."""
        return Segments(self.end[:-1], self.start[1:])

    @property
    def duration(self) -> npt.NDArray[np.int64]:
        """Length of each interval, int64, (n,), ns; the largest int64 where it is longer than 292 years."""
        return np.minimum(self._lengths, LATEST).astype(np.int64)

    @property
    def total(self) -> int:
        """Sum of the lengths, ns."""
        return int(self._lengths.sum())

    def total_in(self, edges: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return how much of each bin lies inside.

        Parameters
        ----------
        edges : int64 (ns since 1970 UTC) or datetime64, (n + 1,)
            Edges of bins that follow each other, increasing.

        Returns
        -------
        int64, (n,), ns
            Exact, so that a hole of one nanosecond in a bin of years still shows.

        Notes
        -----
        Cost: a running sum over the intervals, and a search for each edge.

        Examples
        --------
        >>> Segments.of((0, 10), (15, 32)).total_in([0, 10, 20, 30, 40])
        array([10,  5, 10,  2])
        """
        stamps = as_ns(edges)
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(self._lengths).view(np.int64)])
        begun = np.searchsorted(self.start, stamps, "right")
        ends = np.concatenate([[EARLIEST], self.end])[begun]
        to_come = np.where(ends > stamps, ends - stamps, 0)
        totals: npt.NDArray[np.int64] = np.diff(before[begun] - to_come)
        return totals

    @property
    def longest(self) -> int:
        """Length of the longest interval, ns; 0 without any."""
        return int(self._lengths.max(initial=0))

    @property
    def span(self) -> tuple[int, int] | None:
        """Start of the first and end of the last interval, ns since 1970 UTC; None without any."""
        return (int(self.start[0]), int(self.end[-1])) if len(self) else None

    def longer_than(self, ns: int) -> Segments:
        """Return the intervals that last longer than `ns`."""
        return self[self._lengths > ns]

    def shorter_than(self, ns: int) -> Segments:
        """Return the intervals that last less than `ns`."""
        return self[self._lengths < ns]

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

    @property
    def _lengths(self) -> npt.NDArray[np.uint64]:
        # Unsigned, since a difference of two int64 always fits it; its sum does too, for disjoint intervals.
        return self.end.view(np.uint64) - self.start.view(np.uint64)

    @staticmethod
    def _joined(start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> Segments:
        return Segments(*normalise(start, end))


def _ordered(start: Instant, end: Instant) -> tuple[int, int]:
    first, last = as_ns((start, end)).tolist()
    if last < first:
        raise InputError(
            f"the range ends at {_text(last)}, before its start {_text(first)}; give the earlier time first"
        )
    return first, last


def _text(ns: int | np.int64) -> str:
    return f"{np.datetime64(int(ns), 'ns')}Z"
