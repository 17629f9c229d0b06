"""Times as callers give them, brought to int64 nanoseconds without a digit lost, and shifted without wrapping."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from archredundancy.errors import InputError
from archredundancy.segments.sweep import EARLIEST, LATEST

__all__ = ["as_ns", "later", "rounded_down", "rounded_up"]

_Times = npt.NDArray[np.int64]


def as_ns(times: object) -> _Times:
    """Return times as int64, ns since 1970 UTC.

    Parameters
    ----------
    times : int or datetime64 of any unit or pandas.Timestamp, any shape
        Integers are ns since 1970 UTC; so are datetime64, as everywhere in numpy, without a zone.

    Raises
    ------
    InputError
        If a time is none, is not exact (floats have steps of 256 ns today), or does not fit int64.

    Examples
    --------
    >>> as_ns(np.array(["1970-01-01T00:00:01"], "datetime64[s]"))
    array([1000000000])
    """
    array = np.asarray(times)
    if array.dtype == object and all(hasattr(item, "to_datetime64") for item in array.flat):
        array = np.array([item.to_datetime64() for item in array.flat], "datetime64[ns]").reshape(array.shape)
    if array.dtype.kind == "M":
        return _from_datetimes(array)
    if array.dtype.kind == "i" or not array.size or (array.dtype.kind == "u" and array.max() <= LATEST):
        return array.astype(np.int64, copy=False)
    raise InputError(
        f"times of type {array.dtype} cannot be used, such as {array.flat[0]}; give integers (ns since 1970 UTC), "
        "numpy datetime64 or pandas Timestamps"
    )


def _from_datetimes(array: npt.NDArray[np.datetime64]) -> _Times:
    if np.isnat(array).any():
        raise InputError(f"time {int(np.argmax(np.isnat(array)))} is NaT; leave it out, or give a time")
    converted = array.astype("datetime64[ns]", copy=False)
    if not np.array_equal(converted.astype(array.dtype, copy=False), array):
        raise InputError(f"times from {array.min()} to {array.max()} do not fit ns in int64: the years 1677 to 2262")
    return converted.view(np.int64)


def later(times: _Times, ns: int) -> _Times:
    """Return times moved by `ns`, which may be negative; they stop at the ends of int64.

    Examples
    --------
    >>> later(np.array([5, 2**63 - 3]), 10)
    array([                 15, 9223372036854775807])
    """
    # Unsigned, since the room up to an end of int64 may be twice as long as int64 can tell.
    unsigned, most = times.view(np.uint64), np.uint64(min(abs(ns), 2**64 - 1))
    moved: npt.NDArray[np.uint64]
    if ns >= 0:
        moved = unsigned + np.minimum(np.uint64(LATEST) - unsigned, most)
    else:
        moved = unsigned - np.minimum(unsigned - np.uint64(2**63), most)
    return moved.view(np.int64)


def rounded_down(times: _Times, step: int) -> _Times:
    """Return the last multiples of `step` up to each time; they stop at the ends of int64."""
    beyond = times % step
    return np.where(times < EARLIEST + beyond, EARLIEST, times - beyond)


def rounded_up(times: _Times, step: int) -> _Times:
    """Return the first multiples of `step` from each time on; they stop at the ends of int64."""
    missing = -(times % step) % step
    return np.where(times > LATEST - missing, LATEST, times + missing)
