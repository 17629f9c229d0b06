"""The union against its slow twin, for all 15 types, and the laws any union keeps."""

import itertools
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.merge import Origin, assembly, stretches, unite
from archredundancy.merge.stretches import OutOfOrder, Pattern, find_stretches
from archredundancy.model import DbrType, Samples
from archredundancy.segments import Segments
from archredundancy.testing import assert_samples_equal
from archredundancy.testing.generated.pairs import histories, pairs_of_samples
from archredundancy.testing.generated.strategies import samples_strategy
from archredundancy.testing.twins.slow_merge import rows_of, slow_unite

BASE = 1_700_000_000_000_000_000


def check_against_twin(primary, secondary, merged, active=None):
    """Compare samples, origins, conflicts and what was left out with the row-by-row merge, bit by bit."""
    expected = slow_unite(primary, secondary, active=active)
    assert repr(rows_of(merged.samples)) == repr(expected.rows)
    assert [Origin(code).name for code in merged.origin] == expected.origins
    conflicts = zip(rows_of(merged.conflicts.primary), rows_of(merged.conflicts.secondary), strict=True)
    assert repr(list(conflicts)) == repr(expected.conflicts)
    assert (merged.disorder.primary.repeated, merged.disorder.secondary.repeated) == expected.repeated


@pytest.mark.parametrize("dbr_type", DbrType)
@settings(max_examples=40)
@given(data=st.data())
def test_union_is_that_of_the_slow_twin(dbr_type, data):
    """Duplicates, disorder, NaN, ties, field values, run by run or woven: two merges that share no code agree."""
    primary, secondary = data.draw(histories(dbr_type)), data.draw(histories(dbr_type))
    with (
        patch.object(stretches, "_TRIAL_RUNS", data.draw(st.sampled_from([0, 8]))),
        patch.object(assembly, "_WINDOW_ROWS", data.draw(st.sampled_from([3, 65536]))),
    ):
        merged = unite(primary, secondary)
    check_against_twin(primary, secondary, merged)


@given(pair=st.sampled_from(DbrType).flatmap(lambda kind: st.tuples(samples_strategy(kind), samples_strategy(kind))))
def test_any_bits_survive_a_union(pair):
    """Each sample of the union is one of the sides to the last bit, NaN payloads included."""
    merged = unite(*pair)
    for side, origins in ((pair[0], [0, 2, 3]), (pair[1], [1])):
        kept = merged.samples.take(np.flatnonzero(np.isin(merged.origin, origins)))
        first = [side.time.tolist().index(time) for time in kept.time.tolist()]
        assert_samples_equal(kept, side.take(np.array(first, np.int64)))


@given(pair=pairs_of_samples(), edges=st.lists(st.integers(0, 21), min_size=2, max_size=6).map(sorted))
def test_gaps_only_takes_what_lies_outside_active(pair, edges):
    """The secondary adds samples only where the primary was not active; ties are still compared everywhere."""
    active = Segments.of(*((BASE + a, BASE + b) for a, b in itertools.pairwise(edges)))
    merged = unite(*pair, policy="gaps_only", active=active)
    check_against_twin(*pair, merged, active)
    assert not active.contains(merged.samples.time[merged.origin == Origin.SECONDARY]).any()


@given(pair=pairs_of_samples())
def test_laws_of_a_union(pair):
    """Times strictly increase, nothing is lost or invented, and uniting again changes nothing."""
    merged = unite(*pair)
    assert merged.samples.is_ordered
    assert set(merged.samples.time.tolist()) == {*pair[0].time.tolist(), *pair[1].time.tolist()}
    again = unite(merged.samples, pair[1])
    assert repr(rows_of(again.samples)) == repr(rows_of(merged.samples))
    assert not again.count(Origin.SECONDARY)
    assert len(again.conflicts) == len(merged.conflicts)


@st.composite
def long_axes(draw):
    """Two axes of hundreds of rows out of runs that one or both sides have, from single rows to long ones."""
    owners = draw(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([1, 2, 40, 300])), max_size=40))
    owner = np.repeat([who for who, _ in owners], [length for _, length in owners]).astype(np.int64)
    time = np.arange(len(owner), dtype=np.int64) * 1_000_000_007
    return time[owner & 1 > 0], time[owner & 2 > 0]


WINDOWS = st.sampled_from([1, 7, 256, 65536])


@given(axes=long_axes(), window=WINDOWS, first_look=st.sampled_from([1, 1024]))
def test_stretches_follow_each_other_and_keep_their_word(axes, window, first_look):
    """Stretches cover each row once, in order of time, and rows lie in each as its pattern says."""
    primary, secondary = axes
    i = j = 0
    latest = -1
    with patch.object(stretches, "_FIRST_LOOK", first_look):
        found = list(find_stretches(primary, secondary, window))
    for stretch in found:
        assert (stretch.p_start, stretch.s_start) == (i, j)
        i, j = stretch.p_stop, stretch.s_stop
        mine, theirs = primary[stretch.p_start : i], secondary[stretch.s_start : j]
        match stretch.pattern:
            case Pattern.PRIMARY_ONLY:
                assert len(mine)
                assert not len(theirs)
            case Pattern.SECONDARY_ONLY:
                assert len(theirs)
                assert not len(mine)
            case Pattern.SAME:
                assert 0 < len(mine) <= window
                assert np.array_equal(mine, theirs)
            case Pattern.WOVEN:
                assert 0 < len(mine) <= window
                assert 0 < len(theirs) <= window
        assert min([*mine[:1], *theirs[:1]]) > latest
        latest = max([*mine[-1:], *theirs[-1:]])
    assert (i, j) == (len(primary), len(secondary))


@given(axes=long_axes(), window=WINDOWS, side=st.integers(0, 1), row=st.integers(min_value=0), back=st.integers(0, 1))
def test_stretches_end_where_times_do_not_increase(axes, window, side, row, back):
    """One time on either side, wherever it is, that repeats or precedes the one before it is seen."""
    times = axes[side]
    if len(times) < 2:
        return
    row = 1 + row % (len(times) - 1)
    times[row] = times[row - 1] - back
    with pytest.raises(OutOfOrder):
        list(find_stretches(*axes, window))


@given(axes=long_axes(), seed=st.integers(0, 2**32 - 1))
def test_long_unions_are_those_of_the_slow_twin(axes, seed):
    """Runs and woven stretches of hundreds of rows, with some values that differ, give what a walk gives."""
    generator = np.random.default_rng(seed)
    primary, secondary = (
        Samples.build(DbrType.SCALAR_INT, time, generator.integers(0, 20, len(time)) // 19) for time in axes
    )
    check_against_twin(primary, secondary, unite(primary, secondary))
