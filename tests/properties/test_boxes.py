"""The binning of pictures against its slow twin."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.coverage.pictures.palette import STATE_LOOKS
from archredundancy.display.boxes import LEAST_HEIGHT, bin_edges, boxes, is_dense, worst_in_bins
from archredundancy.model import TimeRange
from archredundancy.segments import Segments
from archredundancy.testing.twins.slow_boxes import shares_slowly, worst_slowly

LOOKS = tuple(STATE_LOOKS.values())


@st.composite
def rows(draw):
    """States of a range, cut at any instants, as stretches of each look."""
    cuts = sorted(draw(st.sets(st.integers(0, 200), min_size=2, max_size=60)))
    owner = draw(st.lists(st.integers(-1, len(LOOKS) - 1), min_size=len(cuts) - 1, max_size=len(cuts) - 1))
    return [
        [pair for pair, mine in zip(pairwise(cuts), owner, strict=True) if mine == look] for look in range(len(LOOKS))
    ]


def painted(stretches):
    return [(look, Segments.of(*pairs)) for look, pairs in zip(LOOKS, stretches, strict=True)]


@given(rows(), st.sets(st.integers(-20, 220), min_size=2, max_size=30))
def test_the_worst_of_each_bin_is_that_of_the_slow_twin(stretches, edges):
    """A state that is anywhere in a bin is present in it, if only for a nanosecond."""
    cuts = sorted(edges)
    assert worst_in_bins(painted(stretches), np.array(cuts)).tolist() == worst_slowly(stretches, cuts)


@given(rows(), st.integers(1, 12))
def test_a_dense_row_shows_the_worst_and_the_commonest_of_the_others(stretches, bins):
    """A bin's worst state is as high as its share, at least `LEAST_HEIGHT`; behind it is the commonest other one."""
    window = TimeRange(start=10, end=190)
    painting = painted(stretches)
    if not is_dense(painting, window, bins):
        return
    edges = bin_edges(window, bins).tolist()
    shares, worst = shares_slowly(stretches, edges), worst_slowly(stretches, edges)
    drawn = boxes(painting, window, bins)
    for number, row in enumerate(worst):
        middle = (edges[number] + edges[number + 1]) / 2
        seen = [
            (one.look, float(one.height[place]))
            for one in drawn
            for place in np.flatnonzero((one.start <= middle) & (middle < one.end))
        ]
        others = [0 if other == row else shares[other][number] for other in range(len(LOOKS))]
        if row < 0:
            assert seen == []
        elif not any(others):
            assert seen == [(LOOKS[row], 1.0)]
        else:
            (behind, full), (front, height) = seen
            least = max(shares[row][number], Fraction(LEAST_HEIGHT))
            assert (full, front) == (1.0, LOOKS[row])
            assert others[LOOKS.index(behind)] == max(others)
            assert float(least) <= height + 1e-12
            assert math.isclose(height, float(least), abs_tol=0.1)


@given(rows(), st.integers(1, 40))
def test_no_state_in_view_is_left_out(stretches, most):
    """Every look with a stretch in a bin is drawn there, unless a worse one and a commoner one are."""
    window = TimeRange(start=10, end=190)
    painting = painted(stretches)
    worst_anywhere = max(
        (row for row, (_, segments) in enumerate(painting) if len(segments.clip(10, 190))),
        default=None,
    )
    drawn = [one.look for one in boxes(painting, window, most)]
    assert (LOOKS[worst_anywhere] in drawn) if worst_anywhere is not None else not drawn


@given(st.integers(-(2**62), 2**62), st.integers(1, 2**61), st.integers(1, 2000))
def test_bins_are_equal_parts_of_the_window(start, duration, bins):
    """They fill the window, none is empty, and no two differ by more than a nanosecond."""
    window = TimeRange(start=start, end=start + duration)
    edges = bin_edges(window, bins)
    assert (edges[0], edges[-1]) == (window.start, window.end)
    widths = np.diff(edges)
    assert len(widths) == min(bins, duration)
    assert widths.min() >= 1
    assert widths.max() - widths.min() <= 1
