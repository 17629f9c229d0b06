"""Parquet: one row a sample, lists for waveforms, the header in the schema under `archredundancy`."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from archredundancy.export.contents import Contents
from archredundancy.export.series import Cells, Lists, Series, lists_of, starts_of
from archredundancy.export.series_folder import read_series_of, write_series_of

__all__ = ["read", "write"]

_SUFFIX = ".parquet"
_KEY = b"archredundancy"

#: A header of many field values is longer than pyarrow expects of strangers.
_LONGEST_HEADER = 2**31 - 1


def write(contents: Contents, path: Path) -> None:
    """Write contents into a new file or folder."""
    write_series_of(contents, path, _SUFFIX, _write_one)


def read(path: Path) -> Contents:
    """Return the contents of a file or folder.

    Raises
    ------
    OSError, ValueError, KeyError
        If it is none of ours.
    """
    return read_series_of(path, _SUFFIX, _read_one)


def _write_one(series: Series, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    held = {name: told["held"] for name, told in series.header["variables"].items()}
    columns = {name: _to_arrow(cells, held[name]) for name, cells in series.columns.items()}
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(series.header).encode()})
    pq.write_table(table, path)


def _read_one(path: Path) -> Series:
    import pyarrow.parquet as pq

    # A ParquetFile, and not read_table, which takes part of a path such as year=2026 for a column.
    with pq.ParquetFile(path, thrift_string_size_limit=_LONGEST_HEADER) as file:
        table = file.read()
    header = json.loads((table.schema.metadata or {})[_KEY])
    held = {name: told["held"] for name, told in header["variables"].items()}
    columns = {name: _from_arrow(table.column(name), held[name]) for name in table.column_names}
    return Series(header=header, columns=columns)


def _to_arrow(cells: Cells, held: str) -> Any:
    import pyarrow as pa

    if isinstance(cells, Lists):
        if held == "bytes":
            content = cells.flat.tobytes()
            return pa.array([content[first:last] for first, last in pairwise(cells.start.tolist())], pa.large_binary())
        return pa.LargeListArray.from_arrays(cells.start, _to_arrow(cells.flat, "cell"))
    if cells.dtype.kind == "T":
        return pa.array(cells.tolist(), pa.large_string())
    if cells.dtype.kind == "M":
        return pa.array(cells.view(np.int64)).view(pa.timestamp("ns", tz="UTC"))
    return pa.array(cells)


def _from_arrow(column: Any, held: str) -> Cells:
    import pyarrow.compute as pc

    if held == "bytes":
        rows = [np.frombuffer(row, np.uint8) for row in column.to_pylist()]
        return lists_of(rows, np.dtype(np.uint8))
    if held != "cell":
        lengths = np.asarray(pc.list_value_length(column).to_numpy(), np.int64)
        return Lists(start=starts_of(lengths), flat=_flat(pc.list_flatten(column)))
    return _flat(column)


def _flat(column: Any) -> npt.NDArray[Any]:
    import pyarrow as pa

    if pa.types.is_large_string(column.type):
        return np.array(column.to_pylist(), np.dtypes.StringDType())
    if pa.types.is_timestamp(column.type):
        return np.asarray(column.cast(pa.int64()).to_numpy()).view("datetime64[ns]")
    return np.asarray(column.to_numpy())
