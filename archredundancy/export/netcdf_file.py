"""One netCDF-4 file: a Dataset at its root, or a group for each child of a tree."""

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


def write(contents: Contents, path: Path) -> None:
    """Write contents into a new file."""
    import netCDF4

    with netCDF4.Dataset(path, "w", format="NETCDF4") as file:
        if contents.dataset is not None:
            _write_group(file, contents.dataset)
        file.setncatts(pack_attributes(contents.attrs) | marks_of(contents))
        for name, dataset in contents.children.items():
            _write_group(file.createGroup(name), dataset)


def read(path: Path) -> Contents:
    """Return the contents of a file.

    Raises
    ------
    OSError, ValueError
        If it is none of ours.
    """
    import netCDF4

    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        root = _attributes(file)
        if check_marks(root) == "dataset":
            return Contents(dataset=_read_group(file), attrs={}, children={})
        children = {name: _read_group(group) for name, group in file.groups.items()}
        return Contents(attrs=unpack_attributes(without_marks(root)), children=children)


def _write_group(group: Any, dataset: xr.Dataset) -> None:
    columns, attrs = pack_dataset(dataset)
    group.setncatts(attrs)
    sizes = {dim: size for column in columns.values() for dim, size in zip(column.dims, column.data.shape, strict=True)}
    for dim, size in sizes.items():
        group.createDimension(dim, size)  # of size 0 it is an unlimited one, which has no records then
    for name, column in columns.items():
        is_text = column.data.dtype.kind == "T"
        variable = group.createVariable(
            name,
            str if is_text else column.data.dtype,
            column.dims,
            fill_value=False,
            **({} if is_text else {"compression": "zlib", "complevel": 1}),
        )
        variable.set_auto_maskandscale(False)
        variable.setncatts(column.attrs)
        if column.data.size:
            variable[...] = column.data.astype(object) if is_text else column.data


def _read_group(group: Any) -> xr.Dataset:
    return unpack_dataset(
        [(name, _read_column(variable)) for name, variable in group.variables.items()],
        without_marks(_attributes(group)),
    )


def _read_column(variable: Any) -> Column:
    data = np.asarray(variable[...])
    if variable.dtype is str:
        data = data.astype(np.dtypes.StringDType())
    return Column(dims=variable.dimensions, data=data, attrs=_attributes(variable))


def _attributes(holder: Any) -> dict[str, Any]:
    return {name: holder.getncattr(name) for name in holder.ncattrs()}
