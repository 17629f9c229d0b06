"""The UTC time axis."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from archredundancy.model import TimeRange, parse_time
from archredundancy.plot.time_axis import positions, set_time_axis, view_of

START = parse_time("2026-11-22T21:33:00Z", now=0)
MINUTE = 60 * 10**9


def drawn(duration: int, width: float = 10):
    figure = Figure(figsize=(width, 2))
    axes = figure.subplots()
    set_time_axis(axes, TimeRange(start=START, end=START + duration))
    figure.draw_without_rendering()
    return axes


def labels(axes) -> list[str]:
    low, high = axes.get_xlim()
    return [
        label.get_text() for x, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True) if low <= x <= high
    ]


def boxes_of_labels(axes):
    low, high = axes.get_xlim()
    shown = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    return [label.get_window_extent() for x, label in shown if low <= x <= high]


def test_ticks_are_round_and_dated():
    """The first tick of a day tells the date."""
    assert labels(drawn(4 * MINUTE)) == ["21:33\n2026-11-22", "21:34\n", "21:35\n", "21:36\n", "21:37\n"]


def test_a_view_of_nanoseconds_is_labelled_to_the_nanosecond():
    """Around any instant each nanosecond has its place."""
    assert labels(drawn(4))[:3] == [".000000000\n2026-11-22 21:33:00", ".000000002\n", ".000000004\n"]


@pytest.mark.parametrize("width", [4, 10, 16])
@pytest.mark.parametrize("duration", [0, 1, 1_000, 50_000, 10**6, 10**9, 3600 * 10**9, 10**15, 10**18])
def test_any_length_of_time_has_ticks_whose_labels_do_not_overlap(duration, width):
    """From nothing to thirty years, on narrow and wide figures, an axis has some ticks with room for their labels."""
    axes = drawn(duration, width)
    assert 1 <= len(labels(axes)) <= 16
    boxes = sorted(boxes_of_labels(axes), key=lambda box: box.x0)
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_other_times_can_be_drawn_on_it():
    """datetime64, datetimes, time stamps and text land at their instants, alone and in lists."""
    axes = drawn(4 * MINUTE)
    for when in (
        np.datetime64("2026-11-22T21:34:00"),
        datetime(2026, 11, 22, 21, 34, tzinfo=UTC),
        pd.Timestamp("2026-11-22T21:34:00Z"),
        "2026-11-22T21:34:00Z",
    ):
        (line,) = axes.plot([when], [0])
        assert line.get_xdata(orig=False) == pytest.approx([MINUTE])
        assert axes.axvline(when).get_xdata(orig=False) == pytest.approx([MINUTE, MINUTE])


def test_limits_can_be_given_as_times():
    """`set_xlim` takes what can be drawn."""
    axes = drawn(4 * MINUTE)
    axes.set_xlim("2026-11-22T21:34", np.datetime64("2026-11-22T21:34:00.000000005"))
    assert view_of(axes) == TimeRange(start=START + MINUTE, end=START + MINUTE + 5)


def test_the_cursor_tells_the_time():
    """What a notebook's toolbar shows for a position is text with zone, to the nanosecond."""
    axes = drawn(MINUTE)
    (x,) = positions(axes, np.array([START + 123_456_789]))
    assert axes.format_xdata(x) == "2026-11-22T21:33:00.123456789Z"


def test_a_view_that_is_zoomed_out_beyond_all_years_has_ticks():
    """The toolbar can zoom out as far as it likes."""
    axes = drawn(10**18)
    axes.set_xlim(-(10.0**20), 10.0**20)
    axes.get_figure().draw_without_rendering()
    assert labels(axes)
