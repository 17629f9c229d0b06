"""Bins of time."""

import pytest

from archredundancy.appliance.processors.bins import Bins
from archredundancy.appliance.processors.processor import AnswerLost

SECOND = 10**9


def test_bins_are_those_that_a_window_reaches_into():
    """Both ends of a window count."""
    bins = Bins.of(10, (15 * SECOND, 30 * SECOND))
    assert [number in bins for number in range(5)] == [False, True, True, True, False]


def test_a_bin_of_odd_length_has_its_middle_at_half_a_second():
    """Statistics are stamped so; what fills a bin is stamped with the whole second before."""
    bins = Bins(seconds=5)
    assert (bins.stamp(2), bins.middle(2)) == (12_500_000_000, 12)


def test_a_result_shows_the_bin_before_the_first_one():
    """That is where the last sample before the request goes."""
    assert list(Bins.of(10, (15 * SECOND, 30 * SECOND)).shown([2])) == [0, 1, 2, 3]


def test_etl_sees_what_lies_between_bins_with_samples():
    """Without a window the first and last bin with samples are the ends."""
    assert list(Bins.of(10, None).shown([5, 3])) == [3, 4, 5]


def test_negative_lengths_run_backwards():
    """The last bin comes before the first one, so nothing is in them."""
    bins = Bins.of(-5, (15 * SECOND, 30 * SECOND))
    assert (bins.first, bins.last, list(bins.shown([-4]))) == (-3, -6, [])


def test_bins_without_length_lose_the_answer():
    """Java divides by zero; ETL finds out with the first sample."""
    with pytest.raises(AnswerLost, match="by zero"):
        Bins.of(0, None).number(SECOND)


def test_too_many_bins_lose_the_answer():
    """They would not fit into the memory; nor would those that ETL is to fill."""
    with pytest.raises(AnswerLost, match="4194305 bins do not fit"):
        Bins.of(1, (SECOND, (1 << 22) * SECOND)).shown([1, 2])
    with pytest.raises(AnswerLost, match="do not fit"):
        Bins.of(1, None).shown([1, 1 << 23])
