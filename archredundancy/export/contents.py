"""What one saved file holds, whatever its format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["VERSION", "Contents", "contents_of"]

#: Written into each file; a reader refuses versions that it does not know.
VERSION = 1

#: Children become files and groups, so their names have to be names of files everywhere.
_NAME_OF_FILE = re.compile(r"\w[\w.-]*")

#: The letters that the appliance accepts in names of PVs.
_NAME_OF_VARIABLE = re.compile(r"\w[\w:.;,#^/+<>{}\[\]-]*", re.ASCII)

#: numpy's codes of what each format has.
_NUMBERS = set("?bBhHiIlLqQfd")


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A Dataset, or a tree with one level of children.

    Attributes
    ----------
    dataset : xarray.Dataset, optional
        None for a tree.
    attrs : dict
        Those of the root of a tree.
    children : dict of str to xarray.Dataset
        Those of a tree.
    """

    dataset: xr.Dataset | None = None
    attrs: dict[str, Any]
    children: dict[str, xr.Dataset]

    def restore(self) -> xr.Dataset | xr.DataTree:
        """Return what was saved."""
        import xarray as xr

        if self.dataset is not None:
            return self.dataset
        tree = xr.DataTree.from_dict(self.children)
        tree.attrs = self.attrs
        return tree


def contents_of(data: object) -> Contents:
    """Return what is to be saved, checked.

    Parameters
    ----------
    data : xarray.DataTree or xarray.Dataset
        One child of a loaded tree counts as a Dataset.

    Raises
    ------
    InputError
        If it is neither, or holds what `pair.load` and `cluster.load` never give.
    """
    import xarray as xr

    if isinstance(data, xr.Dataset):
        return Contents(dataset=_checked(data), attrs={}, children={})
    if not isinstance(data, xr.DataTree):
        raise InputError(
            f"cannot save a {type(data).__name__}; allowed: the DataTree of pair.load, the Dataset of cluster.load "
            "(of load_many's dict save each tree)"
        )
    if data.variables and not data.children:
        return Contents(dataset=_checked(data.to_dataset()), attrs={}, children={})
    if data.variables or any(child.children for child in data.children.values()):
        raise InputError("cannot save a tree with variables at its root or children of children; save its parts")
    children = {name: _checked(child.to_dataset(inherit=False)) for name, child in data.children.items()}
    for name in children:
        if not _NAME_OF_FILE.fullmatch(name):
            raise InputError(f"cannot save a child called {name!r}; allowed: letters, digits, _, - and, inside, dots")
    return Contents(attrs={str(name): value for name, value in data.attrs.items()}, children=children)


def _checked(dataset: xr.Dataset) -> xr.Dataset:
    """Return the Dataset, with all of its variables in memory.

    Raises
    ------
    InputError
        If there is something in it that formats cannot hold exactly.
    """
    for name, variable in dataset.variables.items():
        if not isinstance(name, str) or not _NAME_OF_VARIABLE.fullmatch(name):
            raise InputError(
                f"cannot save a variable called {name!r}; allowed: letters, digits and _ : . ; , # ^ / + - <>{{}}[]"
            )
        if not variable.dims:
            raise InputError(f"cannot save {name!r}, which has no dimension; make it an attribute")
        if not _can_be_saved(variable.dtype):
            raise InputError(
                f"cannot save {name!r} of dtype {variable.dtype}; allowed: integers, float32, float64, bool, "
                "datetime64[ns], StringDType; cast it with astype"
            )
    return dataset.load()


def _can_be_saved(dtype: Any) -> bool:
    if isinstance(dtype, np.dtypes.StringDType):
        return not hasattr(dtype, "na_object")
    return bool(dtype == np.dtype("datetime64[ns]") or dtype.char in _NUMBERS)
