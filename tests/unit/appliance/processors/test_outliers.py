"""Samples far from, or near to, the mean of their bin."""

import math

VALUES = [0.0, 1.0, 0.0, 50.0, 7.0]


def test_flyers_are_far_from_the_mean_of_their_bin(stream, taken):
    """Measured in standard deviations; a bin of one sample has none."""
    assert taken("flyers_10_1", (0, 40), stream([10, 11, 12, 13, 25], VALUES)) == [(13, 50.0)]


def test_the_others_are_what_ignoring_them_leaves(stream, taken):
    """Each sample is in one of both, but for those that are no number."""
    kept = taken("ignoreflyers_10_1", (0, 40), stream([10, 11, 12, 13, 25, 26], [*VALUES, math.nan]))
    assert kept == [(10, 0.0), (11, 1.0), (12, 0.0), (25, 7.0)]


def test_a_bin_without_numbers_is_left_out(stream, taken):
    """There is no mean to be near to."""
    assert taken("ignoreflyers_10", (0, 40), stream([10, 11], [math.nan, math.nan])) == []
