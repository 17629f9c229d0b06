"""Kleene's logic of claims and coverages against lists of three truth values, instant by instant."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.coverage import Cause, Claim, Coverage, Layer, Proof, State, combine
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

T, U, F = True, None, False

#: Kleene's strong logic, written out.
AND = {(T, T): T, (T, F): F, (T, U): U, (F, T): F, (F, F): F, (F, U): F, (U, T): U, (U, F): F, (U, U): U}
OR = {(T, T): T, (T, F): T, (T, U): T, (F, T): T, (F, F): F, (F, U): U, (U, T): T, (U, F): U, (U, U): U}
MINUS = {(T, T): F, (T, F): T, (T, U): U, (F, T): F, (F, F): F, (F, U): F, (U, T): F, (U, F): U, (U, U): U}
XOR = {(T, T): F, (T, F): T, (T, U): U, (F, T): T, (F, F): F, (F, U): U, (U, T): U, (U, F): U, (U, U): U}
NOT = {T: F, F: T, U: U}
OPERATORS = [(operator.and_, AND), (operator.or_, OR), (operator.sub, MINUS), (operator.xor, XOR)]

LENGTH = 24
truths = st.lists(st.sampled_from([T, U, F]), min_size=LENGTH, max_size=LENGTH)
begins = st.integers(-5, 5)


def where(values, wanted, begin=0):
    return Segments.of(*((begin + at, begin + at + 1) for at, value in enumerate(values) if value in wanted))


def claim_of(values, begin=0):
    """Return the claim with these truth values at `begin` and the instants after it."""
    known = where(values, [True, False], begin)
    return Claim.of((begin, begin + len(values)), known=known, active=where(values, [True], begin))


def values_of(claim, times):
    return [[F, U, T][presence] for presence in claim.at(np.array(times))]


def value_at(values, begin, time):
    """Return the truth value at an instant: unknown outside of what was asked."""
    return values[time - begin] if 0 <= time - begin < len(values) else U


@pytest.mark.parametrize(("operation", "table"), OPERATORS, ids=["and", "or", "minus", "xor"])
@given(mine=truths, theirs=truths, begin=begins)
def test_operators_are_kleenes_at_each_instant(operation, table, mine, theirs, begin):
    """Also where the two ranges differ: outside of its own each claim is unknown."""
    result = operation(claim_of(mine), claim_of(theirs, begin))
    times = range(min(0, begin), LENGTH + max(0, begin))
    assert result.asked == TimeRange(start=times.start, end=times.stop)
    assert values_of(result, times) == [table[value_at(mine, 0, t), value_at(theirs, begin, t)] for t in times]


@pytest.mark.parametrize("operation", [operation for operation, _ in OPERATORS], ids=["and", "or", "minus", "xor"])
@given(mine=truths, theirs=truths)
def test_coverages_and_claims_mix(operation, mine, theirs):
    """A coverage counts as the claim that its archiver has what happened, on either side of an operator."""
    sides = claim_of(mine), claim_of(theirs)
    coverages = [Coverage.from_segments(side.asked, known=side.known, active=side.active) for side in sides]
    expected = operation(*sides)
    assert operation(coverages[0], coverages[1]) == expected
    assert operation(coverages[0], sides[1]) == expected
    assert operation(sides[0], coverages[1]) == expected
    assert ~coverages[0] == ~sides[0]


@given(mine=truths)
def test_not_swaps_true_and_false(mine):
    """What is unknown stays unknown, and twice not is nothing done."""
    assert values_of(~claim_of(mine), range(LENGTH)) == [NOT[value] for value in mine]
    assert ~~claim_of(mine) == claim_of(mine)


@given(mine=truths)
def test_a_claim_is_its_truth_values(mine):
    """Active, absent and unknown tile the range, and claims of the same values are equal."""
    claim = claim_of(mine)
    assert values_of(claim, range(-2, LENGTH + 2)) == [U, U, *mine, U, U]
    assert [claim.active.total, claim.absent.total, claim.unknown.total] == [mine.count(value) for value in (T, F, U)]
    assert claim.known == claim.active | claim.absent
    assert (claim.share.active, claim.share.known, claim.share.asked) == (
        mine.count(T),
        LENGTH - mine.count(U),
        LENGTH,
    )


@given(mine=truths, theirs=truths)
def test_laws_of_kleene_hold(mine, theirs):
    """De Morgan, and what unknown does to the law of the excluded middle."""
    a, b = claim_of(mine), claim_of(theirs)
    assert ~(a & b) == ~a | ~b
    assert ~(a | b) == ~a & ~b
    assert a ^ b == b ^ a
    assert (a | ~a).active == a.known
    assert (a & ~a).absent == a.known


def all_of(values):
    return F if F in values else U if U in values else T


@given(mine=truths, ns=st.integers(0, 6))
def test_contract_asks_for_all_around_and_protract_for_some(mine, ns):
    """Each instant against Kleene's "all" and "any" over its neighbours, with unknown beyond the range."""
    padded = [U] * ns + mine + [U] * ns
    around = [padded[at : at + 2 * ns + 1] for at in range(LENGTH)]
    assert values_of(claim_of(mine).contract(ns), range(LENGTH)) == [all_of(values) for values in around]
    some = [NOT[all_of([NOT[value] for value in values])] for values in around]
    assert values_of(claim_of(mine).protract(ns), range(LENGTH)) == some


@given(mine=truths, ns=st.integers(0, 6))
def test_blur_keeps_what_no_shift_of_the_clock_can_change(mine, ns):
    """Known is only what is the same at all instants that the clock may have meant."""
    padded = [U] * ns + mine + [U] * ns
    around = [set(padded[at : at + 2 * ns + 1]) for at in range(LENGTH)]
    expected = [next(iter(values)) if len(values) == 1 else U for values in around]
    assert values_of(claim_of(mine).blur(ns), range(LENGTH)) == expected


@given(mine=truths, edges=st.tuples(st.integers(-3, LENGTH + 3), st.integers(-3, LENGTH + 3)).map(sorted))
def test_restricting_forgets_what_lies_outside(mine, edges):
    """Inside nothing changes, outside all is unknown."""
    start, end = max(edges[0], 0), min(edges[1], LENGTH)
    if start < end:
        result = claim_of(mine).restrict(*edges)
        assert result.asked == TimeRange(start=start, end=end)
        expected = [mine[time] if start <= time < end else U for time in range(LENGTH)]
        assert values_of(result, range(LENGTH)) == expected


words = st.tuples(st.sampled_from(State), st.sampled_from(Cause), st.sampled_from(Proof))
paintings = st.lists(st.tuples(st.integers(-3, LENGTH), st.integers(1, 9), words), max_size=8)


def painted(painting):
    """Return the words at each instant, later strokes on top."""
    shown = [(State.UNKNOWN, Cause.NONE, Proof.NONE)] * LENGTH
    for start, length, word in painting:
        for time in range(max(start, 0), min(start + length, LENGTH)):
            shown[time] = word
    return shown


def coverage_of(painting, cluster="primary"):
    layers = [
        Layer(segments=Segments.of((start, start + length)), state=state, cause=cause, proof=proof)
        for start, length, (state, cause, proof) in painting
    ]
    return Coverage.from_layers(cluster, TimeRange(start=0, end=LENGTH), layers)


@given(painting=paintings)
def test_a_coverage_shows_what_was_painted_last(painting):
    """Stretches tile the range, neighbours differ, and each instant has the words of the last stroke over it."""
    coverage, shown = coverage_of(painting), painted(painting)
    rows = [
        coverage.layers[number].words
        for start, end, number in zip(coverage.start, coverage.end, coverage.layer, strict=True)
        for _ in range(start, end)
    ]
    assert rows == shown
    assert (np.diff(coverage.layer) != 0).all()
    assert coverage.state_at(range(-1, LENGTH + 1)).tolist() == [0, *(state for state, _, _ in shown), 0]
    for layer in coverage.layers:
        assert layer.segments == Segments.of(*((t, t + 1) for t in range(LENGTH) if shown[t] == layer.words))


@given(painting=paintings)
def test_coverages_are_equal_if_each_instant_is(painting):
    """It does not matter in how many strokes the same was painted."""
    again = [(time, 1, word) for time, word in enumerate(painted(painting))]
    assert coverage_of(again) == coverage_of(painting)
    assert hash(coverage_of(again)) == hash(coverage_of(painting))
    assert coverage_of(painting, "secondary") != coverage_of(painting)


@given(painting=paintings)
def test_a_coverage_survives_as_a_dataset(painting):
    """States, causes and proofs come back, stretch by stretch."""
    assert Coverage.from_dataset(coverage_of(painting).to_dataset()) == coverage_of(painting)


@given(painting=paintings, edges=st.tuples(st.integers(0, LENGTH - 1), st.integers(1, LENGTH)).map(sorted))
def test_restricting_a_coverage_keeps_its_words(painting, edges):
    """It is as if only that part had been asked for."""
    start, end = edges
    if start < end:
        shown = painted(painting)
        inside = [(time, 1, shown[time]) for time in range(start, end)]
        asked = TimeRange(start=start, end=end)
        assert coverage_of(painting).restrict(start, end) == Coverage.from_layers(
            "primary", asked, coverage_of(inside).layers
        )


@given(mine=paintings, theirs=paintings)
def test_who_has_what_follows_from_the_truth_of_both(mine, theirs):
    """Five disjoint answers that fill the range; one unknown side leaves an instant undecided."""
    truth = {State.ACTIVE: T, State.UNKNOWN: U}
    pairs = [
        (truth.get(a, F), truth.get(b, F)) for (a, *_), (b, *_) in zip(painted(mine), painted(theirs), strict=True)
    ]
    rules = {"both": (T, T), "only_primary": (T, F), "only_secondary": (F, T), "neither": (F, F)}
    expected = {
        name: Segments.of(*((at, at + 1) for at, found in enumerate(pairs) if found == pair))
        for name, pair in rules.items()
    }
    expected["undecided"] = Segments.of(*((at, at + 1) for at, found in enumerate(pairs) if U in found))
    assert combine(coverage_of(mine), coverage_of(theirs, "secondary")) == expected
