"""Attributes: readable by anybody, and exact for us.

netCDF and zarr each know a few types only: a list of one text comes back as a text, an int32 as an int64, an empty list
as something else. What a format might change is written twice: as readers of other programs like it, and exactly, as
JSON in the one attribute `exact_attributes`, which counts when we read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from archredundancy.errors import InputError

__all__ = ["attributes_from_json", "attributes_to_json", "pack_attributes", "unpack_attributes"]

_EXACT = "exact_attributes"

#: What xarray and others take for orders how to decode: kept as exact JSON only.
_ORDERS = {
    "_FillValue", "_Unsigned", "add_offset", "calendar", "coordinates", "dtype", "grid_mapping", "missing_value",
    "scale_factor",
}  # fmt: skip

_INT64 = np.iinfo(np.int64)


def pack_attributes(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Return attributes of types that netCDF and zarr have: text, int, float, and arrays of numbers.

    Raises
    ------
    InputError
        If one has a type that cannot be saved.

    Examples
    --------
    >>> pack_attributes({"pv": "SR:DCCT", "not_read": []})
    {'pv': 'SR:DCCT', 'not_read': '[]', 'exact_attributes': '{"not_read": []}'}
    """
    exact = attributes_to_json({name: value for name, value in attrs.items() if not _is_plain(name, value)})
    packed = {name: attrs[name] if name not in exact else _readable(attrs[name]) for name in attrs}
    packed = {name: value for name, value in packed.items() if not _is_order(name, value)}
    return packed | ({_EXACT: json.dumps(exact)} if exact else {})


def unpack_attributes(packed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that `pack_attributes` was given, as Python's own types where they were.

    Raises
    ------
    ValueError
        If the exact ones are damaged.
    """
    plain = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in packed.items()
        if name != _EXACT
    }
    return plain | attributes_from_json(json.loads(packed.get(_EXACT, "{}")))


def attributes_to_json(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    """Return attributes as JSON that remembers types; `attributes_from_json` gives them back.

    Raises
    ------
    InputError
        If one has a name or type that cannot be saved.
    """
    return {name: _exact(name, value) for name, value in attrs.items()}


def attributes_from_json(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that `attributes_to_json` was given.

    Raises
    ------
    ValueError
        If it is not of that.
    """
    return {name: _from_json(value) for name, value in content.items()}


def _to_json(value: Any) -> Any:
    """Return a value as JSON that remembers its type.

    Raises
    ------
    InputError
        If it has a type that cannot be saved.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is list:
        return [_to_json(element) for element in value]
    if type(value) is tuple:
        return {"tuple": [_to_json(element) for element in value]}
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": {key: _to_json(element) for key, element in value.items()}}
    if isinstance(value, np.generic | np.ndarray) and value.dtype.kind in "biufM":
        column = np.asarray(value)
        numbers = column.view(np.int64) if column.dtype.kind == "M" else column
        return {"dtype": column.dtype.str, "scalar": isinstance(value, np.generic), "array": numbers.tolist()}
    raise InputError(
        f"cannot save {value!r} of type {type(value).__name__}; "
        "allowed: text, numbers, bool, None, numpy numbers and times, and list, tuple or dict of these"
    )


def _from_json(content: Any) -> Any:
    """Return the value that `_to_json` was given.

    Raises
    ------
    ValueError
        If it is not of `_to_json`.
    """
    if isinstance(content, list):
        return [_from_json(element) for element in content]
    if not isinstance(content, dict):
        return content
    if "tuple" in content:
        return tuple(_from_json(element) for element in content["tuple"])
    if "dict" in content:
        return {key: _from_json(element) for key, element in content["dict"].items()}
    if "array" not in content:
        raise ValueError(f"unknown value {content}")
    dtype = np.dtype(content["dtype"])
    array = np.array(content["array"], np.int64 if dtype.kind == "M" else dtype).view(dtype)
    return array[()] if content["scalar"] else array


def _exact(name: Any, value: Any) -> Any:
    if not isinstance(name, str) or not name or name == _EXACT:
        raise InputError(f"cannot save an attribute called {name!r}; give it another name")
    try:
        return _to_json(value)
    except InputError as error:
        raise InputError(f"attribute {name!r}: {error}") from None


def _is_plain(name: Any, value: Any) -> bool:
    """Return whether each format gives this value back as it is."""
    if not isinstance(name, str) or name == _EXACT or not name.isidentifier() or _is_order(name, value):
        return False
    if type(value) is str:
        return _is_clean(value)
    if type(value) is int:
        return bool(_INT64.min <= value <= _INT64.max)
    return type(value) is float and math.isfinite(value)


def _is_clean(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _is_order(name: str, value: Any) -> bool:
    # A `units` with "since" makes a time of any variable, and an error of most.
    is_ours = name.startswith("archredundancy_")
    return is_ours or name in _ORDERS or not name.isidentifier() or (name == "units" and "since" in str(value))


def _readable(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.ndim == 1 and len(value) > 1:
        return value
    return json.dumps(value if isinstance(value, list | str) and _is_json(value) else _to_json(value))


def _is_json(value: Any) -> bool:
    return isinstance(value, str) or all(isinstance(element, str) for element in value)
