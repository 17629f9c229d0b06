"""`UnionHistory`: what a pair holds of a PV as one series, and where that series can be relied upon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.comparison import Comparison, compare_evidence
from archredundancy.model import Evidence, Samples, TimeRange
from archredundancy.segments import Segments

__all__ = ["Quality", "UnionHistory"]


class Quality(IntEnum):
    """What the union knows of the value of a PV at an instant."""

    UNKNOWN = 0
    """Neither cluster can tell: not read, before creation, or no sample since a hole ended."""
    HELD = 1
    """The last sample holds: an archiver was connected without a break since."""
    NOT_COVERED = 2
    """Neither cluster was archiving; what the value was is lost."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UnionHistory:
    """The union of both sides, with the sample before the range, and its coverage.

    Attributes
    ----------
    comparison : Comparison
        Of both sides.
    samples : Samples
        The union, in order; first of all the newest sample that either side has before the range, if any.
    covered : Segments
        Where at least one side was active.
    absent : Segments
        Where both sides are known not to have been.
    """

    comparison: Comparison
    samples: Samples
    covered: Segments
    absent: Segments

    @classmethod
    def from_evidence(cls, evidence: Evidence) -> UnionHistory:
        """Return the history that two answers make together.

        Raises
        ------
        InputError
            If the sides hold samples of different types.
        """
        comparison = compare_evidence(evidence)
        samples = comparison.union.samples
        before = _newest(evidence.primary.reading.before, evidence.secondary.reading.before)
        return cls(
            comparison=comparison,
            samples=Samples.concatenate([before, samples]) if before.dbr_type is samples.dbr_type else samples,
            covered=comparison.primary.active | comparison.secondary.active,
            absent=comparison.who["neither"],
        )

    @property
    def asked(self) -> TimeRange:
        """The range that both sides were asked for."""
        return self.comparison.asked

    def held_at(self, times: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]]:
        """Return which sample holds at each instant, and what that is worth.

        A sample holds at its own instant, and from there on as long as the union is covered without a break; the sample
        before the range as if it had been covered up to the range. After a hole nothing is held until the next sample.

        Parameters
        ----------
        times : int64, (m,), ns since 1970 UTC
            In any order.

        Returns
        -------
        row : int64, (m,)
            Row in `samples`; -1 where none is held.
        quality : int8, (m,)
            `Quality`.

        Notes
        -----
        Cost: a search in the samples and one in the edges of coverage for each instant.
        """
        row = np.searchsorted(self.samples.time, times, side="right") - 1
        stamp = self.samples.time[row] if len(self.samples) else np.zeros(len(times), np.int64)
        exact = (row >= 0) & (stamp == times)
        held = exact | ((row >= 0) & (stamp >= self._covered_since(times)))
        quality = np.where(self.absent.contains(times), Quality.NOT_COVERED, Quality.UNKNOWN).astype(np.int8)
        quality[held] = Quality.HELD
        return np.where(held, row, -1), quality

    def _covered_since(self, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return since when the union has been covered up to each instant; the end of time where it is not."""
        never, always = np.iinfo(np.int64).max, np.iinfo(np.int64).min
        since = np.full(len(times), never, np.int64)
        inside = self.covered.contains(times)
        since[inside] = self.covered.start[np.searchsorted(self.covered.start, times[inside], side="right") - 1]
        since[since == self.asked.start] = always  # whatever holds when the range begins came before it
        return since


def _newest(mine: Samples, theirs: Samples) -> Samples:
    """Return the later of two samples before the range, the primary's of two at one instant; none if there is none."""
    if not len(mine) or (len(theirs) and theirs.time[-1] > mine.time[-1]):
        return theirs
    return mine
