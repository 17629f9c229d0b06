"""The attributes at a root by which we know a file of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archredundancy.export.contents import VERSION, Contents

__all__ = ["check_marks", "marks_of", "without_marks"]

_VERSION, _HOLDS = "archredundancy_version", "archredundancy_holds"


def marks_of(contents: Contents) -> dict[str, Any]:
    """Return the marks of contents: version of the layout, and whether it is a tree or a Dataset."""
    return {_VERSION: VERSION, _HOLDS: "tree" if contents.dataset is None else "dataset"}


def check_marks(attrs: Mapping[str, Any]) -> Literal["tree", "dataset"]:
    """Return what a file holds.

    Raises
    ------
    ValueError
        If the marks are not there, or those of another version.
    """
    if attrs.get(_VERSION) != VERSION:
        raise ValueError(f"{_VERSION} is {attrs.get(_VERSION, 'absent')}, expected {VERSION}")
    return "dataset" if attrs.get(_HOLDS) == "dataset" else "tree"


def without_marks(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is no mark."""
    return {name: value for name, value in attrs.items() if name not in (_VERSION, _HOLDS)}
