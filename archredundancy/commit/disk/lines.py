"""`DurableLines`: lines that are on the disk before anything else happens, the most urgent ones on a full disk too."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from archredundancy.commit.disk.durable import private, sync_folder

__all__ = ["RESERVE", "DurableLines"]

#: Bytes set aside, enough for the lines that bring a PV to its end.
RESERVE = 65536
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class DurableLines:
    """Appends lines to a file.

    A reserve lies beside it, which is given up when the disk is full, so that what is most urgent can be written down.

    Parameters
    ----------
    path : Path
    whole : int, bytes
        Length of the whole lines that are there; what follows them is cut off.

    Raises
    ------
    OSError
        If the file cannot be written.
    """

    def __init__(self, path: Path, whole: int) -> None:
        self._file = private(str(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._end = whole
        self._is_torn = False
        self._reserve = path.with_name(f"{path.name}.reserve")
        try:
            os.ftruncate(self._file, whole)
            os.fsync(self._file)
            sync_folder(path.parent)
        except OSError:
            self.close()
            raise
        self.has_reserve = self._set_aside()

    def close(self) -> None:
        """Close the file, and give the reserve back."""
        os.close(self._file)
        with suppress(OSError):
            self._reserve.unlink()

    def append(self, line: bytes) -> None:
        """Append a line, its line feed included; it is on the disk when this returns.

        Raises
        ------
        OSError
            If it is not; then nothing of it is in the file.
        """
        try:
            self._put(line)
        except OSError as error:
            if error.errno not in _FULL or not self.has_reserve:
                raise
            self.has_reserve = False
            self._reserve.unlink(missing_ok=True)
            self._put(line)

    def _put(self, line: bytes) -> None:
        if self._is_torn:
            self._cut_off()
        self._is_torn = True
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError:
            with suppress(OSError):  # else it is done before the next line
                self._cut_off()
            raise
        self._is_torn = False
        self._end += len(line)

    def _cut_off(self) -> None:
        """Take away what there is of a line that was not written whole."""
        os.ftruncate(self._file, self._end)
        self._is_torn = False

    def _set_aside(self) -> bool:
        """Return whether there is room; bytes that cannot be compressed, and are written, are really set aside."""
        try:
            with open(self._reserve, "wb", opener=private) as file:
                file.write(os.urandom(RESERVE))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self._reserve.unlink(missing_ok=True)
            return False
        return True
