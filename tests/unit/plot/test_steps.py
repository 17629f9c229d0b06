"""Lines that break where nothing is known to hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.plot.steps import broken_steps
from archredundancy.segments import Segments


def vertices(time, height, active, chosen=None) -> list[tuple[int, float]]:
    times, heights = broken_steps(
        np.array(time, np.int64), np.array(height, float), active, None if chosen is None else np.array(chosen)
    )
    return [(x, None if np.isnan(y) else y) for x, y in zip(times.tolist(), heights.tolist(), strict=True)]


def pieces(points: list[tuple[int, float | None]]) -> list[tuple[int, int]]:
    """Return begin and end of each unbroken piece."""
    found, begun = [], None
    for x, y in points:
        if y is not None:
            begun = x if begun is None else begun
        elif begun is not None:
            found.append((begun, x))
            begun = None
    return found


def test_a_sample_holds_until_the_next():
    """Inside one active stretch the line is unbroken up to the stretch's end."""
    assert vertices([0, 10], [1, 2], Segments.of((0, 30))) == [(0, 1), (10, 2), (30, 2), (30, None)]


def test_the_line_breaks_at_a_gap():
    """Between two active stretches nothing is drawn: the hold ends where the first of them does."""
    points = vertices([0, 10, 50], [1, 2, 3], Segments.of((0, 30), (50, 60)))
    assert pieces(points) == [(0, 30), (50, 60)]


def test_what_held_before_the_first_sample_of_a_stretch_is_not_drawn():
    """A stretch that begins before its first sample is drawn from that sample on."""
    assert pieces(vertices([0, 50], [1, 2], Segments.of((0, 30), (40, 60)))) == [(0, 30), (50, 60)]


def test_a_sample_in_no_active_stretch_has_no_line():
    """Such a sample holds for no time."""
    assert pieces(vertices([0, 35, 50], [1, 2, 3], Segments.of((0, 30), (50, 60)))) == [(0, 30), (35, 35), (50, 60)]


def test_a_value_that_is_no_number_breaks_the_line():
    """The sample before it holds until then."""
    assert pieces(vertices([0, 10, 20], [1, np.nan, 3], Segments.of((0, 30)))) == [(0, 10), (20, 30)]


def test_lines_of_chosen_samples_end_with_a_riser_to_the_next():
    """The line of some samples goes up to the next sample's height, where that one's line takes over."""
    points = vertices([0, 10, 20], [1, 2, 3], Segments.of((0, 30)), [True, False, True])
    assert points == [(0, 1), (10, 2), (10, None), (20, 3), (30, 3), (30, None)]


def test_no_samples_make_no_line():
    """Nothing in, nothing out."""
    assert vertices([], [], Segments.of((0, 30))) == []


@given(
    st.lists(st.integers(0, 1000), unique=True, max_size=40).map(sorted),
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(sorted), max_size=8),
)
def test_lines_stay_inside_active_stretches(time, stretches):
    """No piece of a line reaches out of the active stretch it begins in, whatever the samples and gaps."""
    active = Segments.from_arrays([start for start, _ in stretches], [end for _, end in stretches])
    for begin, end in pieces(vertices(time, [1.0] * len(time), active)):
        assert begin == end or any(start <= begin and end <= stop for start, stop in active)


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.booleans()), unique_by=lambda pair: pair[0], max_size=40).map(sorted),
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(sorted), max_size=8),
)
def test_chosen_and_other_samples_share_the_whole_line(samples, stretches):
    """The lines of chosen and of all other samples together cover the same time as the line of all."""
    active = Segments.from_arrays([start for start, _ in stretches], [end for _, end in stretches])
    time, chosen = [stamp for stamp, _ in samples], np.array([chosen for _, chosen in samples], bool)
    height = [1.0] * len(time)
    parts = pieces(vertices(time, height, active, chosen)) + pieces(vertices(time, height, active, ~chosen))
    assert Segments.of(*parts) == Segments.of(*pieces(vertices(time, height, active)))
