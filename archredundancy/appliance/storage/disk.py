"""The one place through which an appliance changes its files, so that a disk that fails can stand in for it."""

from __future__ import annotations

import shutil
from io import FileIO
from pathlib import Path

__all__ = ["Disk", "OpenFile"]

# Beside a file that is made; no glob of a PV's files finds it.
_BEGINNING = ".new"


class OpenFile:
    """A file that is written to; what is written is in it at once, in whole pieces, whatever becomes of the process.

    Parameters
    ----------
    raw : FileIO
        At its end.
    """

    def __init__(self, raw: FileIO) -> None:
        self._raw = raw

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises
        ------
        OSError
            If there is no room for all of them; some may be there then.
        """
        rest = memoryview(data)
        while rest:
            rest = rest[self._raw.write(rest) :]

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


class Disk:
    """Makes, extends, renames and deletes files, and tells how much room there is."""

    def create(self, path: Path, beginning: bytes) -> OpenFile:
        """Make a file that is never seen without its beginning, in the place of what there was under its name.

        Raises
        ------
        OSError
            If that is not possible.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(path.name + _BEGINNING)
        file = self._open(path, made.open("wb", buffering=0))
        try:
            file.write(beginning)
            made.replace(path)
        except BaseException:
            file.close()
            raise
        return file

    def extend(self, path: Path, size: int) -> OpenFile:
        """Open a file to append to it, cut off after `size` bytes.

        Raises
        ------
        OSError
            If that is not possible.
        """
        raw = path.open("r+b", buffering=0)
        raw.truncate(size)
        raw.seek(size)
        return self._open(path, raw)

    def rename(self, path: Path, target: Path) -> None:
        """Put a file in the place of another one, in one step.

        Raises
        ------
        OSError
            If that is not possible.
        """
        path.replace(target)

    def delete(self, path: Path) -> None:
        """Delete a file; one that is gone already is no failure.

        Raises
        ------
        OSError
            If that is not possible.
        """
        path.unlink(missing_ok=True)

    def free_space(self, folder: Path) -> int:
        """Return how many bytes may still be written below a folder, which need not be there yet."""
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        return shutil.disk_usage(existing).free

    def _open(self, path: Path, raw: FileIO) -> OpenFile:
        return OpenFile(raw)
