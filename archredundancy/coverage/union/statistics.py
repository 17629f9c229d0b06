"""Statistics of the union of two clusters, bin by bin, with what each bin is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.union.history import UnionHistory
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, Bins, Samples, format_time

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["union_statistics"]

_LONG_NAMES = {
    "samples": "number of samples",
    "count": "number of samples whose value is a number",
    "mean": "mean of the samples",
    "std": "standard deviation of the samples, over one less than their count",
    "min": "least sample",
    "max": "greatest sample",
    "first": "first sample",
    "last": "last sample",
    "covered_seconds": "for how long at least one cluster was archiving",
    "known_seconds": "for how long it is known whether a cluster was archiving",
}
_OF_VALUE = ("mean", "std", "min", "max", "first", "last")


def union_statistics(history: UnionHistory, bins: Bins) -> xr.Dataset:
    """Return statistics of a union's samples, bin by bin; see `ClusterPair.statistics` for what is in it.

    Parameters
    ----------
    history : UnionHistory
        Of the range of the bins.
    bins : Bins

    Raises
    ------
    InputError
        If the samples are not single numbers.

    Notes
    -----
    Cost: a few passes over the samples, none over bins in Python.
    """
    import xarray as xr

    comparison = history.comparison
    columns = _of_samples(comparison.union.samples, bins) | {
        "covered_seconds": history.covered.total_in(bins.edges) / NS_PER_SECOND,
        "known_seconds": (history.covered | history.absent).total_in(bins.edges) / NS_PER_SECOND,
    }
    variables = {name: ("time", column, _attributes(name, comparison.egu)) for name, column in columns.items()}
    not_read = [f"{cluster}: {loss.range}: {loss.message}" for cluster, loss in comparison.failures]
    return xr.Dataset(
        variables,
        coords={"time": ("time", bins.middle.view("datetime64[ns]"), {"long_name": "middle of the bin"})},
        attrs={
            "pv": comparison.pv,
            "cluster": "merged",
            "bin_seconds": bins.seconds,
            "query_start": format_time(bins.range.start),
            "query_end": format_time(bins.range.end),
            "not_read": not_read,
        },
    )


def _attributes(name: str, egu: str) -> dict[str, Any]:
    has_units = name in _OF_VALUE and egu and "since" not in egu
    units = {"units": egu} if has_units else {"units": "s"} if name.endswith("_seconds") else {}
    return {"long_name": _LONG_NAMES[name], **units}


def _of_samples(samples: Samples, bins: Bins) -> dict[str, npt.NDArray[Any]]:
    if not samples.dbr_type.is_numeric_scalar:
        raise InputError(f"samples of type {samples.dbr_type.name} have no statistics; only single numbers do")
    values = np.asarray(samples.value, np.float64)
    edges = np.searchsorted(samples.time, bins.edges)
    filled = np.diff(edges) > 0
    ends = {"first": values[edges[:-1][filled]], "last": values[edges[1:][filled] - 1]}
    is_number = ~np.isnan(values)
    numbers, where = (values, edges) if is_number.all() else _without(values, is_number, edges)
    count = np.diff(where)
    moments = _moments(numbers, where[:-1][count > 0], count[count > 0])
    return {
        "samples": np.diff(edges),
        "count": count,
        **{name: _spread(column, count > 0) for name, column in moments.items()},
        **{name: _spread(column, filled) for name, column in ends.items()},
    }


def _without(
    values: npt.NDArray[np.float64], kept: npt.NDArray[np.bool_], edges: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return the values that are kept, and where the bins then begin."""
    before = np.concatenate([np.zeros(1, np.intp), np.cumsum(kept)])
    return values[kept], before[edges]


def _moments(
    numbers: npt.NDArray[np.float64], start: npt.NDArray[np.intp], count: npt.NDArray[np.intp]
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the statistics of stretches that follow each other; none is empty."""
    if not len(start):
        nothing = np.empty(0)
        return dict.fromkeys(("mean", "std", "min", "max"), nothing)
    inside = numbers[start[0] : start[-1] + count[-1]]
    begin = start - start[0]
    with np.errstate(invalid="ignore", over="ignore"):  # infinities have no deviation
        mean = np.add.reduceat(inside, begin) / count
        squares = np.add.reduceat((inside - np.repeat(mean, count)) ** 2, begin)
        std = np.sqrt(squares / np.maximum(count - 1, 1))
    return {
        "mean": mean,
        "std": std,
        "min": np.minimum.reduceat(inside, begin),
        "max": np.maximum.reduceat(inside, begin),
    }


def _spread(column: npt.NDArray[np.float64], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    spread = np.full(len(where), np.nan)
    spread[where] = column
    return spread
