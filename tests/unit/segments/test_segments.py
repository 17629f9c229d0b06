"""`Segments`: what each call gives, case by case."""

import operator
import pickle

import numpy as np
import pandas as pd
import pytest

from archredundancy.errors import InputError
from archredundancy.segments import Segments

NIGHTS = Segments.of((0, 10), (20, 30))

NORMAL_FORMS = {
    "sorted": ([(20, 30), (0, 10)], [(0, 10), (20, 30)]),
    "overlapping": ([(0, 10), (5, 15)], [(0, 15)]),
    "touching": ([(0, 10), (10, 15)], [(0, 15)]),
    "nested": ([(0, 10), (2, 3)], [(0, 10)]),
    "empty interval": ([(5, 5)], []),
    "empty interval inside another": ([(0, 10), (5, 5)], [(0, 10)]),
    "none": ([], []),
    "the whole of int64": ([(-(2**63), 2**63 - 1)], [(-(2**63), 2**63 - 1)]),
}

OPERATIONS = {
    "union": (lambda a, b: a | b, [(0, 25), (30, 40)]),
    "intersection": (lambda a, b: a & b, [(5, 10), (20, 22)]),
    "difference": (lambda a, b: a - b, [(0, 5), (22, 25)]),
    "symmetric difference": (lambda a, b: a ^ b, [(0, 5), (10, 20), (22, 25), (30, 40)]),
}


@pytest.mark.parametrize(("pairs", "expected"), NORMAL_FORMS.values(), ids=NORMAL_FORMS)
def test_any_intervals_are_brought_into_one_form(pairs, expected):
    """`of` and `from_arrays` sort, join and drop."""
    assert list(Segments.of(*pairs)) == expected
    assert list(Segments.from_arrays([start for start, _ in pairs], [end for _, end in pairs])) == expected


@pytest.mark.parametrize(("operation", "expected"), OPERATIONS.values(), ids=OPERATIONS)
def test_operations(operation, expected):
    """Each operation on two sets that overlap partly."""
    assert list(operation(Segments.of((0, 10), (20, 25)), Segments.of((5, 22), (30, 40)))) == expected


def test_touching_results_are_joined():
    """Two sets that share nothing but an edge become one interval."""
    assert list(Segments.of((0, 5)) | Segments.of((5, 9))) == [(0, 9)]
    assert list(Segments.of((0, 5)) ^ Segments.of((5, 9))) == [(0, 9)]


def test_operations_take_nothing():
    """Neither side needs to hold an interval."""
    nothing = Segments.empty()
    assert NIGHTS | nothing == NIGHTS - nothing == NIGHTS ^ nothing == nothing | NIGHTS == nothing ^ NIGHTS == NIGHTS
    assert NIGHTS & nothing == nothing & NIGHTS == nothing - NIGHTS == nothing | nothing == nothing ^ nothing == nothing


def test_an_interval_that_ends_before_it_starts_is_refused():
    """The message names the interval and both its edges."""
    message = r"interval 1 ends at 1970-01-01T00:00:00.000000003Z, before its start 1970-01-01T00:00:00.000000007Z"
    with pytest.raises(InputError, match=message):
        Segments.of((0, 1), (7, 3))


@pytest.mark.parametrize(("start", "end"), [([1], [2, 3]), ([[1]], [[2]])], ids=["lengths", "dimensions"])
def test_arrays_that_do_not_match_are_refused(start, end):
    """One start and one end for each interval."""
    with pytest.raises(InputError, match="start has shape"):
        Segments.from_arrays(start, end)


def test_clip_cuts_at_both_ends():
    """What lies inside the range remains, cut where it sticks out."""
    assert list(NIGHTS.clip(5, 25)) == [(5, 10), (20, 25)]
    assert list(NIGHTS.clip(12, 18)) == []
    with pytest.raises(InputError, match="before its start"):
        NIGHTS.clip(5, 4)


def test_intervals_hold_their_start_and_not_their_end():
    """Half-open, for scalars and arrays of any shape."""
    assert NIGHTS.contains([-1, 0, 9, 10, 19, 20, 30]).tolist() == [False, True, True, False, False, True, False]
    assert NIGHTS.contains(5)
    assert NIGHTS.contains(np.array([[0], [15]])).tolist() == [[True], [False]]
    assert not Segments.empty().contains([0]).any()


def test_measures():
    """Length, total, longest and span, also of nothing."""
    segments = Segments.of((0, 10), (20, 23))
    assert (len(segments), segments.total, segments.longest, segments.span) == (2, 13, 10, (0, 23))
    assert segments.duration.tolist() == [10, 3]
    nothing = Segments.empty()
    assert (len(nothing), nothing.total, nothing.longest, nothing.span) == (0, 0, 0, None)
    assert not nothing


def test_choice_by_length_is_strict():
    """An interval as long as the limit is neither longer nor shorter."""
    segments = Segments.of((0, 5), (10, 20), (30, 50))
    assert list(segments.longer_than(10)) == [(30, 50)]
    assert list(segments.shorter_than(10)) == [(0, 5)]


def test_equality_is_that_of_instants():
    """Sets made in different ways are equal and hash alike; other things are not equal."""
    made = Segments.of((0, 5)) | Segments.of((5, 10))
    assert made == Segments.of((0, 10))
    assert hash(made) == hash(Segments.of((0, 10)))
    assert made != Segments.of((0, 11))
    assert made != [(0, 10)]


def test_edges_cannot_be_changed():
    """Neither the attributes nor the arrays can be written, and the caller's arrays are left alone."""
    start = np.array([0, 20])
    segments = Segments.from_arrays(start, [10, 30])
    with pytest.raises(ValueError, match="read-only"):
        segments.start[0] = 7
    with pytest.raises(AttributeError, match="cannot assign"):
        segments.end = start
    start[0] = 7
    assert list(segments) == [(0, 10), (20, 30)]


def test_repr_tells_how_many_how_long_and_where():
    """One line, with nine digits and the zone."""
    assert repr(Segments.of((0, 1_500_000_000))) == (
        "<1 Segments, 1.5 s within 1970-01-01T00:00:00.000000000Z .. 1970-01-01T00:00:01.500000000Z>"
    )
    assert repr(Segments.empty()) == "<no Segments>"


def test_table_keeps_nanoseconds():
    """Times are datetime64[ns] whatever pandas prefers."""
    table = NIGHTS.to_dataframe()
    assert [str(dtype) for dtype in table.dtypes] == ["datetime64[ns]", "datetime64[ns]", "timedelta64[ns]"]
    assert table["end"].astype("int64").tolist() == [10, 30]


def test_segments_travel_between_processes():
    """A pickled copy is equal."""
    assert pickle.loads(pickle.dumps(NIGHTS)) == NIGHTS


def test_tables_of_any_kind_become_segments():
    """What `to_dataframe` gave, a Dataset of it, columns with a time zone; but not a table without edges."""
    table = NIGHTS.to_dataframe()
    assert Segments.from_table(table) == Segments.from_table(table.to_xarray()) == NIGHTS
    zoned = pd.DataFrame(
        {name: table[name].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo") for name in ("start", "end")}
    )
    assert Segments.from_table(zoned) == NIGHTS
    with pytest.raises(InputError, match=r"no column \['end'\]; it has \['start', 'stop'\]"):
        Segments.from_table({"start": [0], "stop": [1]})


def test_membership_asks_for_instants_and_for_whole_intervals():
    """A pair is in if all of it is, not if it is listed."""
    assert 0 in NIGHTS
    assert 10 not in NIGHTS
    assert np.datetime64(5, "ns") in NIGHTS
    assert (2, 8) in NIGHTS
    assert (8, 22) not in NIGHTS


def test_pairs_are_counted_from_the_end_too():
    """As in a list, and beyond it there is none."""
    assert NIGHTS[-1] == (20, 30)
    with pytest.raises(IndexError, match="out of bounds"):
        NIGHTS[2]


def test_a_step_is_positive():
    """Rounding to nothing is refused."""
    with pytest.raises(InputError, match="the step is 0 ns; give a positive one"):
        NIGHTS.round(0)


def test_shifting_keeps_lengths():
    """To later and to earlier times."""
    assert list(NIGHTS.shift(5)) == [(5, 15), (25, 35)]
    assert NIGHTS.shift(-5).shift(5) == NIGHTS


def test_a_time_longer_than_int64_is_still_measured():
    """All of time is 584 years; as a length, int64 tells 292 of them."""
    always = ~Segments.empty()
    assert always.total == always.longest == 2**64 - 1
    assert always.duration.tolist() == [2**63 - 1]
    assert list(always.longer_than(2**63)) == list(always)


def test_one_nanosecond_in_ten_years_is_measured():
    """Totals are integers: nothing is rounded away."""
    decade = 315_569_520 * 10**9
    holed = Segments.of((0, decade)) - Segments.of((12_345, 12_346))
    assert holed.total == decade - 1
    assert holed.total_in([0, decade, 2 * decade]).tolist() == [decade - 1, 0]


@pytest.mark.parametrize("name", ["or_", "and_", "sub", "xor", "le", "ge"])
def test_only_segments_can_be_combined_with_segments(name):
    """A pair is not taken for a set of intervals; Python says which types do not fit."""
    with pytest.raises(TypeError, match="'Segments' and 'tuple'"):
        getattr(operator, name)(NIGHTS, (0, 5))
