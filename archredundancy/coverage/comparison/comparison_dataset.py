"""A comparison as one Dataset that `archredundancy.save` keeps exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.words.as_json import time_or_none
from archredundancy.coverage.words.sentences import verdict
from archredundancy.model import format_time

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from archredundancy.coverage.comparison.comparison import Comparison

__all__ = ["comparison_to_dataset"]


def comparison_to_dataset(comparison: Comparison) -> xr.Dataset:
    """Return all that a comparison tells but for its samples; see `Comparison.to_dataset` for what is in it."""
    import xarray as xr

    who = [(name, *pair) for name, segments in comparison.who.items() for pair in segments]
    times = np.array([pair for _, *pair in who], np.int64).reshape(-1, 2).view("datetime64[ns]")
    variables: dict[str, Any] = {
        **_columns("gap", comparison.gaps.to_dataframe().drop(columns="pv")),
        **_columns("stretch", comparison.to_dataframe()),
        "who_name": ("who", _texts([name for name, *_ in who])),
        "who_start": ("who", times[:, 0]),
        "who_end": ("who", times[:, 1]),
        "conflict_time": ("conflict", comparison.conflicts.time.view("datetime64[ns]")),
    }
    for side in comparison.dropouts:
        table = side.to_dataframe().drop(columns="cluster")
        variables |= _columns(f"dropout_{side.cluster}", table)
    return xr.Dataset(variables, attrs=_attributes(comparison))


def _attributes(comparison: Comparison) -> dict[str, Any]:
    numbers = comparison.summary.to_dict()
    times = {name: time_or_none(numbers[name]) for name in numbers if name.endswith("_at")}
    return {
        "egu": comparison.egu,
        "query_start": format_time(comparison.asked.start),
        "query_end": format_time(comparison.asked.end),
        "now": format_time(comparison.now),
        "verdict": verdict(comparison),
        **numbers,
        **times,
        "sampling": comparison.sampling.source,
        "not_read": [f"{cluster}: {loss.range}: {loss.message}" for cluster, loss in comparison.failures],
        "notes": list(comparison.notes),
    }


def _columns(dim: str, table: pd.DataFrame) -> dict[str, tuple[str, npt.NDArray[Any]]]:
    """Return the columns of a table as variables of one dimension; what is no number or time is text."""
    return {
        f"{dim}_{name}": (dim, column.to_numpy() if column.dtype.kind in "iufM" else _texts(column.tolist()))
        for name, column in table.items()
    }


def _texts(texts: list[str]) -> npt.NDArray[Any]:
    return np.array(texts, dtype=np.dtypes.StringDType())
