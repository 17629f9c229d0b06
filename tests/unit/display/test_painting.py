"""What of a row is drawn, and how wide."""

from hypothesis import given
from hypothesis import strategies as st

from archredundancy.display.painting import drawn_stretches
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

WINDOW = TimeRange(start=0, end=10_000)
stretches = st.lists(st.tuples(st.integers(-100, 10_100), st.integers(-100, 10_100)).map(sorted), max_size=60)


@given(stretches)
def test_bars_are_few_and_wide_and_hide_nothing(pairs):
    """Bars cover every stretch, are wide enough to be seen, and no more than fit beside each other in the window."""
    segments = Segments.from_arrays([start for start, _ in pairs], [end for _, end in pairs])
    start, end = drawn_stretches(segments, WINDOW, most=50)
    assert len(start) <= 50
    assert all(end - start >= 200)
    assert (segments.clip(0, 10_000) - Segments.from_arrays(start, end)).total == 0
    assert all(start >= 0)
    assert all(end <= 10_000)
