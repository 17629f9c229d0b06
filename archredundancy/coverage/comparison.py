"""`Comparison`: both sides of one PV held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy.coverage.as_html import comparison_html
from archredundancy.coverage.as_json import comparison_json
from archredundancy.coverage.as_text import comparison_text
from archredundancy.coverage.coverage import Coverage, combine
from archredundancy.coverage.findings import Findings, describe, find, tolerance
from archredundancy.coverage.gaps import Dropouts, Gaps, list_dropouts, list_gaps
from archredundancy.coverage.held import wrong_stretches
from archredundancy.merge import Conflicts, Merged, Origin, unite
from archredundancy.model import NEVER, NS_PER_SECOND, Evidence, ReadFailure, SideEvidence, TimeRange
from archredundancy.segments import Segments

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "SideSummary", "Summary", "compare_evidence"]


@dataclass(frozen=True, kw_only=True)
class SideSummary:
    """Numbers of one side; times in seconds.

    Attributes
    ----------
    samples : int
        Samples it has in the range.
    known_seconds, covered_seconds : float
        For how long it can vouch, and for how long of that it was active.
    gaps : int
    longest_gap_seconds : float
    samples_to_gain : int
        Samples only the other side has, in gaps and dropouts.
    dropouts : int
        Those of them in silences too short to be gaps.
    wrong_seconds : float
        For how long the value it holds differs from the union's.
    """

    samples: int
    known_seconds: float
    covered_seconds: float
    gaps: int
    longest_gap_seconds: float
    samples_to_gain: int
    dropouts: int
    wrong_seconds: float


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Numbers of a comparison.

    Attributes
    ----------
    pv : str
    primary, secondary : SideSummary
    conflicts : int
        Samples of equal time whose value or alarm differs.
    both_seconds, only_primary_seconds, only_secondary_seconds, neither_seconds, undecided_seconds : float
        Who has what (`Comparison.who`).
    expires_at : int, ns since 1970 UTC
        When the first sample that only the secondary has may be gone; `NEVER` where none expires.
    """

    pv: str
    primary: SideSummary
    secondary: SideSummary
    conflicts: int
    both_seconds: float
    only_primary_seconds: float
    only_secondary_seconds: float
    neither_seconds: float
    undecided_seconds: float
    expires_at: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """What each side covers, what only one has, what both lost, what nobody can know, and until when.

    Attributes
    ----------
    pv : str
    egu : str
        Engineering units; empty where not known.
    asked : TimeRange
    now : int, ns since 1970 UTC
    primary, secondary : Coverage
    who : mapping of str to Segments
        `both`, `only_primary`, `only_secondary`, `neither`, `undecided`.
    gaps : Gaps
        Of both sides, those that expire first at the top.
    dropouts : tuple of Dropouts
        Of the primary and of the secondary.
    conflicts : Conflicts
    union : Merged
        Both sides' samples as one series, with origin.
    summary : Summary
    failures : tuple of (str, ReadFailure)
        Cluster, and what could not be read of it.
    notes : tuple of str
        What could not be learned besides.
    """

    pv: str
    egu: str
    asked: TimeRange
    now: int
    primary: Coverage
    secondary: Coverage
    who: Mapping[str, Segments] = field(repr=False)
    gaps: Gaps
    dropouts: tuple[Dropouts, Dropouts]
    conflicts: Conflicts
    union: Merged
    summary: Summary
    failures: tuple[tuple[str, ReadFailure], ...]
    notes: tuple[str, ...]

    def expiring(self, within: float) -> Gaps:
        """Return the gaps whose samples the other side may drop in the next `within` seconds."""
        return self.gaps.expiring_before(self.now + round(within * NS_PER_SECOND))

    def expires_within(self, within: float) -> bool:
        """Return whether a sample that only the secondary has may be gone in `within` seconds."""
        expires = self.summary.expires_at
        return expires != NEVER and expires < self.now + round(within * NS_PER_SECOND)

    def to_json(self) -> dict[str, Any]:
        """Return summary, gaps, conflicts and failures as JSON would have them; times are text with nine digits."""
        return comparison_json(self)

    def to_dataframe(self) -> pd.DataFrame:
        """Return the states of both sides over the whole range, one row a stretch; see `Coverage.to_dataframe`."""
        import pandas as pd

        return pd.concat([self.primary.to_dataframe(), self.secondary.to_dataframe()], ignore_index=True)

    def plot(self, **options: Any) -> Any:
        """Draw both sides and the union coloured by origin; see `archredundancy.plot.plot_comparison`."""
        from archredundancy.plot import plot_comparison  # the one upward import: drawing is asked for by name

        return plot_comparison(self, **options)

    def __repr__(self) -> str:
        return comparison_text(self)

    def _repr_html_(self) -> str:
        return comparison_html(self)


def compare_evidence(evidence: Evidence, *, min_gap: float | None = None) -> Comparison:
    """Hold both sides of a PV against each other.

    Parameters
    ----------
    evidence : Evidence
    min_gap : float, seconds, optional
        Shorter silences with missed samples count as dropouts; by default five usual steps of the union.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If the sides hold samples of different types.

    Notes
    -----
    Pure: `now` comes with the evidence. Cost: one union, and passes over the samples that differ.
    """
    sides = (evidence.primary, evidence.secondary)
    union = unite(evidence.primary.reading.samples, evidence.secondary.reading.samples)
    shortest = tolerance(union) if min_gap is None else round(min_gap * NS_PER_SECOND)
    lacks = (Origin.SECONDARY, Origin.PRIMARY)
    findings = [find(side, union, lack, evidence.now, shortest) for side, lack in zip(sides, lacks, strict=True)]
    coverages = (describe(findings[0], findings[1]), describe(findings[1], findings[0]))
    gaps = list_gaps(
        evidence.pv, [(findings[0], coverages[0], evidence.secondary), (findings[1], coverages[1], evidence.primary)]
    )
    dropouts = (list_dropouts(findings[0], evidence.secondary), list_dropouts(findings[1], evidence.primary))
    wrong = [
        wrong_stretches(side.reading, union, lack, found.knowledge.known)
        for side, lack, found in zip(sides, lacks, findings, strict=True)
    ]
    who = combine(*coverages)
    return Comparison(
        pv=evidence.pv,
        egu=evidence.primary.egu or evidence.secondary.egu,
        asked=evidence.asked,
        now=evidence.now,
        primary=coverages[0],
        secondary=coverages[1],
        who=who,
        gaps=gaps,
        dropouts=dropouts,
        conflicts=union.conflicts,
        union=union,
        summary=_summarise(evidence, findings, coverages, gaps, dropouts, wrong, who, len(union.conflicts)),
        failures=tuple((side.reading.cluster, failure) for side in sides for failure in side.reading.failures),
        notes=tuple(note for side in sides for note in side.notes),
    )


def _summarise(
    evidence: Evidence,
    findings: list[Findings],
    coverages: tuple[Coverage, Coverage],
    gaps: Gaps,
    dropouts: tuple[Dropouts, Dropouts],
    wrong: list[Segments],
    who: Mapping[str, Segments],
    conflicts: int,
) -> Summary:
    sides = [
        _summarise_side(found.side, coverage, gaps, lost, stretches)
        for found, coverage, lost, stretches in zip(findings, coverages, dropouts, wrong, strict=True)
    ]
    expiries = [
        moment
        for moment in (*gaps.of(coverages[0].cluster).expires_at.tolist(), dropouts[0].expires_at)
        if moment != NEVER
    ]
    return Summary(
        pv=evidence.pv,
        primary=sides[0],
        secondary=sides[1],
        conflicts=conflicts,
        expires_at=min(expiries, default=NEVER),
        **{f"{name}_seconds": segments.total / NS_PER_SECOND for name, segments in who.items()},
    )


def _summarise_side(
    side: SideEvidence, coverage: Coverage, gaps: Gaps, dropouts: Dropouts, wrong: Segments
) -> SideSummary:
    own = gaps.of(coverage.cluster)
    return SideSummary(
        samples=len(side.reading.samples),
        known_seconds=coverage.known.total / NS_PER_SECOND,
        covered_seconds=coverage.active.total / NS_PER_SECOND,
        gaps=len(own),
        longest_gap_seconds=int(np.max(own.end - own.start, initial=0)) / NS_PER_SECOND,
        samples_to_gain=int(own.samples_to_gain.sum()) + dropouts.total,
        dropouts=dropouts.total,
        wrong_seconds=wrong.total / NS_PER_SECOND,
    )
