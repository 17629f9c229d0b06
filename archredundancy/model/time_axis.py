"""Many instants at once, as callers write them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.model.times import parse_time

__all__ = ["parse_times"]


def parse_times(times: object, *, now: int, timezone: str = "UTC") -> npt.NDArray[np.int64]:
    """Return the instants a caller means, int64, (m,), ns since 1970 UTC, in the caller's order.

    Parameters
    ----------
    times : array of datetime64, pandas.DatetimeIndex, xarray.DataArray, or iterable
        Of an iterable each member is read by `parse_time`; arrays of datetime64 are UTC.
    now : int, ns since 1970 UTC
    timezone : str
        As for `parse_time`.

    Raises
    ------
    InputError
        If this is not a row of times, or one of them cannot be understood.

    Examples
    --------
    >>> parse_times(["1970-01-01T00:00:01", "now"], now=5)
    array([1000000000,          5])
    >>> parse_times(np.array(["1970-01-02"], "datetime64[D]"), now=0)
    array([86400000000000])
    """
    if isinstance(times, (str, bytes)) or not isinstance(times, Iterable):
        raise InputError(f"{times!r} is not a row of times; give a list, or an array of datetime64")
    array = np.asarray(times if hasattr(times, "__array__") else list(times))
    if array.ndim != 1:
        raise InputError(f"times have {array.ndim} dimensions; give one row of them")
    if array.dtype.kind != "M":
        return np.array([parse_time(when, now=now, timezone=timezone) for when in array.tolist()], np.int64)
    if len(array):
        for extreme in (array.min(), array.max()):  # NaT, where there is one, is both
            parse_time(extreme, now=now)
    return array.astype("datetime64[ns]").astype(np.int64)
