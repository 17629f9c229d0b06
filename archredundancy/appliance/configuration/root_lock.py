"""One appliance at a time in a folder."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from archredundancy.errors import StoreError

__all__ = ["RootLock"]


class RootLock:
    """Keeps other appliances out of a root, in this process and in others; two would write into the same files.

    It is a lock of sqlite's, which every operating system has, and which ends with the process, even by a kill.

    Parameters
    ----------
    root : Path
        Made if absent.

    Raises
    ------
    StoreError
        If another appliance is there, or nothing can be written.
    OSError
        If the folder cannot be made.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        try:
            self._database = _exclusive(root / "in-use")
        except sqlite3.DatabaseError as refusal:
            is_busy = refusal.sqlite_errorcode == sqlite3.SQLITE_BUSY
            reason = "another appliance uses it; stop that one" if is_busy else f"{refusal}"
            raise StoreError(f"the folder {root} cannot be used: {reason}, or take another", path=str(root)) from None

    def release(self) -> None:
        """Let others in."""
        self._database.close()


def _exclusive(path: Path) -> sqlite3.Connection:
    """Open a file that no other connection can open so.

    Raises
    ------
    sqlite3.DatabaseError
        If another one did, or the file is of another kind.
    """
    database = sqlite3.connect(path, timeout=0, check_same_thread=False, isolation_level=None)
    try:
        database.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
