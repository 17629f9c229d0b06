"""The UTC time axis."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from archredundancy.model import TimeRange, parse_time
from archredundancy.plot.time_axis import days, set_time_axis

START = parse_time("2026-11-22T21:33:00Z", now=0)
MINUTE = 60 * 10**9


def drawn(duration: int):
    figure = Figure(figsize=(10, 2))
    axes = figure.subplots()
    set_time_axis(axes, TimeRange(start=START, end=START + duration))
    figure.draw_without_rendering()
    return axes


def labels(axes) -> list[str]:
    low, high = axes.get_xlim()
    return [
        label.get_text() for x, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True) if low <= x <= high
    ]


def test_ticks_are_round_and_dated():
    """The first tick of a day tells the date."""
    assert labels(drawn(4 * MINUTE)) == ["21:33\n2026-11-22", "21:34\n", "21:35\n", "21:36\n", "21:37\n"]


@pytest.mark.parametrize("duration", [0, 1, 1_000, 50_000, 10**6, 10**9, 3600 * 10**9, 10**15, 10**18])
def test_any_length_of_time_has_ticks(duration):
    """From nothing to thirty years, an axis has some ticks, without a warning."""
    assert 1 <= len(labels(drawn(duration))) <= 12


def test_other_times_can_be_drawn_on_it():
    """datetime64 lands at its instant."""
    axes = drawn(4 * MINUTE)
    (line,) = axes.plot([np.datetime64("2026-11-22T21:34:00")], [0])
    assert line.get_xdata(orig=False) == pytest.approx(days(np.array([START + MINUTE])))


def test_the_cursor_tells_the_time():
    """What a notebook's toolbar shows for a position is text with zone, to the microsecond."""
    assert drawn(MINUTE).format_xdata(days(np.array([START + 123_456_000]))[0]) == "2026-11-22T21:33:00.123456000Z"


def test_instants_before_1970_are_negative_days():
    """Half a day before 1970 is -0.5."""
    assert days(np.array([-43_200 * 10**9])).tolist() == [-0.5]
