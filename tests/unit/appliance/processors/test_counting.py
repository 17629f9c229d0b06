"""Samples counted, not binned."""

import pytest

from archredundancy.appliance.processors.processor import AnswerLost
from archredundancy.model import DbrType


def test_a_count_is_one_integer_at_the_start(taken):
    """Samples whose millisecond lies in the window are counted; repeats of other streams are counted again."""
    assert taken("ncount", (10, 20), [5, 10, 15], [15, 20, 20.0005, 21]) == [(10, 5)]


def test_a_count_without_streams_is_nought(results):
    """Also where there is nothing, there is a sample, under the PV's name."""
    (stream,) = results("ncount", (10, 20))
    assert (stream.header.pv, stream.header.dbr_type) == ("X:Y", DbrType.SCALAR_INT)
    assert [row.sample.value for row in stream.rows()] == [0]


def test_each_nth_sample_counts_from_the_first_in_the_window(taken):
    """Samples before the window and repeats are not counted."""
    assert taken("nth_2", (10, 20), [5, 10, 12, 14], [12, 14, 16, 18]) == [(10, 1), (14, 3), (18, 3)]


def test_nth_drops_fields(made, stream, results):
    """What is kept is made anew, without the fields it came with."""
    extras = made.extras([(0, (("HIHI", "1.0"),), -1, 1, -1)])
    (result,) = results("nth_1", (0, 10), stream([1], severity=[2], extras=extras))
    ((row,)) = result.rows()
    assert (row.sample.fields, row.sample.severity, row.sample.actual_change) == ({}, 2, False)


def test_nth_of_nothing_loses_the_answer(results):
    """Where there is no stream, Java stumbles over what it did not make."""
    with pytest.raises(AnswerLost, match="no samples"):
        results("nth_2", (0, 10))
