"""One zarr folder (format 3, unconsolidated): a Dataset at its root, or a group for each child of a tree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy.export.attributes import pack_attributes, unpack_attributes
from archredundancy.export.columns import Column, pack_dataset, unpack_dataset
from archredundancy.export.contents import Contents
from archredundancy.export.marks import check_marks, marks_of, without_marks

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["read", "write"]

#: zarr lists members in the order of a folder, so ours is written down.
_ORDER = "archredundancy_order"

_ELEMENTS_OF_CHUNK = 1 << 20


def write(contents: Contents, path: Path) -> None:
    """Write contents into a new folder."""
    import zarr

    root = zarr.create_group(path, zarr_format=3)
    if contents.dataset is not None:
        _write_group(root, contents.dataset)
    else:
        root.attrs.update(_lists(pack_attributes(contents.attrs)) | {_ORDER: list(contents.children)})
    root.attrs.update(marks_of(contents))
    for name, dataset in contents.children.items():
        _write_group(root.create_group(name), dataset)


def read(path: Path) -> Contents:
    """Return the contents of a folder.

    Raises
    ------
    OSError, ValueError, KeyError
        If it is none of ours.
    """
    import zarr

    root: Any = zarr.open_group(path, mode="r", use_consolidated=False)
    attrs = dict(root.attrs)
    if check_marks(attrs) == "dataset":
        return Contents(dataset=_read_group(root), attrs={}, children={})
    children = {name: _read_group(root[name]) for name in attrs.pop(_ORDER)}
    return Contents(attrs=unpack_attributes(without_marks(attrs)), children=children)


def _write_group(group: Any, dataset: xr.Dataset) -> None:
    columns, attrs = pack_dataset(dataset)
    group.attrs.update(_lists(attrs) | {_ORDER: list(columns)})
    for name, column in columns.items():
        array = group.create_array(
            name,
            shape=column.data.shape,
            chunks=_chunks(column.data.shape),
            dtype=column.data.dtype,
            dimension_names=column.dims,
            attributes=_lists(column.attrs),
        )
        if column.data.size:
            array[...] = column.data


def _read_group(group: Any) -> xr.Dataset:
    attrs = without_marks(dict(group.attrs))
    return unpack_dataset([(name, _read_column(group[name])) for name in attrs.pop(_ORDER)], attrs)


def _read_column(array: Any) -> Column:
    return Column(dims=tuple(array.metadata.dimension_names), data=np.asarray(array[...]), attrs=dict(array.attrs))


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    row = max(1, int(np.prod(shape[1:])))
    rows = min(shape[0], max(1, _ELEMENTS_OF_CHUNK // row))
    return tuple(max(1, size) for size in (rows, *shape[1:]))


def _lists(attrs: dict[str, Any]) -> dict[str, Any]:
    """Return attributes as JSON has them."""
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in attrs.items()}
