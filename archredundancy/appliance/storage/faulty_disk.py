"""A disk on which faults strike that are switched on by name, and that stops when its appliance dies."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from archredundancy.appliance.death import Died
from archredundancy.appliance.server.faults import Fault, FaultName, Faults
from archredundancy.appliance.storage.disk import Disk, OpenFile

__all__ = ["FaultyDisk"]


class FaultyDisk(Disk):
    """Changes files as a disk does, unless a fault strikes or the appliance has died.

    Parameters
    ----------
    root : Path
        Of the appliance; faults name files below it, such as `lts/A/B:2024.pb`.
    faults : Faults
    kill : callable
        Ends the appliance at once.

    Attributes
    ----------
    is_dead : bool
        Whether the appliance has died.
    """

    def __init__(self, root: Path, faults: Faults, kill: Callable[[], None]) -> None:
        self._root = root
        self._faults = faults
        self._kill = kill
        self.is_dead = False

    def die(self) -> None:
        """Change nothing any more, as a process that is gone."""
        self.is_dead = True

    def create(self, path: Path, beginning: bytes) -> OpenFile:
        """Make a file; see `Disk.create`."""
        self._check()
        return super().create(path, beginning)

    def extend(self, path: Path, size: int) -> OpenFile:
        """Open a file to append to it; see `Disk.extend`."""
        self._check()
        return super().extend(path, size)

    def rename(self, path: Path, target: Path) -> None:
        """Rename a file, or die before; see `Disk.rename`."""
        self._check()
        if self._strike(target, FaultName.CRASH_AT_RENAME) is not None:
            self.crash()
        super().rename(path, target)

    def delete(self, path: Path) -> None:
        """Delete a file; see `Disk.delete`."""
        self._check()
        super().delete(path)

    def free_space(self, folder: Path) -> int:
        """Return how much room there is; see `Disk.free_space`."""
        return 0 if self._strike(folder, FaultName.NO_ROOM) is not None else super().free_space(folder)

    def crash(self) -> None:
        """Let the appliance die in the middle of what it does.

        Raises
        ------
        Died
            Always.
        """
        self._kill()
        self.die()
        raise Died("the appliance has died")

    def _open(self, path: Path, raw: FileIO) -> OpenFile:
        return _FaultyFile(raw, self, self._strike(path, FaultName.DISK_FULL, FaultName.CRASH_WHILE_WRITING))

    def _strike(self, path: Path, *names: FaultName) -> Fault | None:
        return self._faults.strike(path.relative_to(self._root).as_posix(), names)

    def _check(self) -> None:
        if self.is_dead:
            raise Died("the appliance has died")


class _FaultyFile(OpenFile):
    """A file that takes so many bytes, then no more."""

    def __init__(self, raw: FileIO, disk: FaultyDisk, fault: Fault | None) -> None:
        super().__init__(raw)
        self._disk = disk
        self._fault = fault
        self._left = 0 if fault is None else fault.after_bytes

    def write(self, data: bytes) -> None:
        self._disk._check()  # noqa: SLF001 - the file is a part of its disk
        if self._fault is None:
            super().write(data)
            return
        super().write(data[: self._left])
        if len(data) > self._left:
            self._left = 0
            if self._fault.name is FaultName.CRASH_WHILE_WRITING:
                self._disk.crash()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._left -= len(data)
