"""The numbers behind a post-processor's name."""

import math

import pytest

from archredundancy.appliance.processors.arguments import Arguments
from archredundancy.appliance.server.replies import Refused

INTEGERS = {"mean": 900, "mean_60": 60, "mean_+5": 5, "mean_-5": -5, "mean_60_x": 60}


@pytest.mark.parametrize(("text", "number"), INTEGERS.items())
def test_the_first_number_is_an_integer(text, number):
    """Without an underscore there is a default; what comes after the first number is not read."""
    assert Arguments(text).integer(900) == number


@pytest.mark.parametrize("text", ["mean_", "mean__", "mean_1.5", "mean_ 1", "mean_2147483648", "mean_١x"])
def test_what_java_does_not_parse_is_refused(text):
    """An integer is digits with a sign, and fits into 32 bits."""
    with pytest.raises(Refused) as refusal:
        Arguments(text).integer(900)
    assert refusal.value.status == 404


def test_a_decimal_may_be_infinite():
    """Java's names of what is no number are read, and its suffixes."""
    assert Arguments("deadBand_-Infinity").decimal(1, 1.0) == -math.inf
    assert Arguments("deadBand_.5f").decimal(1, 1.0) == 0.5


def test_a_single_loses_digits():
    """A `float` has some seven digits, and an end."""
    assert Arguments("flyers_60_2.1").single(2, 3.0) == 2.0999999046325684
    assert Arguments("flyers_60_1e300").single(2, 3.0) == math.inf
    assert Arguments("flyers_60").single(2, 3.0) == 3.0
