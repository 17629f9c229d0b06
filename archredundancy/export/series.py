"""Between a Dataset and a table of one row a sample with a header, which Parquet and CSV both have.

Samples of any length become one cell: a padded waveform a list, a ragged one a list of just its elements, V4 its bytes.
What is not along the rows, such as the field values that few samples carry, is in the header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.export.attributes import attributes_from_json, attributes_to_json
from archredundancy.export.contents import VERSION

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Cells", "Lists", "Series", "dtype_named", "join_series", "lists_of", "split_dataset", "starts_of"]

#: What a header calls `StringDType`.
_TEXT = "string"


@dataclass(frozen=True, kw_only=True, eq=False)
class Lists:
    """One list a row.

    Attributes
    ----------
    start : int64, (n + 1,)
        Row `i` is `flat[start[i] : start[i + 1]]`.
    flat : array
    """

    start: npt.NDArray[np.int64]
    flat: npt.NDArray[Any]


#: A column: numbers, bools, `datetime64[ns]` or `StringDType`; or lists of these.
Cells = npt.NDArray[Any] | Lists


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """A table.

    Attributes
    ----------
    header : dict
        JSON: `version`, `rows`, `sizes`, `attributes`, `coordinates`, and for each of the `variables` its `dims`,
        `dtype`, `attributes`, and how it is `held`: as "cell", "list", "elements" or "bytes", or as `data` in "header".
    columns : dict of str to array or Lists
    """

    header: dict[str, Any]
    columns: dict[str, Cells]


def starts_of(lengths: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return where lists of these lengths start in what is joined of them, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def lists_of(rows: Sequence[Any], dtype: np.dtype[Any]) -> Lists:
    """Return lists, one a row."""
    return Lists(start=starts_of([len(row) for row in rows]), flat=np.array([*chain.from_iterable(rows)], dtype))


def dtype_named(name: str) -> Any:
    """Return the dtype of this name in a header.

    Examples
    --------
    >>> dtype_named("<f8"), dtype_named("string")
    (dtype('float64'), StringDType())
    """
    return np.dtypes.StringDType() if name == _TEXT else np.dtype(name).newbyteorder("=")


def split_dataset(dataset: xr.Dataset) -> Series:
    """Return a Dataset as a table.

    Raises
    ------
    InputError
        If an attribute has a type that cannot be saved.
    """
    rows = _dim_of_rows(dataset)
    columns: dict[str, Cells] = {}
    variables: dict[str, Any] = {}
    for name, variable in ((str(name), variable) for name, variable in dataset.variables.items()):
        held, cells = _hold(dataset, name, variable, rows)
        variables[name] = _describe(variable) | {"held": held}
        if cells is None:
            variables[name]["data"] = _plain(variable.values).tolist()
        else:
            columns[name] = cells
    header = {
        "version": VERSION,
        "rows": dataset.sizes[rows] if columns else 0,
        "sizes": {str(dim): size for dim, size in dataset.sizes.items()},
        "attributes": attributes_to_json(dataset.attrs),
        "coordinates": [str(name) for name in dataset.coords if name not in dataset.dims],
        "variables": variables,
    }
    first = {name: columns[name] for name in ("time",) if name in columns}  # where people look for it
    return Series(header=header, columns=first | columns)


def join_series(series: Series) -> xr.Dataset:
    """Return the Dataset that was split.

    Raises
    ------
    ValueError, KeyError
        If the parts do not fit each other.
    """
    import xarray as xr

    header = series.header
    variables = {}
    for name, told in header["variables"].items():
        shape = [header["sizes"][dim] for dim in told["dims"]]
        data = _data(told, series.columns.get(name)).reshape(shape)
        variables[name] = (told["dims"], data, attributes_from_json(told["attributes"]))
    return xr.Dataset(variables, attrs=attributes_from_json(header["attributes"])).set_coords(header["coordinates"])


def _dim_of_rows(dataset: xr.Dataset) -> str:
    dims = [str(dim) for dim in dataset.dims]
    return "time" if "time" in dims else dims[0] if dims else ""


def _hold(dataset: xr.Dataset, name: str, variable: xr.Variable, rows: str) -> tuple[str, Cells | None]:
    """Return how a variable is held, and its column if it has one."""
    data = variable.values
    if variable.dims == (rows,):
        return "cell", data
    if variable.dims[0] == rows and len(variable.dims) == 2:
        return "list", Lists(start=starts_of(np.full(len(data), data.shape[1])), flat=data.ravel())
    lengths = _lengths(dataset, name, variable, rows)
    if lengths is not None:
        return "bytes" if data.dtype == np.uint8 else "elements", Lists(start=starts_of(lengths), flat=data)
    return "header", None


def _lengths(dataset: xr.Dataset, name: str, variable: xr.Variable, rows: str) -> npt.NDArray[np.int64] | None:
    """Return how many elements each row has of a ragged variable; None if it is none, or was selected from."""
    lengths = dataset.variables.get(name.replace("value", "length"))
    if "value" not in name or lengths is None or lengths.dims != (rows,) or len(variable.dims) != 1:
        return None
    fits = lengths.dtype == np.int64 and lengths.values.sum() == variable.size and lengths.values.min(initial=0) >= 0
    return lengths.values if fits else None


def _describe(variable: xr.Variable) -> dict[str, Any]:
    dtype = _TEXT if variable.dtype.kind == "T" else variable.dtype.newbyteorder("<").str
    return {"dims": list(variable.dims), "dtype": dtype, "attributes": attributes_to_json(variable.attrs)}


def _plain(data: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return times as int64, of which JSON loses no nanosecond."""
    return data.view(np.int64) if data.dtype.kind == "M" else data


def _data(told: dict[str, Any], cells: Cells | None) -> npt.NDArray[Any]:
    dtype = dtype_named(told["dtype"])
    if told["held"] == "header":
        return np.array(told["data"], np.int64 if dtype.kind == "M" else dtype).view(dtype)
    if cells is None:
        raise ValueError("a column is missing")
    flat = cells.flat if isinstance(cells, Lists) else cells
    if flat.dtype != dtype:
        raise ValueError(f"a column is {flat.dtype}, its header tells {dtype}")
    return flat
