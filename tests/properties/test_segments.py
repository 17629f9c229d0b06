"""Interval algebra against sets of instants, against boolean arrays, and against igwn-segments."""

import operator
import sys
from itertools import pairwise

import igwn_segments
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.errors import InputError
from archredundancy.segments import Segments, silences
from archredundancy.testing.twins.slow_segments import instants, intervals

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


LOW, HIGH = -30, 60


def flags_of(pairs):
    """Return for each instant from LOW to HIGH whether it lies in any interval."""
    flags = np.zeros(HIGH - LOW, bool)
    for start, end in pairs:
        flags[start - LOW : end - LOW] = True
    return flags


def from_flags(flags):
    """Return the intervals of an array of flags, found by their edges."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))) + LOW
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


BOOLEAN = {"or": operator.or_, "and": operator.and_, "xor": operator.xor, "minus": lambda a, b: a & ~b}


@pytest.mark.parametrize("name", BOOLEAN)
@given(a=few, b=few)
def test_operations_are_those_of_boolean_arrays(name, a, b):
    """One flag an instant: what numpy's own operators say."""
    operation = operator.sub if name == "minus" else BOOLEAN[name]
    expected = from_flags(BOOLEAN[name](flags_of(a), flags_of(b)))
    assert list(operation(Segments.of(*a), Segments.of(*b))) == expected


@given(a=few)
def test_complement_is_the_opposite_of_flags(a):
    """Within a range, before the first and after the last interval too."""
    assert list(Segments.of(*a).complement(LOW, HIGH)) == from_flags(~flags_of(a))


@given(a=anywhere, b=anywhere)
def test_inverting_obeys_de_morgan_up_to_the_ends_of_int64(a, b):
    """Twice is nothing done; a set and its inverse share no instant and are all of time."""
    a, b = Segments.of(*a), Segments.of(*b)
    assert ~~a == a
    assert ~(a | b) == ~a & ~b
    assert ~(a & b) == ~a | ~b
    assert not len(a & ~a)
    assert list(a | ~a) == [(INT64.min, INT64.max)]
    assert a.total + (~a).total == INT64.max - INT64.min
    assert is_normal(~a)


@given(a=few, before=st.integers(-6, 6), after=st.integers(-6, 6))
def test_protract_moves_edges_of_each_interval(a, before, after):
    """As the plain intervals would: grown or shrunk, then joined; what is too short is gone."""
    moved = [(start - before, end + after) for start, end in intervals(instants(a))]
    expected = intervals(instants(moved))
    assert list(Segments.of(*a).protract(before, after)) == expected
    assert list(Segments.of(*a).contract(-before, -after)) == expected


@given(a=few, ns=st.integers(0, 6))
def test_contract_and_protract_ask_for_all_and_any_neighbours(a, ns):
    """An instant remains if all around it are inside, and is won if any is: erosion and dilation of flags."""
    flags = np.concatenate([np.zeros(ns, bool), flags_of(a), np.zeros(ns, bool)])
    around = np.lib.stride_tricks.sliding_window_view(flags, 2 * ns + 1)
    assert list(Segments.of(*a).contract(ns)) == from_flags(around.all(axis=1))
    assert list(Segments.of(*a).protract(ns)) == from_flags(around.any(axis=1))


@given(a=anywhere, ns=st.integers(0, 2**64))
def test_protract_stops_at_the_ends_of_time(a, ns):
    """Edges do not wrap, and the C library agrees where Python's integers need no end."""
    segments = Segments.of(*a)
    oracle = as_oracle(a).protract(ns)
    whole = igwn_segments.segmentlist([igwn_segments.segment(INT64.min, INT64.max)])
    assert list(segments.protract(ns)) == [tuple(segment) for segment in oracle & whole]


@given(a=few, ns=st.integers(0, 25))
def test_contract_agrees_with_igwn_segments_but_where_that_turns_intervals_over(a, ns):
    """The C library makes [3, 7) of [0, 10) contracted by 7, since it sorts the crossed edges; here it vanishes."""
    wide = [(start, end) for start, end in intervals(instants(a)) if end - start > 2 * ns]
    assert list(Segments.of(*a).contract(ns)) == [tuple(segment) for segment in as_oracle(wide).contract(ns)]


@given(a=few, step=st.integers(1, 12))
def test_rounding_takes_steps_that_are_touched_or_whole(a, step):
    """Outward: each step with an instant inside; inward, of each interval: each step with all instants inside."""
    steps = {instant // step for instant in instants(a)}
    assert list(Segments.of(*a).round(step)) == intervals(instants((s * step, s * step + step) for s in steps))
    whole = {s for s in steps if instants([(s * step, s * step + step)]) <= instants(a)}
    assert list(Segments.of(*a).round(step, inward=True)) == intervals(
        instants((s * step, s * step + step) for s in whole)
    )


@given(a=anywhere, step=st.integers(1, INT64.max))
def test_rounding_stops_at_the_ends_of_time(a, step):
    """Rounded outward nothing is lost, and inward nothing is won."""
    segments = Segments.of(*a)
    assert segments <= segments.round(step)
    assert segments.round(step, inward=True) <= segments


@given(a=few, b=few)
def test_holding_and_meeting_are_told_interval_by_interval(a, b):
    """As sets of instants: subset, and not disjoint."""
    mine, theirs = Segments.of(*a), Segments.of(*b)
    assert theirs.holds(mine).tolist() == [instants([pair]) <= instants(b) for pair in mine]
    assert mine.meets(theirs).tolist() == [not instants([pair]).isdisjoint(instants(b)) for pair in mine]
    assert mine.intersects(theirs) == (not instants(a).isdisjoint(instants(b))) == theirs.intersects(mine)
    assert (mine <= theirs) == (instants(a) <= instants(b)) == (theirs >= mine)
    assert all(pair in mine for pair in mine)
    assert all(((pair in theirs) == (instants([pair]) <= instants(b))) for pair in mine)


@given(a=anywhere, b=anywhere)
def test_meeting_agrees_with_igwn_segments(a, b):
    """Up to the ends of int64."""
    mine, oracle = Segments.of(*a), as_oracle(b)
    assert mine.meets(Segments.of(*b)).tolist() == [
        bool(oracle.intersects_segment(igwn_segments.segment(*pair))) for pair in mine
    ]
    assert mine.intersects(Segments.of(*b)) == bool(as_oracle(a).intersects(oracle))


@given(a=few, edges=st.lists(st.integers(LOW, HIGH), min_size=1, max_size=6).map(sorted))
def test_bins_measure_what_lies_inside_each(a, edges):
    """Exactly, for bins of any width, empty ones among them."""
    inside = instants(a)
    expected = [len(inside & set(range(*pair))) for pair in pairwise(edges)]
    assert Segments.of(*a).total_in(edges).tolist() == expected


@given(a=few, ns=st.integers(0, 9))
def test_joining_fills_the_holes_up_to_a_length(a, ns):
    """Holes between intervals, none of the time before and after them."""
    segments = Segments.of(*a)
    plain = list(segments)
    holes = [(end, start) for (_, end), (start, _) in pairwise(plain)]
    assert list(segments.holes) == holes
    small = [(start, end) for start, end in holes if end - start <= ns]
    assert list(segments.join(ns)) == intervals(instants(plain + small))


@given(a=few, data=st.data())
def test_picking_gives_intervals(a, data):
    """One as a pair; a slice or a mask as segments."""
    segments = Segments.of(*a)
    plain = list(segments)
    mask = data.draw(st.lists(st.booleans(), min_size=len(plain), max_size=len(plain)))
    assert [segments[row] for row in range(len(plain))] == plain
    assert list(segments[np.array(mask, bool)]) == [pair for pair, wanted in zip(plain, mask, strict=True) if wanted]
    assert list(segments[1:3]) == plain[1:3]


def silent_pairs(times, longer_than, within=None):
    """Walk from sample to sample."""
    steps = list(times) if within is None else [within[0], *times, within[1]]
    return [(a, b) for a, b in pairwise(steps) if b - a > longer_than]


@pytest.mark.parametrize("block", [1, 2, 1 << 15])
@given(times=st.lists(st.integers(-50, 50), max_size=30).map(sorted), longer_than=st.integers(0, 20))
def test_silences_are_what_a_walk_finds(block, times, longer_than):
    """With and without the range that was asked for, whatever the size of the blocks."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys.modules["archredundancy.segments.silences"], "BLOCK", block)
        assert list(silences(times, longer_than)) == intervals(instants(silent_pairs(times, longer_than)))
        expected = intervals(instants(silent_pairs(times, longer_than, (-60, 55))))
        assert list(silences(times, longer_than, within=(-60, 55))) == expected


@given(times=st.lists(st.integers(-(2**62), 2**62), max_size=9), longer_than=st.integers(0, INT64.max))
def test_silences_take_any_times_that_are_in_order(times, longer_than):
    """Differences may be as long as 292 years; any step backwards is refused."""
    if times == sorted(times):
        assert list(silences(times, longer_than)) == list(Segments.of(*silent_pairs(times, longer_than)))
    else:
        with pytest.raises(InputError, match=r"time \d+ \(.* is earlier than the one before it"):
            silences(times, longer_than)
