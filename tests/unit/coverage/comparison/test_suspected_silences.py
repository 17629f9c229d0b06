"""Silences of both sides in a regular series, which nothing tells of."""

import numpy as np
import pytest

from archredundancy.coverage import Cause, Proof, State, compare_evidence
from archredundancy.testing.handmade.evidence import make_evidence, make_side

S = 1_000_000_000


def test_a_regular_series_that_stops_on_both_sides_is_unknown(history):
    """From when the next sample was due to the next sample: suspected, and not counted as lost."""
    seconds = history.without((80, 120))
    result = history.compared(seconds, seconds)
    assert history.seconds_of(result.who["undecided"]) == [(80, 120)]
    assert history.rows(result, "cluster", "state", "cause", "evidence") == [
        (side, State.UNKNOWN, Cause.SUSPECTED, Proof.SUSPECTED) for side in ("primary", "secondary")
    ]
    summary = result.summary.primary
    assert (summary.gaps, summary.declared, summary.suspected, summary.suspected_seconds) == (0, 0, 1, 40)


def test_a_regular_series_that_ends_early_or_begins_late_is_unknown_there(history):
    """What lies before the first and after the last sample of the range counts."""
    sides = [make_side(cluster, history.WINDOW, history.EVERY_SECOND[20:180]) for cluster in ("primary", "secondary")]
    result = compare_evidence(make_evidence(*sides, now=300))
    assert history.seconds_of(result.who["undecided"]) == [(0, 20), (180, 200)]


@pytest.mark.parametrize(("last", "undecided"), [(175, []), (165, [(165, 200)])])
def test_what_comes_late_is_not_suspected_at_once(history, last, undecided):
    """Asked up to the present, a sample of the last half minute may still be on its way."""
    result = history.compared(history.EVERY_SECOND[:last], history.EVERY_SECOND[:last])
    assert history.seconds_of(result.who["undecided"]) == undecided


def test_an_irregular_series_raises_no_suspicion(history):
    """A PV that changes when it likes holds its value: silence means nothing."""
    seconds = np.cumsum(np.tile([0.2, 1, 0.4], 60)).tolist()
    seconds = [second for second in seconds if not 30 < second < 60]
    result = history.compared(seconds, seconds)
    assert not result.sampling.is_regular
    assert history.seconds_of(result.who["both"]) == [(0, 200)]


def test_few_samples_prove_no_regularity(history):
    """A hundred steps are needed to call a series regular."""
    result = history.compared(history.EVERY_SECOND[:100], history.EVERY_SECOND[:100])
    assert not result.sampling.is_regular
    assert history.compared(history.EVERY_SECOND[:101], history.EVERY_SECOND[:101]).sampling.is_regular


def test_silences_that_come_often_are_usual(history):
    """Of a thousand steps more than ten long ones are a habit; only what is twice as long is suspected."""
    stamps, second = [], 0.0
    for row in range(1200):
        second += 10 if row % 60 == 59 else 0.1
        stamps.append(round(second, 1))
    stamps = [*stamps, round(second + 30, 1)]
    window = (0, stamps[-1] + 1)
    sides = [make_side(cluster, window, stamps) for cluster in ("primary", "secondary")]
    result = compare_evidence(make_evidence(*sides))
    assert result.sampling.is_regular
    assert [end for _, end in history.seconds_of(result.who["undecided"])] == [stamps[-1]]


def test_the_step_comes_from_the_union(history):
    """Each side alone has holes; together they are regular, and the printed source says of what."""
    result = history.compared(history.without((20, 60)), history.without((100, 160)))
    assert result.sampling.step == S
    assert result.sampling.source == "inferred from 199 steps of the union"
    assert not len(result.who["undecided"])


def test_min_gap_is_the_least_tolerance(history):
    """A longer silence than the step would suggest is allowed where somebody says so."""
    seconds = history.without((80, 120))
    assert not len(history.compared(seconds, seconds, min_gap=60).who["undecided"])
    assert history.seconds_of(history.compared(seconds, seconds, min_gap=0).who["undecided"]) == [(80, 120)]


def test_a_declared_outage_is_not_suspected_besides(history):
    """What is left of a silence beside what was written down is shorter than the tolerance."""
    seconds = history.without((80, 120))
    mark = history.told(seconds, 120, lost=80, regained=119)
    result = history.compared(seconds, seconds, primary=mark, secondary=mark)
    assert {row[0] for row in history.rows(result, "evidence")} == {Proof.DECLARED}
