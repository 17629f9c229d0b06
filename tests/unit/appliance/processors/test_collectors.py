"""Statistics of one bin, against numpy's; to the last bit they are compared with recorded answers."""

import math

import numpy as np
import pytest

from archredundancy.appliance.processors.collectors import Moments, Values

NUMBERS = [3.0, -1.5, 8.25, 8.25, 0.125, 1e3, -7.0]


def collected(kind, numbers):
    """A collector of numbers."""
    collector = kind(0)
    for number in numbers:
        collector.add(0, number)
    return collector


def moment(numbers, power):
    """A standardized moment of the population."""
    deviations = np.array(numbers) - np.mean(numbers)
    return np.mean(deviations**power) / np.mean(deviations**2) ** (power / 2)


def test_moments_are_those_of_numpy():
    """Mean, variances, deviation, extremes and count."""
    moments = collected(Moments, NUMBERS)
    assert moments.mean == pytest.approx(np.mean(NUMBERS))
    assert moments.variance == pytest.approx(np.var(NUMBERS, ddof=1))
    assert moments.population_variance == pytest.approx(np.var(NUMBERS))
    assert moments.deviation == pytest.approx(np.std(NUMBERS, ddof=1))
    assert (moments.minimum, moments.maximum, moments.count) == (-7.0, 1e3, 7)


def test_moments_of_nothing_are_no_numbers():
    """One number has no deviation."""
    nothing, one = collected(Moments, []), collected(Moments, [2.0])
    assert all(map(math.isnan, (nothing.mean, nothing.deviation, nothing.minimum, nothing.maximum)))
    assert (one.mean, one.deviation, one.population_variance) == (2.0, 0.0, 0.0)


@pytest.mark.parametrize("numbers", [NUMBERS[:1], NUMBERS[:2], NUMBERS[:6], NUMBERS])
def test_the_median_is_numpys(numbers):
    """Of an even count it lies halfway between the two in the middle."""
    assert collected(Values, numbers).median == pytest.approx(np.median(numbers))


def test_skewness_and_kurtosis_are_without_bias():
    """They follow from the moments of the population by known factors."""
    values, count = collected(Values, NUMBERS), len(NUMBERS)
    skewness = math.sqrt(count * (count - 1)) / (count - 2) * moment(NUMBERS, 3)
    kurtosis = (count - 1) / ((count - 2) * (count - 3)) * ((count + 1) * moment(NUMBERS, 4) - 3 * (count - 1))
    assert (values.skewness, values.kurtosis) == (pytest.approx(skewness), pytest.approx(kurtosis))


@pytest.mark.parametrize("numbers", [[], [1.0, 2.0], [5.0] * 6, [math.inf, 1.0, 2.0, 3.0]])
def test_some_numbers_have_no_skewness_and_kurtosis(numbers):
    """Too few, all equal, or infinite ones."""
    values = collected(Values, numbers)
    assert math.isnan(values.skewness)
    assert math.isnan(values.kurtosis)


def test_large_numbers_overflow_as_in_java():
    """The fourth power of a large deviation is infinite, and so is what it is divided by."""
    assert math.isnan(collected(Values, [-1e90, 1e90, 2e90, 5e90]).kurtosis)
