"""What decides, beside the files, whether a stage of ETL moves them: named flags, and the room at the destination."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from archredundancy.appliance.configuration.settings import OutOfSpace
from archredundancy.appliance.storage.disk import Disk

__all__ = ["Conditions"]


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
    free_space: Callable[[Path], int] = field(default_factory=lambda: Disk().free_space)
    out_of_space: OutOfSpace = OutOfSpace.DELETE_SOURCE_OF_FIRST_STAGE
