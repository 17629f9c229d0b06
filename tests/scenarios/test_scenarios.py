"""Scenario, truth, found: what is planted in a pair is what the comparison finds, and nothing else.

Each file beside this one is a scenario. `docs/how-to/plant-a-scenario.md` says how to write another.
"""

from pathlib import Path

import numpy as np
import pytest

from archredundancy.coverage import State
from archredundancy.model import NEVER, NS_PER_SECOND
from archredundancy.testing.played import play_scenario
from archredundancy.testing.scenario import SIDES, FoundGap, Unknown, read_scenarios

SCENARIOS = [scenario for path in sorted(Path(__file__).parent.glob("*.toml")) for scenario in read_scenarios(path)]
DAY = 86400 * NS_PER_SECOND
#: What the comparison does not find yet, with the number of the finding.
NOT_YET = {
    "asked-within-a-gap": 5,
    "gap-over-the-beginning": 5,
    "hole-merged-once": 6,
    "hole-of-the-merge-itself": 6,
    "one-outage-after-another": 2,
    "reboot-of-the-ioc": 2,
    "reboot-under-a-clock-that-is-fast": 8,
    "reboot-under-a-clock-that-is-slow": 8,
    "reboot-while-the-primary-is-down": 2,
    "scanned-at-other-moments": 9,
    "scanned-with-a-pause": 9,
    "short-pause-of-a-slow-pv": 7,
    "slow-pv-paused-before-a-reboot": 3,
}


def marked(scenario):
    reason = f"FOUND.md, scenarios ({NOT_YET.get(scenario.name)})"
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if scenario.name in NOT_YET else []
    return pytest.param(scenario, id=scenario.name, marks=marks)


@pytest.mark.parametrize("scenario", [marked(scenario) for scenario in SCENARIOS])
def test_what_was_planted_is_what_is_found(scenario, tmp_path):
    """Gaps to the nanosecond, with cause, evidence and count; who has what; what nobody can know; and no more."""
    played = play_scenario(scenario, tmp_path)
    assert found_in(played.comparison, scenario) == truth_of(scenario)
    check_counts(scenario, played)
    check_expiry(scenario, played)


def truth_of(scenario):
    """What a comparison must say, as text that shows where it differs."""
    dropouts = [f"{side} lacks {count} one by one" for side, count in sorted(scenario.dropouts.items()) if count]
    return in_words(scenario, (*scenario.found, *scenario.unknown), scenario.who, dropouts, scenario.conflicts)


def found_in(comparison, scenario):
    """What a comparison says, in the same words."""
    gaps = comparison.gaps
    columns = (gaps.cluster, gaps.start, gaps.end, gaps.state, gaps.cause, gaps.evidence, gaps.samples_to_gain)
    names = ("side", "start", "end", "state", "cause", "proof", "samples")
    rows = zip(*(column.tolist() for column in columns), strict=True)
    found = [FoundGap(**dict(zip(names, row, strict=True))) for row in rows]
    who = {
        name: snapped(scenario, zip(segments.start.tolist(), segments.end.tolist(), strict=True))
        for name, segments in comparison.who.items()
        if name != "both"
    }
    dropouts = [f"{lost.cluster} lacks {lost.total} one by one" for lost in comparison.dropouts if lost.total]
    return in_words(scenario, (*found, *unknown_in(comparison, scenario)), who, dropouts, len(comparison.conflicts))


def unknown_in(comparison, scenario):
    """The stretches in which one side is unknown."""
    for coverage in (comparison.primary, comparison.secondary):
        spans = snapped(scenario, zip(coverage.start.tolist(), coverage.end.tolist(), strict=True))
        for (start, end), layer in zip(spans, coverage.layer, strict=True):
            if coverage.layers[layer].state is State.UNKNOWN:
                yield Unknown(side=coverage.cluster, start=start, end=end, cause=coverage.layers[layer].cause)


def snapped(scenario, spans):
    """Return spans, their edges put right where they take what cannot be known for longer, as the scenario allows."""
    starts, ends = ({getattr(row, edge) for row in scenario.unknown} for edge in ("start", "end"))
    return [
        (
            next((truth for truth in starts if 0 <= truth - start <= scenario.slack), start),
            next((truth for truth in ends if 0 <= end - truth <= scenario.slack), end),
        )
        for start, end in spans
    ]


def in_words(scenario, rows, who, dropouts, conflicts):
    """Return what is found as lines; times are seconds from the start, to the nanosecond."""
    lines = [f"{row.side:9} {span(scenario, row.start, row.end)}: {words_of(row)}" for row in rows]
    lines += [f"{name:9} {span(scenario, *each)}" for name, spans in who.items() for each in spans]
    return "\n".join([*sorted(lines), *dropouts, f"{conflicts} conflicts"])


def words_of(row):
    if isinstance(row, Unknown):
        return f"unknown, {row.cause.value}"
    return f"{State(row.state).label}, {row.cause.value}, {row.proof.value}, {row.samples} samples to gain"


def span(scenario, *instants):
    """Return two instants as seconds from the start."""
    shifted = [divmod(instant - scenario.begins, NS_PER_SECOND) for instant in instants]
    return " to ".join(f"{whole:3}.{ns:09}" for whole, ns in shifted)


def only(played, side, other):
    """The stamps that files of one side have and those of the other lack."""
    return np.array(sorted(set(played.stored[side]) - set(played.stored[other])), np.int64)


def check_counts(scenario, played):
    """The samples to be gained are those that files of the other side have and own files lack."""
    for side, other in (SIDES, SIDES[::-1]):
        gaps, lacking = played.comparison.gaps.of(side), only(played, other, side)
        spans = zip(gaps.start, gaps.end, strict=True)
        inside = [np.count_nonzero((lacking >= start) & (lacking < end)) for start, end in spans]
        assert gaps.samples_to_gain.tolist() == inside


def check_expiry(scenario, played):
    """A gap expires when the secondary's day that holds its first sample has been kept for all the days it keeps."""
    gaps, lacking = played.comparison.gaps.of("primary"), only(played, "secondary", "primary")
    for start, end, samples, expires in zip(gaps.start, gaps.end, gaps.samples_to_gain, gaps.expires_at, strict=True):
        first = lacking[(lacking >= start) & (lacking < end)][:1]
        assert expires == (first[0] // DAY * DAY + scenario.keep_days * DAY if samples else NEVER)
