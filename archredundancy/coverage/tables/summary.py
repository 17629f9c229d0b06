"""The numbers of a comparison: known beside covered, what is missed, and for how long a side is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.states.states import Proof
from archredundancy.coverage.tables.gaps import Dropouts, Gaps
from archredundancy.model import NEVER, NS_PER_SECOND
from archredundancy.segments import Segments

__all__ = ["SideSummary", "Summary", "summarise", "summarise_side"]

_SIDES = ("primary", "secondary")


@dataclass(frozen=True, kw_only=True)
class SideSummary:
    """Numbers of one side; times in seconds.

    Attributes
    ----------
    samples : int
        Samples it has in the range.
    known_seconds, covered_seconds : float
        For how long it can vouch, and for how long of that it was active.
    gaps, declared, suspected : int
        Gaps by what proves them, never added up: the other side stored samples meanwhile; the archiver itself wrote or
        reports it, and the other side stored nothing; regular samples stopped on both sides.
    gap_seconds, declared_seconds, suspected_seconds : float
        How long they are.
    longest_gap_seconds : float
        Of those in which the other side stored samples.
    samples_to_gain : int
        Samples only the other side has, in gaps and dropouts.
    dropouts : int
        Those of them in silences too short to be gaps.
    enrichment : int
        Samples only the other side has, besides those: the two sample at different moments, and nothing was lost.
    wrong_seconds : float
        For how long the value it holds differs from the union's.
    """

    samples: int
    known_seconds: float
    covered_seconds: float
    gaps: int
    declared: int
    suspected: int
    gap_seconds: float
    declared_seconds: float
    suspected_seconds: float
    longest_gap_seconds: float
    samples_to_gain: int
    dropouts: int
    enrichment: int
    wrong_seconds: float

    @property
    def covered_fraction(self) -> float:
        """How much of what is known is covered, 0 to 1; NaN where nothing is known. Read it beside `known_seconds`."""
        return self.covered_seconds / self.known_seconds if self.known_seconds else float("nan")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Numbers of a comparison.

    Attributes
    ----------
    pv : str
    expires_at : int, ns since 1970 UTC
        Until when the secondary is sure to keep all that only it has; `NEVER` where nothing expires.
    primary, secondary : SideSummary
    conflicts : int
        Samples of equal time whose value or alarm differs.
    first_conflict_at : int, ns since 1970 UTC
        Time of the first of them; `NEVER` where there is none.
    both_seconds, only_primary_seconds, only_secondary_seconds, neither_seconds, undecided_seconds : float
        Who has what (`Comparison.who`).
    """

    pv: str
    expires_at: int
    primary: SideSummary
    secondary: SideSummary
    conflicts: int
    first_conflict_at: int
    both_seconds: float
    only_primary_seconds: float
    only_secondary_seconds: float
    neither_seconds: float
    undecided_seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers under flat names, such as `primary_gaps`, those of the pair first.

        Times stay ns since 1970 UTC.
        """
        numbers = asdict(self)
        sides = {name: numbers.pop(name) for name in _SIDES}
        return numbers | {f"{name}_{key}": value for name, side in sides.items() for key, value in side.items()}

    @classmethod
    def columns(cls) -> dict[str, str]:
        """Return the dtype of a table's column for each number of `to_dict`: Int64, float64 or datetime64[ns]."""
        own = [(each.name, each.type) for each in fields(cls) if each.name not in ("pv", *_SIDES)]
        sides = [
            (f"{side}_{each.name}", each.type) for side in ("primary", "secondary") for each in fields(SideSummary)
        ]
        return {
            name: "datetime64[ns]" if name.endswith("_at") else "Int64" if kind == "int" else "float64"
            for name, kind in own + sides
        }


def summarise(
    pv: str,
    sides: tuple[SideSummary, SideSummary],
    who: Mapping[str, Segments],
    conflicts: Sequence[int],
    expiries: Sequence[int],
) -> Summary:
    """Return the numbers of a comparison.

    Parameters
    ----------
    pv : str
    sides : tuple of SideSummary
        Of the primary and of the secondary.
    who : mapping of str to Segments
    conflicts : sequence of int, ns since 1970 UTC
        Their times, in order.
    expiries : sequence of int, ns since 1970 UTC
        Until when the secondary keeps what the primary lacks; `NEVER` among them does not count.
    """
    return Summary(
        pv=pv,
        primary=sides[0],
        secondary=sides[1],
        conflicts=len(conflicts),
        first_conflict_at=int(conflicts[0]) if len(conflicts) else NEVER,
        expires_at=min((moment for moment in expiries if moment != NEVER), default=NEVER),
        **{f"{name}_seconds": segments.total / NS_PER_SECOND for name, segments in who.items()},
    )


def summarise_side(
    samples: int, coverage: Coverage, gaps: Gaps, dropouts: Dropouts, enrichment: Dropouts, wrong: Segments
) -> SideSummary:
    """Return the numbers of one side, given how many samples it has, its own gaps, and where it is wrong."""
    witnessed, declared, suspected = (
        gaps.proven_by(proof) for proof in (Proof.WITNESSED, Proof.DECLARED, Proof.SUSPECTED)
    )
    return SideSummary(
        samples=samples,
        known_seconds=coverage.known.total / NS_PER_SECOND,
        covered_seconds=coverage.active.total / NS_PER_SECOND,
        gaps=len(witnessed),
        declared=len(declared),
        suspected=len(suspected),
        gap_seconds=_seconds(witnessed),
        declared_seconds=_seconds(declared),
        suspected_seconds=_seconds(suspected),
        longest_gap_seconds=int(np.max(witnessed.end - witnessed.start, initial=0)) / NS_PER_SECOND,
        samples_to_gain=int(witnessed.samples_to_gain.sum()) + dropouts.total,
        dropouts=dropouts.total,
        enrichment=enrichment.total,
        wrong_seconds=wrong.total / NS_PER_SECOND,
    )


def _seconds(gaps: Gaps) -> float:
    return int((gaps.end - gaps.start).sum()) / NS_PER_SECOND
