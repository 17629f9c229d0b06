"""Stretches: when rows are copied by the run, and when they are woven."""

import numpy as np
import pytest

from archredundancy.merge.stretches import Pattern, Stretch, find_stretches

AXES = {
    "nothing": ([], [], []),
    "only the primary": ([1, 2], [], [Stretch(Pattern.PRIMARY_ONLY, 0, 2, 0, 0)]),
    "only the secondary": ([], [1, 2], [Stretch(Pattern.SECONDARY_ONLY, 0, 0, 0, 2)]),
    "the same": ([1, 2], [1, 2], [Stretch(Pattern.SAME, 0, 2, 0, 2)]),
    "one after the other": (
        [1, 2],
        [3],
        [Stretch(Pattern.PRIMARY_ONLY, 0, 2, 0, 0), Stretch(Pattern.SECONDARY_ONLY, 2, 2, 0, 1)],
    ),
    "a gap of the secondary": (
        [1, 2, 3, 4],
        [1, 4],
        [
            Stretch(Pattern.SAME, 0, 1, 0, 1),
            Stretch(Pattern.PRIMARY_ONLY, 1, 3, 1, 1),
            Stretch(Pattern.SAME, 3, 4, 1, 2),
        ],
    ),
}


def axis(times):
    return np.array(times, np.int64)


@pytest.mark.parametrize(("primary", "secondary", "expected"), AXES.values(), ids=AXES)
def test_runs_become_stretches(primary, secondary, expected):
    """Each run of rows that one or both sides have is one stretch."""
    assert list(find_stretches(axis(primary), axis(secondary), 1000)) == expected


def test_dense_mixtures_are_woven_after_a_few_runs():
    """Where sides take turns the search for runs is given up, so that the cost stays linear."""
    even, odd = np.arange(0, 20_000, 2), np.arange(1, 20_000, 2)
    patterns = [stretch.pattern for stretch in find_stretches(even, odd, 65536)]
    assert patterns.count(Pattern.WOVEN) == 1
    assert len(patterns) < 20


def test_long_runs_are_never_woven():
    """A thousand changes cost a thousand copies while runs are long."""
    owner = np.repeat(np.arange(1000) % 2, 1000)
    times = np.arange(len(owner))
    patterns = {stretch.pattern for stretch in find_stretches(times[owner == 0], times[owner == 1], 65536)}
    assert patterns == {Pattern.PRIMARY_ONLY, Pattern.SECONDARY_ONLY}


def test_a_window_bounds_what_is_looked_at_together():
    """Rows of both sides come in stretches of at most `window` rows of each, whatever their number."""
    times = np.arange(1000)
    sizes = [stretch.p_stop - stretch.p_start for stretch in find_stretches(times, times, 300)]
    assert sizes == [300, 300, 300, 100]
