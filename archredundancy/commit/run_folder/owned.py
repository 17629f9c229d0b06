"""`owned`: the right to work on a run, which one process has at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from archredundancy.commit.disk.claims import EXPIRY, Claim, Life, Silence, look_at, take_claim
from archredundancy.commit.disk.durable import private
from archredundancy.errors import LockedError, StoreError

__all__ = ["owned"]


@contextmanager
def owned(path: Path, *, seen: Life | None = None, expiry: float = EXPIRY) -> Iterator[Claim]:
    """Hold a run, or another folder with a journal, while the context lasts.

    On this host the system lets go of it when the process dies, however it dies. A run of another host is watched
    for a while, and taken over if it shows no life.

    Parameters
    ----------
    path : Path
        The folder.
    seen : Life, optional
        How the run was seen without a change for so long that nobody can be at work on it.
    expiry : float, seconds
        How long to watch where that is not known.

    Raises
    ------
    LockedError
        If another process holds it.
    StoreError
        If the folder cannot be written.
    """
    with _locked_here(path) as is_alone_here:
        life = look_at(path)
        if not (life.is_released or life == seen or (is_alone_here and life.is_of_this_host)):
            life = _await_silence(path, expiry)
        try:
            claim = take_claim(path, life)
        except OSError as error:
            raise StoreError(
                f"the run folder {path} cannot be written: {error}; make room, or ask its owner",
                path=str(path),
            ) from error
        try:
            yield claim
        finally:
            with suppress(OSError):
                claim.release()


@contextmanager
def _locked_here(path: Path) -> Iterator[bool]:
    """Hold the system's lock, and give whether it proves that no process of this host holds the run.

    Raises
    ------
    LockedError
        If another process holds it.
    """
    import fcntl  # which not every system has, and only who commits needs

    lock = path / "process.lock"
    with open(lock, "a", opener=private) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError(
                f"a process is still at work on the run {path}; follow its journal, or wait for its end",
                path=str(lock),
            ) from error
        except OSError:  # a file server without locks
            yield False
            return
        yield True


def _await_silence(path: Path, expiry: float) -> Life:
    """Watch the run, and return how it was seen all the time.

    Raises
    ------
    LockedError
        If it shows life.
    """
    silence, first = Silence(), look_at(path)
    while silence.seconds(look_at(path)) < expiry:
        time.sleep(min(1.0, expiry / 20))
        if look_at(path) != first:
            raise LockedError(
                f"the run {path} shows life on another host ({first.holder}); recover it there, or wait for its end",
                path=str(path / "journal.jsonl"),
            )
    return first
