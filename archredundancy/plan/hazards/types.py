"""What speaks against taking the samples of both sides for one type; the appliance does not check it."""

from __future__ import annotations

from collections.abc import Iterator

from archredundancy.model import ChunkSummary, MergeEvidence, Ragged, Samples, SideEvidence, start_of_year
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal, warning
from archredundancy.plan.terms import Terms

__all__ = ["hazards_of_types", "types_agree"]

#: Other years occur in headers without samples, and mean nothing.
_YEARS = range(1970, 2262)


def types_agree(evidence: MergeEvidence) -> bool:
    """Return whether both sides hold samples of one type, so that they can be united at all."""
    sides = evidence.evidence
    return sides.primary.reading.samples.dbr_type is sides.secondary.reading.samples.dbr_type


def hazards_of_types(evidence: MergeEvidence, terms: Terms) -> Iterator[Hazard]:
    """Yield disagreements among chunk headers, samples and configuration, of which each cluster has its own."""
    sides = (("primary", evidence.evidence.primary), ("secondary", evidence.evidence.secondary))
    types = {name: _types(side, terms) for name, side in sides}
    if len(set().union(*types.values())) > 1 or not types_agree(evidence):
        told = "; ".join(f"{name}: {', '.join(found) or 'none'}" for name, found in types.items())
        found = f"More than one type is stored or configured: {told}."
        remedy = "Merged, files would be damaged: convert one side (changeTypeForPV), or exclude the other type's time."
        yield refusal(HazardKind.TYPE_MISMATCH, found, remedy)
    counts = {name: side.type_info.element_count for name, side in sides if side.type_info}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name}: {count}" for name, count in counts.items())
        remedy = "Find out which is right, and let both archive the same."
        yield refusal(HazardKind.TYPE_MISMATCH, f"Configured element counts differ: {told}.", remedy)
    lengths = [_length(side.reading.samples) for _, side in sides]
    if None not in lengths and lengths[0] != lengths[1]:
        found = f"All waveforms of the primary have length {lengths[0]}, all of the secondary {lengths[1]}."
        remedy = "Merged, one PV has both: find out which cluster reads the right part of the record."
        yield warning(HazardKind.TYPE_MISMATCH, found, remedy)


def _length(samples: Samples) -> int | None:
    """Return how long all waveforms are; None if they are not alike, or there are none."""
    if not isinstance(samples.value, Ragged) or not len(samples):
        return None
    lengths = samples.value.lengths
    return int(lengths[0]) if lengths.min() == lengths.max() else None


def _types(side: SideEvidence, terms: Terms) -> list[str]:
    """Return every type that a side mentions of what is to be merged."""
    found = {chunk.dbr_type for chunk in side.reading.layout if _concerns(chunk, terms)}
    if len(side.reading.samples):
        found.add(side.reading.samples.dbr_type)
    if side.type_info:
        found.add(side.type_info.dbr_type)
    return sorted(dbr_type.name for dbr_type in found)


def _concerns(chunk: ChunkSummary, terms: Terms) -> bool:
    """Return whether a chunk lies in what is to be merged; a header alone stands for a file somewhere in its year."""
    if chunk.first is not None and chunk.last is not None:
        return len(terms.wanted(chunk.first, chunk.last + 1)) > 0
    known = chunk.year in _YEARS
    return known and len(terms.wanted(start_of_year(chunk.year), start_of_year(chunk.year + 1))) > 0
