"""Nothing half-written: a file or folder is made beside its place, and moved there when it is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["written_beside"]


@contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """Give a path to write to, and move what is there to the target when the block ends well.

    What was at the target stays until then, and comes back if it cannot be replaced. After an error, or when the
    process is killed, the target is as it was.

    Parameters
    ----------
    target : Path
        A file or folder; what is there is replaced.

    Yields
    ------
    Path
        In a new folder beside the target, which is gone afterwards.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    target = Path(os.path.realpath(target))  # a link stays, what it points to is replaced
    workshop = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        made = workshop / target.name
        yield made
        _flush(made)
        _move(made, target, workshop / "replaced")
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _move(made: Path, target: Path, aside: Path) -> None:
    if not target.is_dir() and not made.is_dir():
        made.replace(target)  # one step
        return
    # No call replaces a folder that is not empty: two steps, of which the first is undone if the second fails.
    had_one = target.exists()
    if had_one:
        target.rename(aside)
    try:
        made.rename(target)
    except OSError:
        if had_one:
            aside.rename(target)
        raise


def _flush(made: Path) -> None:
    """Bring files to the disk before their name says that they are there."""
    for path in made.rglob("*") if made.is_dir() else [made]:
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
