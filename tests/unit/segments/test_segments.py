"""`Segments`: what each call gives, case by case."""

import pickle

import numpy as np
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
