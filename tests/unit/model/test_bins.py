"""Bins as the appliance cuts them."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from archredundancy.errors import InputError
from archredundancy.model import Bins, TimeRange, parse_bin

S = 1_000_000_000


@pytest.mark.parametrize(
    "length",
    ["1h", " 60 min ", 3600, 3600.0, np.int64(3600), timedelta(hours=1), np.timedelta64(1, "h"), pd.Timedelta("1h")],
    ids=repr,
)
def test_every_way_to_write_a_length_means_the_same(length):
    """Text, numbers and differences of times."""
    assert parse_bin(length) == 3600


@pytest.mark.parametrize(
    "length",
    [
        "1.5s",
        "-1h",
        0,
        -60,
        0.5,
        True,
        None,
        [1],
        float("nan"),
        float("inf"),
        1e300,
        np.timedelta64("NaT"),
        pd.NaT,
        pd.Timedelta(1_000_000_001, "ns"),
    ],
)
def test_a_length_that_the_appliance_cannot_have_is_refused(length):
    """Bins are whole positive seconds."""
    with pytest.raises(InputError, match="is not possible; give whole seconds"):
        parse_bin(length)


@pytest.mark.parametrize("length", ["1 parsec", "hour", ""])
def test_text_that_is_no_length_is_refused(length):
    """With what is allowed."""
    with pytest.raises(InputError, match="allowed"):
        parse_bin(length)


def test_bins_are_whole():
    """All that the range reaches into, the last one not if it only touches it."""
    bins = Bins.around(TimeRange(start=59 * S, end=180 * S), "1min")
    assert (bins.first, bins.count, bins.range) == (0, 3, TimeRange(start=0, end=180 * S))
    assert bins.edges.tolist() == [0, 60 * S, 120 * S, 180 * S]
    assert bins.middle.tolist() == [30 * S, 90 * S, 150 * S]
    assert Bins.around(TimeRange(start=0, end=180 * S + 1), "1min").count == 4


def test_odd_bins_have_their_middle_at_half_a_second():
    """As `SummaryStatsPostProcessor` stamps them; before 1970, too."""
    bins = Bins.around(TimeRange(start=-1, end=1), 7)
    assert bins.middle.tolist() == [-3_500_000_000, 3_500_000_000]


def test_a_range_without_length_has_no_bins():
    """Nothing was asked for."""
    bins = Bins.around(TimeRange(start=5, end=5), 60)
    assert (bins.count, len(bins.middle), len(bins.edges)) == (0, 0, 1)


def test_far_too_many_bins_are_refused():
    """Before they fill the memory."""
    with pytest.raises(InputError, match="give a longer bin or a shorter range"):
        Bins.around(TimeRange(start=0, end=20_000_000 * S), 1)
