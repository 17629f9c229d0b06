"""`JudgedSide`: what is found on one side of a comparison, with its states and the verdict of each gap."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.coverage.findings.findings import Findings, find
from archredundancy.coverage.findings.sampling import Sampling
from archredundancy.coverage.findings.suspected import suspected_silences
from archredundancy.coverage.inference.describing import GapVerdicts, describe, judge_gaps
from archredundancy.coverage.inference.held import wrong_stretches
from archredundancy.coverage.inference.listing import list_runs
from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.tables.gaps import Dropouts, Gaps
from archredundancy.coverage.tables.summary import SideSummary, summarise_side
from archredundancy.merge import Merged, Origin
from archredundancy.model import Evidence, SideEvidence

__all__ = ["JudgedSide", "judge_sides"]


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedSide:
    """One side, judged by what both sides show.

    Attributes
    ----------
    found : Findings
    verdicts : GapVerdicts
    coverage : Coverage
    other : SideEvidence
        Of the other side, which has what this one lacks.
    """

    found: Findings
    verdicts: GapVerdicts
    coverage: Coverage
    other: SideEvidence

    def dropouts(self) -> Dropouts:
        """Return what this side lost in short silences."""
        return list_runs(self.found.dropouts, self.found, self.coverage, self.other, lost=True)

    def enrichment(self) -> Dropouts:
        """Return what only the other side has since it samples at other moments."""
        return list_runs(self.found.enrichment, self.found, self.coverage, self.other, lost=False)

    def summarise(self, gaps: Gaps, dropouts: Dropouts, enrichment: Dropouts, union: Merged) -> SideSummary:
        """Return the numbers of this side, of what is listed and of the union of both."""
        found = self.found
        wrong = wrong_stretches(found.side.reading, found.lost_before, union, found.lost_rows, found.knowledge.known)
        own_gaps = gaps.of(self.coverage.cluster)
        return summarise_side(len(found.side.reading.samples), self.coverage, own_gaps, dropouts, enrichment, wrong)


def judge_sides(evidence: Evidence, union: Merged, sampling: Sampling) -> tuple[JudgedSide, JudgedSide]:
    """Return the primary and the secondary, each judged by what both show.

    Parameters
    ----------
    evidence : Evidence
    union : Merged
        Of both sides' samples.
    sampling : Sampling
    """
    primary, secondary = evidence.primary, evidence.secondary
    silences = suspected_silences(evidence, union, sampling)
    mine = find(primary, secondary, union, Origin.SECONDARY, evidence.now, sampling)
    theirs = find(secondary, primary, union, Origin.PRIMARY, evidence.now, sampling)

    def judged(found: Findings, opposite: Findings) -> JudgedSide:
        verdicts = judge_gaps(found)
        coverage = describe(found, opposite, verdicts, silences, sampling)
        return JudgedSide(found=found, verdicts=verdicts, coverage=coverage, other=opposite.side)

    return judged(mine, theirs), judged(theirs, mine)
