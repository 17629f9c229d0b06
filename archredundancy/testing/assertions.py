"""Assertions that say where two results differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from archredundancy.model import Extras, Ragged, Samples, format_time

__all__ = ["assert_samples_equal"]


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


def _check(name: str, actual: object, expected: object) -> None:
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
