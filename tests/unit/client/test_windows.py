"""Spans that can be asked for."""

import pytest

from archredundancy.client.windows import halve, probe_at, query_times, shortest_of, whole_seconds
from archredundancy.model import TimeRange

S = 10**9


@pytest.mark.parametrize(
    ("asked", "whole"),
    [
        ((0, S), (0, S)),
        ((1, S - 1), (0, S)),
        ((S, S + 1), (S, 2 * S)),
        ((-1, 1), (-S, S)),
        ((5 * S, 5 * S), (5 * S, 5 * S)),
    ],
)
def test_whole_seconds_hold_the_range(asked, whole):
    """Start down, end up; before 1970 too."""
    assert whole_seconds(TimeRange(start=asked[0], end=asked[1])) == TimeRange(start=whole[0], end=whole[1])


@pytest.mark.parametrize(("seconds", "middle"), [(120, 60), (121, 60), (3601, 1800)])
def test_halves_are_whole_seconds_too(seconds, middle):
    """Nothing is left out between them."""
    first, second = halve(TimeRange(start=0, end=seconds * S))
    assert (first.start, first.end, second.start, second.end) == (0, middle * S, middle * S, seconds * S)


@pytest.mark.parametrize(("seconds", "shortest"), [(10, 60), (86400, 60), (366 * 86400, 366 * 86400 / 8192)])
def test_pieces_are_not_cut_for_ever(seconds, shortest):
    """A minute is short enough, and an hour where years are read."""
    windows = [TimeRange(start=0, end=S), TimeRange(start=0, end=seconds * S)]
    assert shortest_of(windows) == int(shortest * S)


def test_times_have_milliseconds_and_z():
    """As the appliance's own clients send them."""
    assert query_times(probe_at(1717200000 * S)) == [
        ("from", "2024-06-01T00:00:00.000Z"),
        ("to", "2024-06-01T00:00:01.000Z"),
    ]
