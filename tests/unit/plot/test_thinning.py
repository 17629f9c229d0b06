"""Leaving out samples that would not be seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.model import TimeRange
from archredundancy.plot.thinning import BINS, thin

FEW = 4 * BINS


def long_series(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, TimeRange]:
    rng = np.random.default_rng(seed)
    time = np.cumsum(rng.integers(1, 1000, count))
    return time, rng.normal(0, 1, count), TimeRange(start=0, end=int(time[-1]) + 1)


def test_few_samples_are_all_drawn():
    """Where samples are few, none is left out."""
    time = np.arange(FEW)
    assert thin(time, [time.astype(float)], TimeRange(start=0, end=FEW)).tolist() == time.tolist()


@settings(max_examples=30)
@given(st.integers(FEW + 1, 5 * FEW), st.integers(0, 2**32 - 1), st.data())
def test_spikes_stay(count, seed, data):
    """A sample that towers above or below all others is drawn, wherever it is."""
    time, height, window = long_series(count, seed)
    row = data.draw(st.integers(0, count - 1))
    height[row] = data.draw(st.sampled_from([1e9, -1e9]))
    assert row in thin(time, [height], window)


@settings(max_examples=30)
@given(st.integers(FEW + 1, 5 * FEW), st.integers(0, 2**32 - 1), st.data())
def test_rare_members_stay(count, seed, data):
    """The only sample of a group is drawn, however unremarkable its height."""
    time, height, window = long_series(count, seed)
    rare = np.zeros(count, bool)
    rare[row := data.draw(st.integers(0, count - 1))] = True
    assert row in thin(time, [height], window, [rare, ~rare])


@settings(max_examples=30)
@given(st.integers(FEW + 1, 5 * FEW), st.integers(0, 2**32 - 1))
def test_extremes_of_each_part_are_those_of_all_samples(count, seed):
    """In each part of the window, what is drawn has the first, last, smallest and largest height of what is there."""
    time, height, window = long_series(count, seed)
    rows = thin(time, [height], window)
    part = np.searchsorted([window.duration * number // BINS for number in range(1, BINS)], time, "right")
    drawn = part[rows]
    for number in np.unique(part):
        all_of_it, drawn_of_it = height[part == number], height[rows][drawn == number]
        assert (drawn_of_it[0], drawn_of_it[-1]) == (all_of_it[0], all_of_it[-1])
        assert (drawn_of_it.min(), drawn_of_it.max()) == (all_of_it.min(), all_of_it.max())


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("curves", [1, 2])
def test_what_is_drawn_is_bounded(groups, curves):
    """A million samples make at most a few thousand points for each group."""
    time, height, window = long_series(1_000_000, 0)
    members = [np.arange(len(time)) % groups == number for number in range(groups)]
    assert len(thin(time, [height] * curves, window, members)) <= 1 + groups * BINS * (2 + 2 * curves)


def test_values_that_are_no_numbers_are_no_extremes():
    """NaN and infinities neither count as extremes nor keep others from being found."""
    time, height, window = long_series(3 * FEW, 0)
    height[::3], height[1::3] = np.nan, np.inf
    height[row := 3 * 777 + 2] = 50
    assert row in thin(time, [height], window)


def test_a_window_of_decades_does_not_overflow():
    """The parts of a window of thirty years are exact."""
    time = np.arange(FEW + 1) * 10**15 // 3
    window = TimeRange(start=0, end=10**18)
    assert {0, FEW} <= set(thin(time, [np.ones(len(time))], window).tolist())


def test_the_sample_before_the_window_stays():
    """A first sample before the window is drawn: its value holds when the window begins."""
    time = np.append(-5, np.arange(FEW + 1))
    assert thin(time, [np.zeros(len(time))], TimeRange(start=0, end=FEW + 1))[0] == 0
