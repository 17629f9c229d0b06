"""What is drawn of a row of states."""

import numpy as np
import pytest

from archredundancy.display.boxes import LEAST_HEIGHT, bin_edges, boxes, worst_in_bins
from archredundancy.display.looks import Look
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

GOOD, BAD = Look(colour="#0072b2", label="good"), Look(colour="#d55e00", label="bad")
TEN_YEARS = TimeRange(start=0, end=10 * 366 * 86400 * 10**9)
SECOND = 10**9


def painting(bad: Segments):
    return [(GOOD, Segments.of((0, TEN_YEARS.end)) - bad), (BAD, bad)]


@pytest.mark.parametrize("at", [0, 1, 10**17, TEN_YEARS.end - SECOND])
def test_a_second_in_ten_years_is_the_worst_of_a_bin(at):
    """Wherever it is, one bin, or the two on whose border it lies, has the worse look."""
    worst = worst_in_bins(painting(Segments.of((at, at + SECOND))), bin_edges(TEN_YEARS, 360))
    assert 1 <= np.count_nonzero(worst == 1) <= 2
    assert np.all(worst >= 0)


def test_few_stretches_are_bars():
    """Each stretch is drawn where it is, as high as the row."""
    good, bad = boxes(painting(Segments.of((10**17, 2 * 10**17))), TEN_YEARS, 100)
    assert (good.look, bad.look) == (GOOD, BAD)
    assert (bad.start.tolist(), bad.end.tolist(), bad.height.tolist()) == ([10**17], [2 * 10**17], [1])


def test_a_second_an_hour_is_a_low_bar_all_along():
    """87,840 short outages are drawn as one box, low enough to tell that most of the time is good."""
    start = np.arange(0, TEN_YEARS.end, 3600 * SECOND)
    behind, front = boxes(painting(Segments.from_arrays(start, start + SECOND)), TEN_YEARS, 100)
    for one, height in ((behind, 1), (front, LEAST_HEIGHT)):
        assert (one.start.tolist(), one.end.tolist()) == ([0], [TEN_YEARS.end])
        assert one.height.tolist() == pytest.approx([height])


def test_outages_longer_than_a_bin_have_full_height():
    """Between many short outages a long one stands out."""
    start = np.arange(0, TEN_YEARS.end, 3600 * SECOND)
    long = Segments.of((10**17, 2 * 10**17))
    drawn = boxes(painting(Segments.from_arrays(start, start + SECOND) | long), TEN_YEARS, 100)
    full = [one for one in drawn if one.look is BAD and one.height[0] == 1]
    assert len(full) == 1
    assert full[0].end[0] - full[0].start[0] == pytest.approx(10**17, rel=0.05)


def test_an_empty_window_has_no_boxes():
    """Where nothing is in view there is nothing to draw."""
    assert boxes(painting(Segments.empty()), TimeRange(start=5, end=5), 100) == []
