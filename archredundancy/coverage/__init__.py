"""What each side covers, what it misses, why, and until when the other side still has it: pure, from evidence alone.

Where what is, in the order in which a comparison comes about:

- `findings`: what one side tells of itself, what both tell of the PV; `inference`: what follows from both;
- `states`, `tables`: the results of it; `comparison`: all of them together, of one PV or of many; `datasets`: of
  Datasets one has;
- `words` and `pictures`: how it is told and drawn; `archredundancy.plot` draws with matplotlib;
- `union`: both sides as a series that can be relied upon; `merged_view`: what a secondary's merged answer is worth.
"""

from archredundancy.coverage.comparison.comparing import compare_evidence
from archredundancy.coverage.comparison.comparison import Comparison
from archredundancy.coverage.comparison.comparisons import Comparisons, FailedPV
from archredundancy.coverage.comparison.overview import Overview
from archredundancy.coverage.datasets import compare, compare_tree, coverage_of
from archredundancy.coverage.findings.sampling import Sampling
from archredundancy.coverage.merged_view.merged_view import MergedView, ViewEvidence, ViewFlaw, check_view
from archredundancy.coverage.merged_view.pitfalls import Pitfall
from archredundancy.coverage.merged_view.rows import Flaw, ViewAnswer
from archredundancy.coverage.pictures.as_svg import coverage_svg
from archredundancy.coverage.pictures.many_svg import many_svg
from archredundancy.coverage.states.as_dataset import coverages_to_dataset, known_to_dataset
from archredundancy.coverage.states.coverage import Coverage, Layer, combine
from archredundancy.coverage.states.kleene import Claim
from archredundancy.coverage.states.share import Share
from archredundancy.coverage.states.states import Cause, Presence, Proof, State
from archredundancy.coverage.tables.dropout_rates import DropoutRates
from archredundancy.coverage.tables.gaps import Dropouts, Gaps
from archredundancy.coverage.tables.summary import SideSummary, Summary
from archredundancy.coverage.union.aligned import Aligned, align_history, aligned_to_dataset, unaligned
from archredundancy.coverage.union.history import History, Quality, UnionHistory
from archredundancy.coverage.union.statistics import union_statistics
from archredundancy.display.texts import duration_text, percent_text
from archredundancy.model import NEVER

__all__ = [
    "NEVER",
    "Aligned",
    "Cause",
    "Claim",
    "Comparison",
    "Comparisons",
    "Coverage",
    "DropoutRates",
    "Dropouts",
    "FailedPV",
    "Flaw",
    "Gaps",
    "History",
    "Layer",
    "MergedView",
    "Overview",
    "Pitfall",
    "Presence",
    "Proof",
    "Quality",
    "Sampling",
    "Share",
    "SideSummary",
    "State",
    "Summary",
    "UnionHistory",
    "ViewAnswer",
    "ViewEvidence",
    "ViewFlaw",
    "align_history",
    "aligned_to_dataset",
    "check_view",
    "combine",
    "compare",
    "compare_evidence",
    "compare_tree",
    "coverage_of",
    "coverage_svg",
    "coverages_to_dataset",
    "duration_text",
    "known_to_dataset",
    "many_svg",
    "percent_text",
    "unaligned",
    "union_statistics",
]
