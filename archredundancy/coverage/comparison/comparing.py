"""`compare_evidence`: from the evidence of both sides to a `Comparison`."""

from __future__ import annotations

from archredundancy.coverage.comparison.comparison import Comparison
from archredundancy.coverage.comparison.judged_side import judge_sides
from archredundancy.coverage.findings.sampling import sampling_of
from archredundancy.coverage.inference.clocks import clock_note
from archredundancy.coverage.inference.listing import list_gaps
from archredundancy.coverage.states.coverage import combine
from archredundancy.coverage.tables.dropout_rates import DropoutRates
from archredundancy.coverage.tables.summary import summarise
from archredundancy.merge import unite
from archredundancy.model import Evidence, length_ns

__all__ = ["compare_evidence"]


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
    evidences = (evidence.primary, evidence.secondary)
    union = unite(evidence.primary.reading.samples, evidence.secondary.reading.samples)
    sampling = sampling_of(union, evidences, None if min_gap is None else length_ns("min_gap", min_gap))
    sides = primary, secondary = judge_sides(evidence, union, sampling)
    gaps = list_gaps(evidence.pv, [(side.found, side.coverage, side.verdicts, side.other) for side in sides])
    dropouts = DropoutRates(primary=primary.dropouts(), secondary=secondary.dropouts())
    enrichment = DropoutRates(primary=primary.enrichment(), secondary=secondary.enrichment())
    summaries = (
        primary.summarise(gaps, dropouts.primary, enrichment.primary, union),
        secondary.summarise(gaps, dropouts.secondary, enrichment.secondary, union),
    )
    who = combine(primary.coverage, secondary.coverage)
    conflicts = union.conflicts.time.tolist()
    expiries = [*gaps.of(primary.coverage.cluster).expires_at.tolist(), dropouts.primary.expires_at]
    return Comparison(
        pv=evidence.pv,
        egu=evidence.primary.egu or evidence.secondary.egu,
        asked=evidence.asked,
        now=evidence.now,
        primary=primary.coverage,
        secondary=secondary.coverage,
        who=who,
        gaps=gaps,
        dropouts=dropouts,
        enrichment=enrichment,
        sampling=sampling,
        conflicts=union.conflicts,
        union=union,
        summary=summarise(evidence.pv, summaries, who, conflicts, expiries),
        failures=tuple((side.reading.cluster, failure) for side in evidences for failure in side.reading.failures),
        notes=(
            *(note for side in evidences for note in side.notes),
            *(note for side in sides if (note := clock_note(side.found)) is not None),
        ),
    )
