"""A comparison as JSON, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archredundancy.coverage.gaps import Gaps
from archredundancy.coverage.states import State
from archredundancy.model import NEVER, format_time

if TYPE_CHECKING:
    from archredundancy.coverage.comparison import Comparison

__all__ = ["comparison_json"]


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return summary, gaps, conflicts and failures; times are text with nine digits, null where there is none."""
    return {
        "pv": comparison.pv,
        "start": format_time(comparison.asked.start),
        "end": format_time(comparison.asked.end),
        "now": format_time(comparison.now),
        "summary": asdict(comparison.summary) | {"expires_at": _time_or_none(comparison.summary.expires_at)},
        "gaps": [_gap(comparison.gaps, row) for row in range(len(comparison.gaps))],
        "conflicts": [format_time(moment) for moment in comparison.conflicts.time.tolist()],
        "not_read": [
            {
                "cluster": cluster,
                "start": format_time(failure.range.start),
                "end": format_time(failure.range.end),
                "kind": failure.kind.value,
                "message": failure.message,
            }
            for cluster, failure in comparison.failures
        ],
        "notes": list(comparison.notes),
    }


def _gap(gaps: Gaps, row: int) -> dict[str, Any]:
    return {
        "cluster": gaps.cluster[row],
        "start": format_time(gaps.start[row]),
        "end": format_time(gaps.end[row]),
        "state": State(gaps.state[row]).label,
        "cause": gaps.cause[row].value,
        "evidence": gaps.evidence[row].value,
        "samples_to_gain": int(gaps.samples_to_gain[row]),
        "expires_at": _time_or_none(int(gaps.expires_at[row])),
    }


def _time_or_none(moment: int) -> str | None:
    return None if moment == NEVER else format_time(moment)
