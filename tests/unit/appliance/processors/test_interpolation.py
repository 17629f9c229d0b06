"""Values between samples."""

import math

import pytest

from archredundancy.appliance.processors.interpolation import linear, loess

TIMES = [float(second * second) for second in range(12)]


def test_lines_meet_at_the_samples():
    """Between them the value lies on a straight line."""
    assert linear([0.0, 10.0, 30.0], [1.0, 2.0, 6.0], 10) == 2.0
    assert linear([0.0, 10.0, 30.0], [1.0, 2.0, 6.0], 20) == 4.0
    assert linear([0.0, 10.0, 30.0], [1.0, 2.0, 6.0], 30) == 6.0


@pytest.mark.parametrize("times", [[5.0], [11.0, 20.0], [0.0, 9.0], [0.0, 0.0, 20.0]])
def test_the_first_value_stands_in(times):
    """One sample, none before or after the instant, or two at one time."""
    assert linear(times, [float(number) for number in range(7, 7 + len(times))], 10) == 7.0


def test_a_local_regression_keeps_a_line():
    """Samples on a line are not moved, and the spline through them is that line."""
    values = [3.0 - 0.5 * time for time in TIMES]
    assert loess(TIMES, values, 50) == pytest.approx(-22.0)


def test_a_local_regression_ignores_outliers():
    """A single sample far off has little weight in the end."""
    times = [float(second) for second in range(40)]
    values = [0.5 * time + math.sin(3 * time) for time in times]
    values[20] += 5
    assert loess(times, values, 20.5) == pytest.approx(10.25, abs=0.5)


@pytest.mark.parametrize("values", [[1.0] * 6, [math.nan] + [1.0] * 11])
def test_a_local_regression_needs_enough_finite_samples(values):
    """At least seven, so that two lie in reach of each."""
    assert repr(loess(TIMES[: len(values)], values, 10)) == repr(values[0])
