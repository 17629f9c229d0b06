"""`Comparison`: both sides of one PV held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archredundancy.coverage.comparison.comparison_dataset import comparison_to_dataset
from archredundancy.coverage.comparison.overview import Overview
from archredundancy.coverage.findings.findings import find
from archredundancy.coverage.findings.sampling import sampling_of
from archredundancy.coverage.findings.suspected import suspected_silences
from archredundancy.coverage.inference.clocks import clock_note
from archredundancy.coverage.inference.describing import describe, judge_gaps
from archredundancy.coverage.inference.held import wrong_stretches
from archredundancy.coverage.inference.listing import list_gaps, list_runs
from archredundancy.coverage.states.coverage import combine
from archredundancy.coverage.tables.dropout_rates import DropoutRates
from archredundancy.coverage.tables.summary import summarise, summarise_side
from archredundancy.merge import Conflicts, Merged, Origin, unite
from archredundancy.model import Evidence, format_time, length_ns

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Comparison", "compare_evidence"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison(Overview):
    """Both sides of one PV held against each other, with their samples.

    Attributes
    ----------
    conflicts : Conflicts
    union : Merged
        Both sides' samples as one series, with origin.
    """

    conflicts: Conflicts
    union: Merged

    def to_json(self) -> dict[str, Any]:
        """Return all but the samples as JSON would have it; times are text with nine digits."""
        return super().to_json() | {"conflicts": [format_time(moment) for moment in self.conflicts.time.tolist()]}

    def to_dataset(self) -> xr.Dataset:
        """Return all but the samples as one Dataset, which `archredundancy.save` and `open_saved` keep exactly.

        Returns
        -------
        xarray.Dataset
            - dim "gap": `gap_start` and the other columns of `Gaps.to_dataframe`, but for pv.
            - dim "stretch": `stretch_start` and the other columns of `to_dataframe`: the states of both sides.
            - dim "who": `who_name`, `who_start`, `who_end`, as in `who`.
            - dims "dropout_primary", "dropout_secondary": first, last and count of each run.
            - dim "conflict": `conflict_time`.

            Times are datetime64[ns] UTC, texts `StringDType`. Attributes: the numbers of `Summary.to_dict`, `verdict`,
            the range (`query_start`, `query_end`), `now`, `not_read` and `notes`.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     dataset = pair.compare("DEMO:VALVE", "2026-05-20", "2026-05-30").to_dataset()
        >>> dataset.sizes["gap"], dataset.attrs["primary_samples_to_gain"]
        (1, 12)
        """
        return comparison_to_dataset(self)

    def plot(self, **options: Any) -> Any:
        """Draw both sides and the union coloured by origin; see `archredundancy.plot.plot_comparison`."""
        from archredundancy.plot import plot_comparison  # the one upward import: drawing is asked for by name

        return plot_comparison(self, **options)


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
        If the sides hold samples of different types, or `min_gap` is negative.

    Notes
    -----
    Pure: `now` comes with the evidence. Cost: one union, and passes over the samples that differ.
    """
    sides = (evidence.primary, evidence.secondary)
    union = unite(evidence.primary.reading.samples, evidence.secondary.reading.samples)
    sampling = sampling_of(union, sides, None if min_gap is None else length_ns("min_gap", min_gap))
    silences = suspected_silences(evidence, union, sampling)
    mine = find(*sides, union, Origin.SECONDARY, evidence.now, sampling)
    theirs = find(*sides[::-1], union, Origin.PRIMARY, evidence.now, sampling)
    judged = judge_gaps(mine), judge_gaps(theirs)
    coverages = (
        describe(mine, theirs, judged[0], silences, sampling),
        describe(theirs, mine, judged[1], silences, sampling),
    )
    gaps = list_gaps(
        evidence.pv,
        [(mine, coverages[0], judged[0], evidence.secondary), (theirs, coverages[1], judged[1], evidence.primary)],
    )
    dropouts = DropoutRates(
        primary=list_runs(mine.dropouts, mine, coverages[0], evidence.secondary, lost=True),
        secondary=list_runs(theirs.dropouts, theirs, coverages[1], evidence.primary, lost=True),
    )
    enrichment = DropoutRates(
        primary=list_runs(mine.enrichment, mine, coverages[0], evidence.secondary, lost=False),
        secondary=list_runs(theirs.enrichment, theirs, coverages[1], evidence.primary, lost=False),
    )
    summaries = [
        summarise_side(
            len(found.side.reading.samples),
            coverage,
            gaps.of(coverage.cluster),
            missed,
            more,
            wrong_stretches(found.side.reading, found.lost_before, union, found.lost_rows, found.knowledge.known),
        )
        for found, coverage, missed, more in zip((mine, theirs), coverages, dropouts, enrichment, strict=True)
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
        enrichment=enrichment,
        sampling=sampling,
        conflicts=union.conflicts,
        union=union,
        summary=summarise(
            evidence.pv,
            (summaries[0], summaries[1]),
            who,
            union.conflicts.time.tolist(),
            [*gaps.of(coverages[0].cluster).expires_at.tolist(), dropouts[0].expires_at],
        ),
        failures=tuple((side.reading.cluster, failure) for side in sides for failure in side.reading.failures),
        notes=(
            *(note for side in sides for note in side.notes),
            *(note for found in (mine, theirs) if (note := clock_note(found)) is not None),
        ),
    )
