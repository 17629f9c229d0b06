"""Assertions that say where two results differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy.model import Extras, Ragged, Samples, format_time

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["assert_datasets_equal", "assert_samples_equal", "assert_trees_equal"]


def assert_samples_equal(actual: Samples, expected: Samples) -> None:
    """Check that two sets of samples are the same to the last bit: -0.0 is not 0.0, and a NaN equals only itself.

    Parameters
    ----------
    actual, expected : Samples

    Raises
    ------
    AssertionError
        If they differ; the message names the first row that does.
    """
    _check("type", actual.dbr_type, expected.dbr_type)
    _check("number of samples", len(actual), len(expected))
    for name in ("time", "severity", "status"):
        _check_column(name, getattr(actual, name), getattr(expected, name), expected)
    _check_column("value", actual.value, expected.value, expected)
    _check("extras", _entries(actual.extras), _entries(expected.extras))


def assert_trees_equal(actual: xr.DataTree, expected: xr.DataTree, *, any_nan: bool = False) -> None:
    """Check that two trees have the same children in the same order, equal as `assert_datasets_equal` has it.

    Raises
    ------
    AssertionError
        If they differ; the message names what does.
    """
    _check("children", list(actual.children), list(expected.children))
    _check("attributes of the tree", _typed(dict(actual.attrs)), _typed(dict(expected.attrs)))
    for name in expected.children:
        assert_datasets_equal(actual[name].to_dataset(), expected[name].to_dataset(), any_nan=any_nan)


def assert_datasets_equal(actual: xr.Dataset, expected: xr.Dataset, *, any_nan: bool = False) -> None:
    """Check that two Datasets are the same: variables in order, dims, dtypes, bits, and attributes with their types.

    Parameters
    ----------
    actual, expected : xarray.Dataset
    any_nan : bool
        Whether one NaN may stand for another.

    Raises
    ------
    AssertionError
        If they differ; the message names the variable that does.
    """
    _check("variables", list(actual.variables), list(expected.variables))
    _check("coordinates", list(actual.coords), list(expected.coords))
    _check("attributes", _typed(dict(actual.attrs)), _typed(dict(expected.attrs)))
    for name, variable in expected.variables.items():
        mine = actual.variables[name]
        _check(f"dims of {name}", mine.dims, variable.dims)
        _check(f"shape of {name}", mine.shape, variable.shape)
        _check(f"dtype of {name}", mine.dtype, variable.dtype)
        _check(f"attributes of {name}", _typed(dict(mine.attrs)), _typed(dict(variable.attrs)))
        _check(name, _bits(mine.values, any_nan), _bits(variable.values, any_nan))


def _bits(array: Any, any_nan: bool) -> Any:
    if array.dtype.kind == "T":
        return array.tolist()
    if any_nan and array.dtype.kind == "f":
        return np.where(np.isnan(array), array.dtype.type("nan"), array).tobytes()
    return array.tobytes()


def _typed(value: Any) -> Any:
    """Return something that is equal only where value and types are, and NaN is NaN."""
    if isinstance(value, dict):
        return {key: _typed(element) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return type(value), [_typed(element) for element in value]
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    return type(value), repr(value)


def _check(name: object, actual: object, expected: object) -> None:
    if actual != expected:
        raise AssertionError(f"{name}: {actual!r} instead of {expected!r}")


def _check_column(name: str, actual: Any, expected: Any, samples: Samples) -> None:
    _check(f"dtype of {name}", _dtype(actual), _dtype(expected))
    pairs = zip(_rows(actual), _rows(expected), strict=True)
    for row, (mine, theirs) in enumerate(pairs):
        if mine != theirs:
            when = format_time(int(samples.time[row]))
            raise AssertionError(f"{name} of sample {row} at {when}: {mine!r} instead of {theirs!r}")


def _dtype(column: Any) -> Any:
    return _dtype(column.content) if isinstance(column, Ragged) else column.dtype


def _rows(column: Any) -> list[Any]:
    """Return the bits of each row."""
    if not isinstance(column, Ragged):
        return [element.tobytes() for element in column]
    if isinstance(column.content, Ragged):
        return column.to_strings()
    return [np.ascontiguousarray(row).tobytes() for row in column.rows()]


def _entries(extras: Extras) -> list[tuple[Any, ...]]:
    numbers = (column.tolist() for column in (extras.repeat_count, extras.field_change, extras.user_tag))
    return list(zip(extras.row.tolist(), map(tuple, extras.fields), *numbers, strict=True))
