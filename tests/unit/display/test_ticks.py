"""Round times and their labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.display.ticks import round_times, tick_labels
from archredundancy.model import TimeRange, format_time, parse_time

S = 10**9
START = parse_time("2026-11-22T21:33:05.123456789Z", now=0)


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (2e-9, [(".123456789", "2026-11-22 21:33:05"), (".123456790", ""), (".123456791", "")]),
        (1e-6, [(".123456800", "2026-11-22 21:33:05"), (".123457000", "")]),
        (1.5, [(".500", "2026-11-22 21:33:05"), (".000", "2026-11-22 21:33:06"), (".500", "")]),
        (20, [("21:33:10", "2026-11-22"), ("21:33:15", "")]),
        (90_000, [("00:00", "2026-11-23"), ("06:00", "")]),
        (3 * 86400, [("00:00", "2026-11-23"), ("12:00", ""), ("00:00", "2026-11-24")]),
        (10 * 86400, [("2026-11-23", ""), ("2026-11-25", "")]),
        (200 * 86400, [("2027-01-01", ""), ("2027-03-01", "")]),
        (20 * 366 * 86400, [("2030-01-01", ""), ("2035-01-01", "")]),
    ],
)
def test_labels_tell_what_changes_and_once_what_it_belongs_to(seconds, labels):
    """Labels have no more digits than the step between them needs; the date is told where it is new."""
    times = round_times(TimeRange(start=START, end=START + round(seconds * S)), 7).tolist()
    assert tick_labels(times)[: len(labels)] == labels


@given(st.integers(-(2**62), 2**62), st.integers(0, 2**61), st.integers(3, 10))
def test_ticks_lie_inside_the_window_and_are_few(start, duration, most):
    """Any window has at least one tick, and not many more than asked for."""
    window = TimeRange(start=start, end=start + duration)
    times = round_times(window, most)
    assert np.all((times >= window.start) & (times <= window.end))
    assert np.all(np.diff(times) > 0)
    assert 1 <= len(times) <= most + 2


@given(st.integers(-(2**62), 2**62), st.integers(0, 2**61))
def test_labels_tell_ticks_apart(start, duration):
    """The two lines of a tick, the second one carried on, are the beginning of its time, or all that is new in it."""
    times = round_times(TimeRange(start=start, end=start + duration), 7).tolist()
    belongs, texts = "", []
    for time, (fine, coarse) in zip(times, tick_labels(times), strict=True):
        belongs = coarse or belongs
        texts.append(f"{belongs} {fine}")
        assert fine in format_time(time)
    assert len(set(texts)) == len(times)
