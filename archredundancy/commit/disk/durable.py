"""Files that are there after a crash: whole, or not at all; and files that only one of several hosts can make."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

__all__ = ["create_durably", "make_private_folder", "private", "sync_folder", "write_durably"]

#: What a run keeps is for its owner's eyes: it says how clusters are reached, and holds their samples.
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
#: What lies beside the runs tells all who commit there of each other's.
_SHARED_FILE = 0o644


def write_durably(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, so that after a crash it is there whole, or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)
    _write(beside, data, _PRIVATE_FILE)
    beside.replace(path)
    sync_folder(path.parent)


def create_durably(path: Path, data: bytes, *, shared: bool = False) -> bool:
    """Make a file, whole, unless there is one already; of several hosts that try, one succeeds.

    Parameters
    ----------
    path : Path
    data : bytes
    shared : bool
        Whether others than its owner may read it.

    Returns
    -------
    bool
        Whether it was made.

    Raises
    ------
    OSError
        If it can neither be made nor is there.

    Notes
    -----
    A link is made or refused at once, also by NFS, whose answer may get lost, though: then the second try is told that
    the file exists, and only the number of links tells whose it is (open(2), O_EXCL).
    """
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    _write(beside, data, _SHARED_FILE if shared else _PRIVATE_FILE)
    try:
        try:
            os.link(beside, path)
        except FileExistsError:
            return beside.stat().st_nlink == 2
    finally:
        beside.unlink()
    sync_folder(path.parent)
    return True


def make_private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone.

    Raises
    ------
    OSError
        If that fails.
    """
    if not path.is_dir():
        make_private_folder(path.parent)
        path.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)


def private(name: str, flags: int) -> int:
    """Open a file that, if it is made by that, is for its owner alone; an `opener` for `open`."""
    return os.open(name, flags, _PRIVATE_FILE)


def sync_folder(path: Path) -> None:
    """Bring the names in a folder to the disk.

    Raises
    ------
    OSError
        If that fails.
    """
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, data: bytes, mode: int) -> None:
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
