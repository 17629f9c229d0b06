"""What each side covers, what it misses, why, and until when the other side still has it: pure, from evidence alone.

Where what is, in the order in which a comparison comes about:

- what one side tells: `own_samples`, `known`, `declared`, `traces`, `witnessed`; what both tell of the PV: `sampling`,
  `suspected`; all of it together: `findings`;
- what follows from both: `causes` (a table), `describing`, `held`, `clocks`, `listing`;
- the results: `coverage` with `kleene`, `share` and `states`; `gaps` and `dropout_rates`; `summary`; `overview`, with
  the samples `comparison`, of many PVs `comparisons`; of Datasets one has `datasets`;
- in words: `words`, `gap_words`, `lengths`, and from these `as_text`, `as_html`, `as_json`, `as_dataset`,
  `comparison_dataset`, `many_text`, `many_html`;
- in pictures, here without libraries and in `archredundancy.plot` with matplotlib: `palette`, `boxes`, `annotations`,
  `ticks`, `many`, and from these `svg_parts`, `as_svg`, `many_svg`, `png`;
- the union as a series that can be relied upon: `history`, and on it `aligned` and `statistics`;
- what a secondary's merged answer is worth: `merged_view`, `view_rows`, `view_pitfalls`, `view_words`.
"""

from archredundancy.coverage.aligned import Aligned, align_history, aligned_to_dataset, unaligned
from archredundancy.coverage.as_dataset import coverages_to_dataset, known_to_dataset
from archredundancy.coverage.as_svg import coverage_svg
from archredundancy.coverage.comparison import Comparison, compare_evidence
from archredundancy.coverage.comparisons import Comparisons, FailedPV
from archredundancy.coverage.coverage import Coverage, Layer, combine
from archredundancy.coverage.datasets import compare, compare_tree, coverage_of
from archredundancy.coverage.dropout_rates import DropoutRates
from archredundancy.coverage.gaps import Dropouts, Gaps
from archredundancy.coverage.history import History, Quality, UnionHistory
from archredundancy.coverage.kleene import Claim
from archredundancy.coverage.lengths import duration_text, percent_text
from archredundancy.coverage.many_svg import many_svg
from archredundancy.coverage.merged_view import MergedView, ViewEvidence, ViewFlaw, check_view
from archredundancy.coverage.overview import Overview
from archredundancy.coverage.sampling import Sampling
from archredundancy.coverage.share import Share
from archredundancy.coverage.states import Cause, Presence, Proof, State
from archredundancy.coverage.statistics import union_statistics
from archredundancy.coverage.summary import SideSummary, Summary
from archredundancy.coverage.view_pitfalls import Pitfall
from archredundancy.coverage.view_rows import Flaw, ViewAnswer
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
