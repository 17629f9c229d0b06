"""Values of samples as variables of a Dataset, and back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from archredundancy.errors import DatasetError, InputError
from archredundancy.model.dataset_columns import Variables, is_whole, read_column
from archredundancy.model.dataset_texts import read_texts, text_columns
from archredundancy.model.dbr_type import DbrType
from archredundancy.model.ragged import Ragged, Values

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Layout", "read_values", "value_variables"]

#: How waveforms are held: filled up to the longest, one after the other, or filled up unless that wastes memory.
Layout = Literal["auto", "padded", "ragged"]

_PADDED = ("time", "element")
#: `auto` pads up to four times the memory of the elements, and a little beyond where there is not much of them.
_MOST_PADDING, _PADDING_TO_SPARE = 4, 64 << 20


def value_variables(values: Values, dbr_type: DbrType, layout: Layout) -> Variables:
    """Return the variables `value`, `value_is_latin1` and `length`, as far as the type needs them.

    Raises
    ------
    InputError
        If there is no such layout.
    """
    if layout not in get_args(Layout):
        raise InputError(f"unknown layout {layout!r}; allowed: {', '.join(get_args(Layout))}")
    if not isinstance(values, Ragged):
        return {"value": ("time", values, {})}
    if dbr_type is DbrType.SCALAR_STRING:
        return {name: ("time", column, {}) for name, column in text_columns("value", values.to_bytes()).items()}
    columns = _flat_columns(values)
    lengths = values.lengths
    if dbr_type is DbrType.V4_GENERIC_BYTES:
        return _ragged("byte", columns, lengths)
    if layout == "ragged" or (layout == "auto" and _wastes_memory(lengths, columns["value"].itemsize)):
        return _ragged("element_of_all", columns, lengths)
    padded: Variables = {name: (_PADDED, _pad(column, lengths), {}) for name, column in columns.items()}
    return padded | {"length": ("time", lengths, {"long_name": "number of elements"})}


def _flat_columns(values: Ragged) -> dict[str, npt.NDArray[Any]]:
    content = values.content
    return text_columns("value", content.to_bytes()) if isinstance(content, Ragged) else {"value": content}


def _ragged(dim: str, columns: dict[str, npt.NDArray[Any]], lengths: npt.NDArray[np.int64]) -> Variables:
    variables: Variables = {name: (dim, column, {}) for name, column in columns.items()}
    # `sample_dimension` is how the CF conventions mark the counts of a contiguous ragged array.
    return variables | {"length": ("time", lengths, {"long_name": f"number of {dim}s", "sample_dimension": dim})}


def _wastes_memory(lengths: npt.NDArray[np.int64], itemsize: int) -> bool:
    padded = len(lengths) * int(lengths.max(initial=0)) * itemsize
    return padded > _MOST_PADDING * int(lengths.sum()) * itemsize + _PADDING_TO_SPARE


def _pad(flat: npt.NDArray[Any], lengths: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    shape = (len(lengths), int(lengths.max(initial=0)))
    if len(flat) == shape[0] * shape[1]:
        return flat.reshape(shape)
    padded = np.full(shape, np.nan, flat.dtype) if flat.dtype.kind == "f" else np.zeros(shape, flat.dtype)
    padded[_is_filled(shape[1], lengths)] = flat
    return padded


def _unpad(padded: npt.NDArray[Any], lengths: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    flat: npt.NDArray[Any] = padded[_is_filled(padded.shape[1], lengths)]
    return flat


def _is_filled(width: int, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    filled: npt.NDArray[np.bool_] = np.arange(width) < lengths[:, None]
    return filled


def read_values(dataset: xr.Dataset, dbr_type: DbrType) -> Values:
    """Return the values that `value_variables` wrote.

    Raises
    ------
    DatasetError
        If variables are absent or do not fit each other.
    """
    if dbr_type.is_numeric_scalar:
        return read_column(dataset, "value", ("time",), dbr_type.element_dtype)
    if dbr_type is DbrType.SCALAR_STRING:
        return Ragged.from_bytes(read_texts(dataset, "value", ("time",)))
    lengths = read_column(dataset, "length", ("time",), np.int64)
    dims = _dims_of_elements(dataset, dbr_type)
    flatten = partial(_unpad, lengths=lengths) if dims == _PADDED else np.ravel
    content: Values
    if dbr_type is DbrType.WAVEFORM_STRING:
        content = Ragged.from_bytes(read_texts(dataset, "value", dims, flatten))
    else:
        content = flatten(read_column(dataset, "value", dims, dbr_type.element_dtype))
    if len(content) != lengths.sum() or lengths.min(initial=0) < 0:
        raise DatasetError(f"'length' adds up to {lengths.sum()}, but 'value' has {len(content)} elements")
    return Ragged(np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), content)


def _dims_of_elements(dataset: xr.Dataset, dbr_type: DbrType) -> tuple[str, ...]:
    if "element" in dataset.dims:
        return _PADDED
    if not is_whole(dataset):
        raise DatasetError(
            "samples were selected from a Dataset in ragged layout, whose elements cannot be told apart any more; "
            "select from a padded one: to_dataset(..., layout='padded')"
        )
    return ("byte",) if dbr_type is DbrType.V4_GENERIC_BYTES else ("element_of_all",)
