"""Where a time axis is silent: the cases that other tools got wrong."""

import numpy as np
import pytest

from archredundancy.errors import InputError
from archredundancy.segments import silences

STEADY = np.arange(0, 100, 10)


def test_a_steady_series_has_no_silence():
    """No phantom gap of one sample: the step itself is within the tolerance (ObsPy #72, #73)."""
    assert list(silences(STEADY, 10)) == []
    assert list(silences(STEADY, 9)) == [(0, 90)]


def test_a_missing_sample_makes_one_silence_of_two_steps():
    """From the sample before to the sample after: no sample more and none less."""
    assert list(silences(np.delete(STEADY, 4), 10)) == [(30, 50)]


def test_silences_at_both_ends_count_when_the_range_is_given():
    """Before the first and after the last sample (ObsPy PR #1207); without a range nobody asked."""
    assert list(silences(STEADY, 10, within=(-50, 200))) == [(-50, 0), (90, 200)]
    assert list(silences(STEADY, 10, within=(-10, 100))) == []
    assert list(silences(STEADY, 10)) == []


def test_without_samples_the_whole_range_is_silent():
    """Nothing at all is one silence, if it is longer than the tolerance."""
    assert list(silences([], 10, within=(0, 100))) == [(0, 100)]
    assert list(silences([], 100, within=(0, 100))) == []
    assert list(silences([], 10)) == []


def test_a_lone_sample_does_not_make_two_short_pauses_a_long_one():
    """Pauses on both sides of the only sample are held against the tolerance one by one."""
    assert list(silences([5], 6, within=(0, 11))) == []
    assert list(silences([5], 5, within=(0, 11))) == [(5, 11)]


def test_repeated_times_are_no_silence():
    """Two samples of one instant are neighbours."""
    assert list(silences([0, 0, 20, 20], 5)) == [(0, 20)]


@pytest.mark.parametrize("times", [[0, 20, 10], [20, 10], [*range(40_000), 5]], ids=["one", "first", "far"])
def test_times_out_of_order_are_refused(times):
    """Unsorted times gave wrong gaps silently elsewhere (ObsPy #90, #3479)."""
    with pytest.raises(InputError, match=r"is earlier than the one before it .* sort the times first"):
        silences(times, 100)


def test_samples_outside_the_range_are_refused():
    """The range is that of the question; the message names both."""
    with pytest.raises(InputError, match=r"times from 0 to 90 ns do not lie within 5 to 200 ns; cut them"):
        silences(STEADY, 10, within=(5, 200))


def test_a_negative_tolerance_is_refused():
    """Nor one that int64 cannot tell."""
    for tolerance in (-1, 2**63):
        with pytest.raises(InputError, match=f"the tolerance is {tolerance} ns"):
            silences(STEADY, tolerance)


def test_any_unit_of_numpy_will_do():
    """Times in microseconds are not taken for nanoseconds."""
    times = STEADY.astype("datetime64[us]")
    assert list(silences(times[[0, 1, 4]], 10_000)) == [(10_000, 40_000)]
