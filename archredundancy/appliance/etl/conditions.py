"""What decides, beside the files, whether a stage of ETL moves them: named flags, and the room at the destination."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archredundancy.appliance.configuration.settings import OutOfSpace

__all__ = ["Conditions", "free_space"]


def free_space(folder: Path) -> int:
    """Return how many bytes may still be written below a folder, which need not be there yet."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(existing).free


def _unset(_name: str) -> bool:
    return False


@dataclass(kw_only=True)
class Conditions:
    """The conditions of ETL in one appliance; each may be replaced while it runs, as by a fault.

    Attributes
    ----------
    flag : callable
        Gives the value of a named flag; False for one that was never set.
    free_space : callable
        Gives the free bytes of a folder.
    out_of_space : OutOfSpace
        By default, the samples of the youngest store are thrown away when the next one is full.
    """

    flag: Callable[[str], bool] = _unset
    free_space: Callable[[Path], int] = free_space
    out_of_space: OutOfSpace = OutOfSpace.DELETE_SOURCE_OF_FIRST_STAGE
