"""Between a Dataset and what netCDF and zarr both have: arrays of numbers or text, with dimensions and attributes.

Times are int64 "nanoseconds since 1970-01-01", bools are int8 with the attribute that xarray writes for them. xarray
itself would choose units, fill values and encodings by what it finds, so that one PV's files would differ from day to
day. A slash in a name, which both formats take for a group's, is written as `%2F`; no name has a `%` of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archredundancy.export.attributes import pack_attributes, unpack_attributes
from archredundancy.export.texts import escape_texts, unescape_text

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Column", "pack_dataset", "unpack_dataset"]

_TIME = {"units": "nanoseconds since 1970-01-01", "calendar": "proleptic_gregorian"}
_BOOL = {"dtype": "bool"}
_ESCAPED = {"archredundancy_escaped": "backslash"}
_COORDINATES = "coordinates"
_SLASH = "%2F"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One variable.

    Attributes
    ----------
    dims : tuple of str
    data : array of numbers or of `StringDType`, in the order of bytes of this computer
    attrs : dict
        Text, numbers, arrays of numbers.
    """

    dims: tuple[str, ...]
    data: npt.NDArray[Any]
    attrs: dict[str, Any]


def pack_dataset(dataset: xr.Dataset) -> tuple[dict[str, Column], dict[str, Any]]:
    """Return the variables and attributes of a Dataset.

    Raises
    ------
    InputError
        If an attribute has a type that cannot be saved.
    """
    columns = {_without_slash(name): _pack(variable) for name, variable in dataset.variables.items()}
    others = [_without_slash(name) for name in dataset.coords if name not in dataset.dims]
    # xarray knows coordinates that are no dimension by this attribute.
    return columns, pack_attributes(dataset.attrs) | ({_COORDINATES: " ".join(others)} if others else {})


def unpack_dataset(columns: Iterable[tuple[str, Column]], attrs: Mapping[str, Any]) -> xr.Dataset:
    """Return the Dataset that `pack_dataset` was given.

    Raises
    ------
    ValueError
        If the parts do not fit each other.
    """
    import xarray as xr

    plain = dict(attrs)
    others = str(plain.pop(_COORDINATES, "")).split()
    variables = {_with_slash(name): _unpack(column) for name, column in columns}
    return xr.Dataset(variables, attrs=unpack_attributes(plain)).set_coords([_with_slash(name) for name in others])


def _without_slash(name: Hashable) -> str:
    return str(name).replace("/", _SLASH)


def _with_slash(name: str) -> str:
    return name.replace(_SLASH, "/")


def _pack(variable: xr.Variable) -> Column:
    data, attrs = variable.values, pack_attributes(variable.attrs)
    if data.dtype.kind == "M":
        data, attrs = data.view(np.int64), attrs | _TIME
    elif data.dtype.kind == "b":
        data, attrs = data.view(np.int8), attrs | _BOOL
    elif data.dtype.kind == "T":
        # netCDF ends a text at its first NUL.
        escaped = escape_texts(data.ravel().tolist(), "\0")
        if escaped is not None:
            data, attrs = np.array(escaped, data.dtype).reshape(data.shape), attrs | _ESCAPED
    else:
        data = data.astype(data.dtype.newbyteorder("="), copy=False)
    return Column(dims=tuple(map(_without_slash, variable.dims)), data=data, attrs=attrs)


def _unpack(column: Column) -> tuple[tuple[str, ...], npt.NDArray[Any], dict[str, Any]]:
    data, attrs = column.data, dict(column.attrs)
    if _take(attrs, _TIME):
        data = data.view("datetime64[ns]")
    elif _take(attrs, _BOOL):
        data = data.view(np.bool_)
    elif _take(attrs, _ESCAPED):
        texts = [unescape_text(text) for text in data.ravel().tolist()]
        data = np.array(texts, data.dtype).reshape(data.shape)
    return tuple(map(_with_slash, column.dims)), data, unpack_attributes(attrs)


def _take(attrs: dict[str, Any], marks: Mapping[str, str]) -> bool:
    """Remove the marks if all of them are there; return whether they were."""
    if any(attrs.get(name) != value for name, value in marks.items()):
        return False
    for name in marks:
        del attrs[name]
    return True
