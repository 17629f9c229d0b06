"""`unite`: which sample wins, which conflicts are told, and what is refused."""

import numpy as np
import pytest

from archredundancy.errors import InputError
from archredundancy.merge import Disorder, Irregularities, Origin, unite
from archredundancy.model import DbrType, Extras, Samples
from archredundancy.segments import Segments

NAN = float("nan")


def doubles(times, values, severity=None, status=None, extras=None):
    return Samples.build(DbrType.SCALAR_DOUBLE, times, values, severity, status, extras)


TIES = {
    "equal": ((1.5, 0, 0), (1.5, 0, 0), Origin.BOTH_EQUAL),
    "NaN on both sides": ((NAN, 3, 17), (NAN, 3, 17), Origin.BOTH_EQUAL),
    "zeros of different sign": ((0.0, 0, 0), (-0.0, 0, 0), Origin.BOTH_EQUAL),
    "values differ": ((1.5, 0, 0), (2.5, 0, 0), Origin.BOTH_DIFFER),
    "NaN on one side": ((NAN, 0, 0), (1.5, 0, 0), Origin.BOTH_DIFFER),
    "severities differ": ((1.5, 1, 3), (1.5, 2, 3), Origin.BOTH_DIFFER),
    "statuses differ": ((1.5, 1, 3), (1.5, 1, 4), Origin.BOTH_DIFFER),
}


@pytest.mark.parametrize(("mine", "theirs", "origin"), TIES.values(), ids=TIES)
def test_at_equal_instants_the_primary_wins(mine, theirs, origin):
    """The primary's sample is kept; any difference in value or alarm is a conflict with both sides listed."""
    merged = unite(*(doubles([10], [value], [severity], [status]) for value, severity, status in (mine, theirs)))
    np.testing.assert_array_equal(merged.samples.value, [mine[0]])
    assert (merged.samples.severity[0], merged.samples.status[0]) == mine[1:]
    assert merged.origin.tolist() == [origin]
    assert merged.origin.dtype == np.int8
    assert len(merged.conflicts) == (origin is Origin.BOTH_DIFFER)


def test_nanoseconds_tell_samples_apart():
    """Two samples one nanosecond apart are two samples, today and in any year."""
    now = 1_795_000_000_123_456_789
    merged = unite(doubles([now], [1]), doubles([now + 1], [1]))
    assert merged.samples.time.tolist() == [now, now + 1]
    assert merged.origin.tolist() == [Origin.PRIMARY, Origin.SECONDARY]


@pytest.mark.parametrize(
    ("mine", "theirs", "origins"),
    [([], [], []), ([1, 2], [], [0, 0]), ([], [1, 2], [1, 1])],
    ids=["both", "secondary", "primary"],
)
def test_a_side_may_be_empty(mine, theirs, origins):
    """What the other side has is the union."""
    merged = unite(doubles(mine, mine), doubles(theirs, theirs))
    assert merged.origin.tolist() == origins
    assert merged.samples.value.tolist() == (mine or theirs)


def test_field_values_follow_the_sample_that_is_kept():
    """At a tie the primary's field values stay, also none; samples only one side has keep theirs."""
    hihi, lolo = (("HIHI", "9"),), (("LOLO", "1"),)
    mine = doubles([10, 20, 30], [1, 2, 3], extras=Extras.build([(0, hihi, 4, -1, -1)]))
    theirs = doubles(
        [10, 15, 20],
        [1, 9, 2],
        extras=Extras.build([(0, lolo, -1, -1, -1), (1, lolo, -1, 1, 7), (2, lolo, -1, -1, -1)]),
    )
    extras = unite(mine, theirs).samples.extras
    assert extras.row.tolist() == [0, 1]
    assert extras.fields.tolist() == [hihi, lolo]
    assert extras.repeat_count.tolist() == [4, -1]
    assert extras.field_change.tolist() == [-1, 1]
    assert extras.user_tag.tolist() == [-1, 7]


def test_disorder_is_put_right_and_reported():
    """Rows are moved to their place; the first of equal instants stays; each side's report tells how many."""
    mine = doubles([10, 30, 20, 30, 10], [1, 3, 2, 3, 7])
    merged = unite(mine, doubles([40], [4]))
    assert merged.samples.time.tolist() == [10, 20, 30, 40]
    assert merged.samples.value.tolist() == [1, 2, 3, 4]
    expected = Irregularities(out_of_order=2, repeated=2, repeated_different=1)
    assert merged.disorder == Disorder(primary=expected, secondary=Irregularities())
    assert merged.disorder
    assert not merged.disorder.secondary


def test_gaps_only_fills_where_the_primary_was_not_active():
    """Samples of the secondary inside `active` are left out; equal instants are compared all the same."""
    mine, theirs = doubles([0, 10, 40], [0, 1, 4]), doubles([5, 10, 20, 30, 45], [9, 7, 2, 3, 9])
    merged = unite(mine, theirs, policy="gaps_only", active=Segments.of((0, 15), (40, 50)))
    assert merged.samples.time.tolist() == [0, 10, 20, 30, 40]
    assert merged.origin.tolist() == [0, 3, 1, 1, 0]


REFUSED = {
    "unknown policy": ({"policy": "newest"}, "unknown policy 'newest'; allowed: union, gaps_only"),
    "gaps_only without active": ({"policy": "gaps_only"}, "pass active=Segments"),
    "active without gaps_only": ({"active": Segments.empty()}, "only with policy='gaps_only'"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_options_that_make_no_sense_are_refused(options, message):
    """Nothing is silently ignored."""
    with pytest.raises(InputError, match=message):
        unite(doubles([1], [1]), doubles([1], [1]), **options)


def test_different_types_are_refused_by_name():
    """A PV that changed its type cannot be united in one go."""
    theirs = Samples.build(DbrType.SCALAR_INT, [1], [1])
    with pytest.raises(InputError, match="the primary's samples are SCALAR_DOUBLE, the secondary's SCALAR_INT"):
        unite(doubles([1], [1]), theirs)


def test_inputs_are_left_as_they_are():
    """A merge in memory changes nothing but its result, which shares no memory with the inputs."""
    mine, theirs = doubles([20, 10], [2, 1]), doubles([10, 15], [1, 5])
    merged = unite(mine, theirs)
    assert mine.time.tolist() == [20, 10]
    assert not np.shares_memory(merged.samples.value, mine.value)


def test_repr_counts_by_origin():
    """One line tells how much a merge would gain and how many conflicts there are."""
    merged = unite(doubles([1, 2], [1, 2]), doubles([2, 3, 4], [9, 3, 4]))
    assert repr(merged) == "<Merged, 4 samples: 1 PRIMARY, 2 SECONDARY, 0 BOTH_EQUAL, 1 BOTH_DIFFER>"
    assert merged.count(Origin.SECONDARY) == 2
