"""When a record is processed, and what comes of it."""

import pytest

from archredundancy.appliance import Given, Periodic, Sampled
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType


def test_a_periodic_record_is_processed_at_an_offset_from_whole_periods():
    """With its value, and alarm, of that time."""
    series = Periodic(
        value=lambda time: time // NS_PER_SECOND, period=2.0, offset=0.5, alarm=lambda value: (value % 3, 7)
    )
    second = NS_PER_SECOND
    assert series.last(4 * second) == Sampled(
        dbr_type=DbrType.SCALAR_DOUBLE, time=5 * second // 2, value=2, severity=2, status=7
    )
    assert [series.next(at) for at in (0, second // 2, 2 * second)] == [second // 2, 5 * second // 2, 5 * second // 2]


def test_given_samples_end():
    """Before the first one there is none, after the last one no more."""
    series = Given(samples=[Sampled(dbr_type=DbrType.SCALAR_INT, time=at, value=at) for at in (5, 9)])
    assert series.dbr_type is DbrType.SCALAR_INT
    assert [None if (found := series.last(at)) is None else found.value for at in (4, 5, 8, 99)] == [None, 5, 5, 9]
    assert [series.next(at) for at in (4, 5, 9)] == [5, 9, None]


@pytest.mark.parametrize("period", [0.0, -1.0, 1e-10])
def test_a_period_is_some_time(period):
    """Else time could never pass."""
    with pytest.raises(InputError, match="the period is"):
        Periodic(value=float, period=period)


@pytest.mark.parametrize("times", [(9, 5), (5, 5)])
def test_given_samples_are_in_order(times):
    """Else the one at a time could not be found."""
    with pytest.raises(InputError, match="not in order of time"):
        Given(samples=[Sampled(dbr_type=DbrType.SCALAR_INT, time=at, value=at) for at in times])
