"""What earlier runs leave behind: one that has not ended, and a backup that stands in for the secondary."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.display.texts import plural
from archredundancy.model import MergeEvidence, format_time
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal, warning

__all__ = ["hazards_of_runs"]


def hazards_of_runs(evidence: MergeEvidence) -> Iterator[Hazard]:
    """Yield what speaks against a merge because of what was done or saved before."""
    yield from _unfinished_run(evidence)
    yield from _saved_copy(evidence)


def _unfinished_run(evidence: MergeEvidence) -> Iterator[Hazard]:
    if evidence.unfinished_run:
        found = f"The run {evidence.unfinished_run} has not ended for this PV: it is at work, or was cut off."
        remedy = (
            f"Wait for it, or bring it to its end, `archredundancy recover RUN_DIR/{evidence.unfinished_run}`, and "
            "plan again. Do not resume the PV by hand."
        )
        yield refusal(HazardKind.UNFINISHED_RUN, found, remedy)


def _saved_copy(evidence: MergeEvidence) -> Iterator[Hazard]:
    if evidence.saved_copy:
        time = evidence.evidence.secondary.reading.samples.time
        span = f" from {format_time(int(time.min()))} to {format_time(int(time.max()))}" if len(time) else ""
        found = f"The secondary's samples are those of {evidence.saved_copy}: {plural(len(time), 'sample')}{span}."
        remedy = "What the secondary had besides stays missing: make sure that this is the copy you mean."
        yield warning(HazardKind.SAVED_COPY, found, remedy)
