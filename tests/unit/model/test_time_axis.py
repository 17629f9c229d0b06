"""Many instants at once."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from archredundancy.errors import InputError
from archredundancy.model import parse_times

INSTANTS = ["2026-05-01T00:00:00.000000001Z", "2026-04-30T12:00:00Z"]
EXPECTED = [1777593600000000001, 1777550400000000000]


@pytest.mark.parametrize(
    "times",
    [
        INSTANTS,
        iter(INSTANTS),
        [pd.Timestamp(text) for text in INSTANTS],
        pd.DatetimeIndex(INSTANTS),
        pd.DatetimeIndex(INSTANTS).tz_convert("Asia/Tokyo"),
        pd.DatetimeIndex(INSTANTS).tz_localize(None),
        np.array([text.rstrip("Z") for text in INSTANTS], "datetime64[ns]"),
        xr.DataArray(np.array([text.rstrip("Z") for text in INSTANTS], "datetime64[ns]"), dims="time"),
    ],
    ids=["text", "iterator", "timestamps", "index", "index-with-zone", "index-without", "numpy", "xarray"],
)
def test_every_way_to_write_them_means_the_same(times):
    """To the nanosecond, in the caller's order."""
    assert parse_times(times, now=0).tolist() == EXPECTED


@pytest.mark.parametrize("unit", ["D", "h", "s", "ms", "us", "ns"])
def test_units_of_numpy_are_kept_apart(unit):
    """Whatever the unit, the result is nanoseconds."""
    assert parse_times(np.array(["1970-01-02"], f"datetime64[{unit}]"), now=0).tolist() == [86400 * 10**9]


def test_none_are_none():
    """An empty row of times is one."""
    assert parse_times([], now=0).tolist() == []
    assert parse_times(np.array([], "datetime64[s]"), now=0).dtype == np.int64


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ("2026-05-01", "not a row of times"),
        (5, "not a row of times"),
        (np.zeros((2, 2), "datetime64[ns]"), "2 dimensions"),
        ([1.5], "1.5 is not a time"),
        (np.array(["2026-01-01", "NaT"], "datetime64[ns]"), "NaT is not a time"),
        (np.array(["9999-01-01"], "datetime64[s]"), "outside the years"),
    ],
)
def test_what_is_no_row_of_times_is_refused(times, message):
    """With what it is instead."""
    with pytest.raises(InputError, match=message):
        parse_times(times, now=0)
