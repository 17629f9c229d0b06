"""Series in files: one for a Dataset, a folder of them for a tree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from archredundancy.export.attributes import attributes_from_json, attributes_to_json
from archredundancy.export.contents import VERSION, Contents
from archredundancy.export.series import Series, join_series, split_dataset

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["read_series_of", "write_series_of"]

#: Tells the attributes of a tree and which files it is made of. Readers of many files pass over names that begin so.
_INDEX = "_archredundancy.json"


def write_series_of(contents: Contents, path: Path, suffix: str, write_one: Callable[[Series, Path], None]) -> None:
    """Write contents, each series by `write_one`.

    Raises
    ------
    InputError
        If an attribute has a type that cannot be saved.
    """
    if contents.dataset is not None:
        write_one(split_dataset(contents.dataset), path)
        return
    path.mkdir()
    for name, dataset in contents.children.items():
        write_one(split_dataset(dataset), path / f"{name}{suffix}")
    index = {"version": VERSION, "attributes": attributes_to_json(contents.attrs), "children": list(contents.children)}
    (path / _INDEX).write_text(json.dumps(index, indent=1) + "\n", "utf-8")


def read_series_of(path: Path, suffix: str, read_one: Callable[[Path], Series]) -> Contents:
    """Return contents, each series read by `read_one`.

    Raises
    ------
    OSError, ValueError, KeyError
        If this is none of ours.
    """
    if not path.is_dir():
        return Contents(dataset=_read(path, read_one), attrs={}, children={})
    index = json.loads((path / _INDEX).read_text("utf-8"))
    _check_version(index["version"])
    children = {name: _read(path / f"{name}{suffix}", read_one) for name in index["children"]}
    return Contents(attrs=attributes_from_json(index["attributes"]), children=children)


def _read(path: Path, read_one: Callable[[Path], Series]) -> xr.Dataset:
    series = read_one(path)
    _check_version(series.header["version"])
    return join_series(series)


def _check_version(version: object) -> None:
    if version != VERSION:
        raise ValueError(f"it has version {version!r}, this package reads {VERSION}")
