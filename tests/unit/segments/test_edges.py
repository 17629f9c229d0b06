"""Times as callers give them."""

import numpy as np
import pandas as pd
import pytest

from archredundancy.errors import InputError
from archredundancy.segments import as_ns

SECOND = 10**9

EXACT = {
    "integers": ([0, SECOND], [0, SECOND]),
    "an integer": (SECOND, SECOND),
    "small integers": (np.array([1, 2], np.int16), [1, 2]),
    "unsigned": (np.array([1], np.uint64), [1]),
    "nanoseconds": (np.array([5], "datetime64[ns]"), [5]),
    "microseconds, as pandas 3 has them": (pd.to_datetime(["1970-01-01T00:00:01"]), [SECOND]),
    "days": (np.array(["1970-01-02"], "datetime64[D]"), [86_400 * SECOND]),
    "time stamps": ([pd.Timestamp("1970-01-01T00:00:00.000000001")], [1]),
    "another zone": (pd.DatetimeIndex(["1970-01-01T01:00:00"], tz="Europe/Berlin"), [0]),
    "nothing": ([], []),
}

REFUSED = {
    "floats": ([1.5], "type float64 cannot be used, such as 1.5; give integers"),
    "text": (["2026-01-01"], "such as 2026-01-01; give integers .* numpy datetime64"),
    "too large": ([2**63], "type uint64"),
    "truth values": ([True], "type bool"),
    "None": ([0, None], "type object"),
    "NaT": (np.array(["1970-01-01", "NaT"], "datetime64[s]"), "time 1 is NaT"),
    "too late": (np.array(["2300-01-01"], "datetime64[s]"), "do not fit ns in int64: the years 1677 to 2262"),
}


@pytest.mark.parametrize(("times", "expected"), EXACT.values(), ids=EXACT)
def test_times_become_nanoseconds_exactly(times, expected):
    """Whatever the unit, and never the number of another unit."""
    result = as_ns(times)
    assert result.dtype == np.int64
    assert result.tolist() == expected


@pytest.mark.parametrize(("times", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_exact_time_is_refused(times, message):
    """The message names the type and an example, and says what can be given."""
    with pytest.raises(InputError, match=message):
        as_ns(times)
