"""What a cluster, or a pair, holds of a PV as one series, and where that series can be relied upon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.comparison.comparing import compare_evidence
from archredundancy.coverage.comparison.comparison import Comparison
from archredundancy.coverage.states.coverage import Coverage
from archredundancy.model import Description, Evidence, Samples, SideEvidence, TimeRange
from archredundancy.segments import Segments

__all__ = ["History", "Quality", "UnionHistory"]


class Quality(IntEnum):
    """What is known of the value of a PV at an instant."""

    UNKNOWN = 0
    """Nobody can tell: not read, before creation, or no sample since a hole ended."""
    HELD = 1
    """The last sample holds: an archiver was connected without a break since."""
    NOT_COVERED = 2
    """Nobody was archiving; what the value was is lost."""

    @property
    def label(self) -> str:
        """The name in lower case, such as `not covered`."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """Samples of one PV, and where they can be relied upon.

    Attributes
    ----------
    asked : TimeRange
    samples : Samples
        In order; first of all the one before the range, if there is any.
    covered : Segments
        Where an archiver was active.
    absent : Segments
        Where it is known that none was.
    """

    asked: TimeRange
    samples: Samples
    covered: Segments
    absent: Segments

    @classmethod
    def of_side(cls, side: SideEvidence, coverage: Coverage) -> History:
        """Return the history of one cluster."""
        reading, active = side.reading, coverage.active
        return cls(
            asked=reading.asked,
            samples=_preceded(reading.before, reading.samples.in_order()),
            covered=active,
            absent=coverage.known - active,
        )

    def held_at(self, times: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int8]]:
        """Return which sample holds at each instant, and what that is worth.

        A sample holds at its own instant, and from there on as long as the series is covered without a break; the one
        before the range as if all up to the range had been covered. After a hole nothing is held until the next sample.

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
        """Return since when the series has been covered up to each instant; the end of time where it is not."""
        never, always = np.iinfo(np.int64).max, np.iinfo(np.int64).min
        since = np.full(len(times), never, np.int64)
        inside = self.covered.contains(times)
        since[inside] = self.covered.start[np.searchsorted(self.covered.start, times[inside], side="right") - 1]
        since[since == self.asked.start] = always  # whatever holds when the range begins came before it
        return since


@dataclass(frozen=True, kw_only=True, eq=False)
class UnionHistory(History):
    """The union of both sides: covered where at least one was active, absent where both are known not to have been.

    Attributes
    ----------
    comparison : Comparison
        Of both sides.
    description : Description
        What both say of the PV's values; the primary's word counts.
    """

    comparison: Comparison
    description: Description

    @classmethod
    def from_evidence(cls, evidence: Evidence) -> UnionHistory:
        """Return the history that two answers make together.

        Raises
        ------
        InputError
            If the sides hold samples of different types.
        """
        comparison = compare_evidence(evidence)
        before = _newest(evidence.primary.reading.before, evidence.secondary.reading.before)
        return cls(
            comparison=comparison,
            description=evidence.primary.description.or_else(evidence.secondary.description),
            asked=evidence.asked,
            samples=_preceded(before, comparison.union.samples),
            covered=comparison.primary.active | comparison.secondary.active,
            absent=comparison.who["neither"],
        )


def _preceded(before: Samples, samples: Samples) -> Samples:
    return Samples.concatenate([before, samples]) if before.dbr_type is samples.dbr_type else samples


def _newest(mine: Samples, theirs: Samples) -> Samples:
    """Return the later of two samples before the range, the primary's of two at one instant; none if there is none."""
    if not len(mine) or (len(theirs) and theirs.time[-1] > mine.time[-1]):
        return theirs
    return mine
