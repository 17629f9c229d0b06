"""What a comparison must say of a scenario and what it says, as text that can be held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from archredundancy.coverage import Comparison, State
from archredundancy.model import NS_PER_SECOND
from archredundancy.testing.scenarios.scenario import SIDES, FoundGap, Scenario, Unknown

__all__ = ["found_of", "truth_of"]

_Span = tuple[int, int]


def truth_of(scenario: Scenario) -> str:
    """Return what a comparison must say: a line for each finding, with seconds from the scenario's start."""
    others = _counted(scenario.dropouts, scenario.enrichment, scenario.conflicts)
    return _in_words(scenario, (*scenario.found, *scenario.unknown), scenario.who, others)


def found_of(scenario: Scenario, comparison: Comparison) -> str:
    """Return what a comparison says, in the same words as `truth_of`."""
    found = list(_gaps(comparison))
    told = {(row.side, row.start, row.end) for row in found}
    unknown = [row for row in _unknown(scenario, comparison) if (row.side, row.start, row.end) not in told]
    who = {
        name: _snapped(scenario, zip(segments.start.tolist(), segments.end.tolist(), strict=True))
        for name, segments in comparison.who.items()
        if name != "both"
    }
    dropouts, enrichment = (
        {runs.cluster: runs.total for runs in kind} for kind in (comparison.dropouts, comparison.enrichment)
    )
    return _in_words(scenario, (*found, *unknown), who, _counted(dropouts, enrichment, len(comparison.conflicts)))


def _gaps(comparison: Comparison) -> Iterator[FoundGap]:
    gaps = comparison.gaps
    columns = (gaps.cluster, gaps.start, gaps.end, gaps.state, gaps.cause, gaps.evidence, gaps.samples_to_gain)
    names = ("side", "start", "end", "state", "cause", "proof", "samples")
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield FoundGap(**dict(zip(names, row, strict=True)))


def _unknown(scenario: Scenario, comparison: Comparison) -> Iterator[Unknown]:
    for coverage in (comparison.primary, comparison.secondary):
        spans = _snapped(scenario, zip(coverage.start.tolist(), coverage.end.tolist(), strict=True))
        for (start, end), number in zip(spans, coverage.layer.tolist(), strict=True):
            layer = coverage.layers[number]
            if layer.state is State.UNKNOWN:
                yield Unknown(side=coverage.cluster, start=start, end=end, cause=layer.cause)


def _snapped(scenario: Scenario, spans: Iterable[_Span]) -> list[_Span]:
    """Return spans, their edges put right where they take what cannot be known for longer, as the scenario allows."""
    starts, ends = {row.start for row in scenario.unknown}, {row.end for row in scenario.unknown}
    return [
        (
            next((truth for truth in starts if 0 <= truth - start <= scenario.slack), start),
            next((truth for truth in ends if 0 <= end - truth <= scenario.slack), end),
        )
        for start, end in spans
    ]


def _counted(dropouts: Mapping[str, int], enrichment: Mapping[str, int], conflicts: int) -> list[str]:
    lines = [f"{side} lost {dropouts[side]} one by one, and might have {enrichment[side]} more" for side in SIDES]
    return [*lines, f"{conflicts} conflicts"]


def _in_words(
    scenario: Scenario,
    rows: Iterable[FoundGap | Unknown],
    who: Mapping[str, Sequence[_Span]],
    others: Iterable[str],
) -> str:
    lines = [f"{row.side:9} {_span(scenario, row.start, row.end)}: {_words(row)}" for row in rows]
    lines += [f"{name:14} {_span(scenario, *each)}" for name, spans in who.items() for each in spans]
    return "\n".join([*sorted(lines), *others])


def _words(row: FoundGap | Unknown) -> str:
    if isinstance(row, Unknown):
        return f"unknown, {row.cause.value}"
    return f"{State(row.state).label}, {row.cause.value}, {row.proof.value}, {row.samples} samples to gain"


def _span(scenario: Scenario, *instants: int) -> str:
    shifted = [divmod(instant - scenario.begins, NS_PER_SECOND) for instant in instants]
    return " to ".join(f"{whole:3}.{ns:09}" for whole, ns in shifted)
