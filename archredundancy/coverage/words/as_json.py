"""A comparison as JSON, for programs; `docs/reference/comparison-json.md` tells what each key means."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archredundancy.coverage.findings.sampling import Sampling
from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.tables.gaps import Dropouts
from archredundancy.coverage.tables.summary import Summary
from archredundancy.coverage.words.gap_words import Gap, explain, gaps_one_by_one
from archredundancy.coverage.words.sentences import verdict
from archredundancy.model import NEVER, NS_PER_SECOND, ReadFailure, format_time
from archredundancy.segments import Segments

if TYPE_CHECKING:
    from archredundancy.coverage.comparison.overview import Overview

__all__ = ["SCHEMA", "overview_json", "time_or_none"]

#: Raised when a key changes its meaning or goes away; new keys may join at any time.
SCHEMA = 1
_EDGES = ("start_earliest", "start_latest", "end_earliest", "end_latest")


def overview_json(overview: Overview) -> dict[str, Any]:
    """Return all that a comparison tells; times are text with nine digits, null where there is none."""
    return {
        "schema": SCHEMA,
        "pv": overview.pv,
        "egu": overview.egu,
        "start": format_time(overview.asked.start),
        "end": format_time(overview.asked.end),
        "now": format_time(overview.now),
        "verdict": verdict(overview),
        "summary": summary_json(overview.summary),
        "gaps": [_gap(gap) for gap in gaps_one_by_one(overview.gaps)],
        "dropouts": {missed.cluster: _dropouts(missed) for missed in overview.dropouts},
        "enrichment": {missed.cluster: _dropouts(missed) for missed in overview.enrichment},
        "sampling": _sampling(overview.sampling),
        "who": {name: _segments(segments) for name, segments in overview.who.items()},
        "coverage": {side.cluster: _coverage(side) for side in (overview.primary, overview.secondary)},
        "not_read": [_failure(cluster, failure) for cluster, failure in overview.failures],
        "notes": list(overview.notes),
    }


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return the numbers, those of the two sides below their names."""
    times = {name: time_or_none(getattr(summary, name)) for name in ("first_conflict_at", "expires_at")}
    return asdict(summary) | times


def time_or_none(moment: int) -> str | None:
    """Return an instant as text; None where there is none."""
    return None if moment == NEVER else format_time(moment)


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "cluster": gap.cluster,
        "start": format_time(gap.start),
        "end": format_time(gap.end),
        **{name: format_time(getattr(gap, name)) for name in _EDGES},
        "state": gap.state.label,
        "cause": gap.cause.value,
        "evidence": gap.proof.value,
        "explanation": explain(gap),
        "samples_to_gain": gap.gain,
        "expires_at": time_or_none(gap.expires_at),
    }


def _dropouts(missed: Dropouts) -> dict[str, Any]:
    return {
        "samples": missed.total,
        "runs": len(missed.first),
        "per_known_hour": missed.per_known_hour,
        "expires_at": time_or_none(missed.expires_at),
    }


def _sampling(sampling: Sampling) -> dict[str, Any]:
    lengths = {
        f"{name}_seconds": getattr(sampling, name) / NS_PER_SECOND for name in ("step", "shortest_gap", "tolerance")
    }
    methods = dict(zip(("primary", "secondary"), sampling.methods, strict=True))
    return lengths | {
        "is_regular": sampling.is_regular,
        "differs": sampling.differs,
        "source": sampling.source,
        "methods": methods,
    }


def _segments(segments: Segments) -> list[list[str]]:
    return [[format_time(start), format_time(end)] for start, end in segments]


def _coverage(coverage: Coverage) -> list[dict[str, str]]:
    chosen = [coverage.layers[number] for number in coverage.layer]
    return [
        {
            "start": format_time(start),
            "end": format_time(end),
            "state": layer.state.label,
            "cause": layer.cause.value,
            "evidence": layer.proof.value,
        }
        for start, end, layer in zip(coverage.start.tolist(), coverage.end.tolist(), chosen, strict=True)
    ]


def _failure(cluster: str, failure: ReadFailure) -> dict[str, str]:
    return {
        "cluster": cluster,
        "start": format_time(failure.range.start),
        "end": format_time(failure.range.end),
        "kind": failure.kind.value,
        "message": failure.message,
    }
