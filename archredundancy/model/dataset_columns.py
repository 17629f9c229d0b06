"""Single variables of a Dataset: written as (dims, data, attributes), read back with checks that name what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.errors import DatasetError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Variables", "fingerprint", "is_whole", "read_column", "read_time"]

#: What `xarray.Dataset` takes: for each name the dimensions, the data, and attributes.
Variables = dict[str, tuple[str | tuple[str, ...], npt.NDArray[Any], Mapping[str, Any]]]


def fingerprint(time: npt.NDArray[np.int64]) -> str:
    """Return the number of samples, and the first and last time, ns."""
    return f"{len(time)} {time[0]} {time[-1]}" if len(time) else "0"


def is_whole(dataset: xr.Dataset) -> bool:
    """Return whether the Dataset still has all samples it was made with; false after `isel`, `sel` and the like.

    Raises
    ------
    DatasetError
        If it has no usable `time`.
    """
    return bool(dataset.attrs.get("fingerprint") == fingerprint(read_time(dataset)))


def read_time(dataset: xr.Dataset, name: str = "time", dim: str = "time") -> npt.NDArray[np.int64]:
    """Return instants, int64, (n,), ns since 1970 UTC.

    Raises
    ------
    DatasetError
        If the variable is absent, not in nanoseconds, or holds NaT.
    """
    stamps = read_column(dataset, name, (dim,), np.dtype("datetime64[ns]"))
    if np.isnat(stamps).any():
        raise DatasetError(f"{name!r} holds NaT, which is no time; drop those rows, for example with dropna({dim!r})")
    return stamps.view(np.int64)


def read_column(
    dataset: xr.Dataset, name: str, dims: tuple[str, ...], dtype: npt.DTypeLike | None = None
) -> npt.NDArray[Any]:
    """Return the data of a variable, with its dimensions in this order.

    Raises
    ------
    DatasetError
        If it is absent, or its dimensions or dtype are not these.
    """
    if name not in dataset.variables:
        raise DatasetError(f"the Dataset has no variable {name!r}; it has {', '.join(map(str, dataset.variables))}")
    variable = dataset.variables[name]
    if set(variable.dims) != set(dims):
        raise DatasetError(f"{name!r} has dimensions {variable.dims}; expected {dims}")
    if dtype is not None and variable.dtype != dtype:
        raise DatasetError(
            f"{name!r} is {variable.dtype}, expected {np.dtype(dtype)}; "
            "where, reindex and arithmetic change dtypes: select with isel or sel instead, or cast back with astype"
        )
    return np.asarray(variable.transpose(*dims).values)
