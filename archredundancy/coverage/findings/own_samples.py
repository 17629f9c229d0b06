"""Where one side's samples lie among those of the union."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.merge import Merged, Origin
from archredundancy.model import Samples

__all__ = ["EARLIEST", "LATEST", "OwnSamples", "row_of"]

#: Stand for "no own sample before" and "no own sample after".
EARLIEST = np.iinfo(np.int64).min
LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnSamples:
    """One side's samples as rows of the union, told by the runs of rows that it lacks.

    Attributes
    ----------
    union_time : int64, (n,), ns since 1970 UTC
        Times of the union, strictly increasing.
    missed_rows : intp, (k,)
        Rows that only the other side has.
    run_begin, run_stop : intp, (r,)
        First row of each run of missed rows, and the row after its last.
    before_range : int, ns since 1970 UTC
        Time of the own sample before the range; `EARLIEST` without one.
    """

    union_time: npt.NDArray[np.int64]
    missed_rows: npt.NDArray[np.intp]
    run_begin: npt.NDArray[np.intp]
    run_stop: npt.NDArray[np.intp]
    before_range: int

    @classmethod
    def of(cls, union: Merged, other_only: Origin, before: Samples) -> OwnSamples:
        """Return the samples of the side that lacks those of origin `other_only`.

        Notes
        -----
        Cost: one pass over the origins, and passes over the rows missed.
        """
        rows = np.flatnonzero(union.origin == other_only)
        first = np.ones(len(rows), bool)
        np.not_equal(rows[1:], rows[:-1] + 1, out=first[1:])
        begin = np.flatnonzero(first)
        last = np.append(begin[1:], len(rows))[: len(begin)] - 1
        return cls(
            union_time=union.samples.time,
            missed_rows=rows,
            run_begin=rows[begin],
            run_stop=rows[last] + 1,
            before_range=int(before.time[-1]) if len(before) else EARLIEST,
        )

    @property
    def before_run(self) -> npt.NDArray[np.int64]:
        """Time of the own sample before each run, int64, (r,); `EARLIEST` where there is none."""
        return self._at(self.run_begin - 1)

    @property
    def after_run(self) -> npt.NDArray[np.int64]:
        """Time of the own sample after each run, int64, (r,); `LATEST` where there is none."""
        return self._at(self.run_stop)

    def last_before(self, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the time of the last own sample before each instant; `EARLIEST` where there is none.

        Parameters
        ----------
        times : int64, (m,), ns since 1970 UTC
        """
        row = np.searchsorted(self.union_time, times, side="left") - 1
        run = np.searchsorted(self.run_begin, row, side="right") - 1
        missed = (run >= 0) & (row < self._stop_of(run))
        row = np.where(missed, self._begin_of(run) - 1, row)
        return self._at(row)

    def first_after(self, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the time of the first own sample after each instant; `LATEST` where there is none.

        Parameters
        ----------
        times : int64, (m,), ns since 1970 UTC
        """
        row = np.searchsorted(self.union_time, times, side="right")
        run = np.searchsorted(self.run_begin, row, side="right") - 1
        missed = (run >= 0) & (row < self._stop_of(run))
        return self._at(np.where(missed, self._stop_of(run), row))

    def _begin_of(self, run: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        return self.run_begin[run] if len(self.run_begin) else run

    def _stop_of(self, run: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        return self.run_stop[run] if len(self.run_stop) else run

    def _at(self, row: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        """Return times of rows of the union; beyond its ends, what stands for no sample."""
        framed = np.full(len(row), LATEST)
        framed[row < 0] = self.before_range
        inside = (row >= 0) & (row < len(self.union_time))
        framed[inside] = self.union_time[row[inside]]
        return framed


def row_of(times: npt.NDArray[np.int64], ordered: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Return which of some instants in order each instant equals, intp, same shape; -1 where none.

    Examples
    --------
    >>> row_of(np.array([20, 25, 10]), np.array([10, 20, 30]))
    array([ 1, -1,  0])
    """
    if not len(ordered):
        return np.full(len(times), -1, np.intp)
    row = np.minimum(np.searchsorted(ordered, times), len(ordered) - 1)
    return np.where(ordered[row] == times, row, -1)
