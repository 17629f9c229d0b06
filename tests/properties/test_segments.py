"""Interval algebra against sets of instants, and against igwn-segments."""

import operator

import igwn_segments
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.segments import Segments
from archredundancy.testing.slow_segments import instants, intervals

OPERATIONS = [operator.or_, operator.and_, operator.sub, operator.xor]
INT64 = np.iinfo(np.int64)


def pairs_within(low, high):
    """Intervals in any order, overlapping, touching and empty ones among them."""
    edge = st.integers(low, high)
    return st.lists(st.tuples(edge, edge).map(lambda pair: tuple(sorted(pair))), max_size=12)


few = pairs_within(-10, 40)
anywhere = pairs_within(INT64.min, INT64.max)


def is_normal(segments):
    """Say whether the intervals are filled, sorted, disjoint and not touching."""
    return bool(np.all(segments.start < segments.end) and np.all(segments.end[:-1] < segments.start[1:]))


def as_oracle(pairs):
    """Return the same as a segment list of igwn-segments, in which empty intervals survive, so they are left out."""
    return igwn_segments.segmentlist([igwn_segments.segment(*pair) for pair in pairs if pair[0] < pair[1]]).coalesce()


@given(pairs=few)
def test_any_intervals_become_the_fewest_that_hold_the_same_instants(pairs):
    """`of` sorts, joins and drops intervals, and changes no instant."""
    assert list(Segments.of(*pairs)) == intervals(instants(pairs))


@pytest.mark.parametrize("operation", OPERATIONS)
@given(a=few, b=few)
def test_operations_are_those_of_sets_of_instants(operation, a, b):
    """Union, intersection, difference and symmetric difference equal those of Python's sets."""
    assert list(operation(Segments.of(*a), Segments.of(*b))) == intervals(operation(instants(a), instants(b)))


@pytest.mark.parametrize("operation", OPERATIONS)
@given(a=anywhere, b=anywhere)
def test_operations_agree_with_igwn_segments(operation, a, b):
    """The C library of gravitational-wave astronomy gives the same, up to the ends of int64; results are normal."""
    result = operation(Segments.of(*a), Segments.of(*b))
    oracle = operation(as_oracle(a), as_oracle(b)).coalesce()
    assert list(result) == [tuple(segment) for segment in oracle]
    assert is_normal(result)


@given(pairs=few, times=st.lists(st.integers(-12, 42)))
def test_contains_tells_the_instants_inside(pairs, times):
    """`contains` agrees with membership in the set of instants, in any order of times."""
    inside = instants(pairs)
    assert Segments.of(*pairs).contains(times).tolist() == [time in inside for time in times]


@given(a=few, b=few, c=few)
def test_laws_of_sets_hold(a, b, c):
    """De Morgan, distributivity, and splitting in parts: `a` is what it shares with `b` and what it does not."""
    a, b, c = (Segments.of(*pairs) for pairs in (a, b, c))
    assert a & (b | c) == (a & b) | (a & c)
    assert a - (b | c) == (a - b) & (a - c)
    assert (a & b) | (a - b) == a
    assert (a & b).total + (a - b).total == a.total


@given(pairs=few, edges=st.tuples(st.integers(-10, 40), st.integers(-10, 40)).map(sorted), ns=st.integers(0, 50))
def test_measures_agree_with_the_instants(pairs, edges, ns):
    """Total, longest, span, clip and the choice by length are those of the plain intervals."""
    segments, plain = Segments.of(*pairs), intervals(instants(pairs))
    assert segments.total == len(instants(pairs))
    assert segments.longest == max((end - start for start, end in plain), default=0)
    assert segments.span == ((plain[0][0], plain[-1][1]) if plain else None)
    assert list(segments.clip(*edges)) == intervals(instants(pairs) & set(range(*edges)))
    assert list(segments.longer_than(ns)) == [(start, end) for start, end in plain if end - start > ns]
    assert list(segments.shorter_than(ns)) == [(start, end) for start, end in plain if end - start < ns]
