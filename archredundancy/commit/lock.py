"""Locks: one committer for each PV of a primary."""

from __future__ import annotations

import getpass
import json
import os
import socket
import time
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from archredundancy.commit.run_folder import RunFolder
from archredundancy.errors import LockedError
from archredundancy.model import NS_PER_SECOND, format_time, parse_time

__all__ = ["EXPIRY", "PVLocks", "host_and_owner"]

#: Seconds without a sign of life after which a run counts as dead on other hosts.
EXPIRY = 60.0


def host_and_owner() -> tuple[str, str]:
    """Return the name of this host, and of the person the process belongs to."""
    try:
        owner = getpass.getuser()
    except (KeyError, OSError):
        owner = str(os.getuid())
    return socket.gethostname(), owner


class PVLocks:
    """The locks a run holds: a file for each PV, beside the runs, with owner, host, time and expiry.

    Parameters
    ----------
    folder : RunFolder
    """

    def __init__(self, folder: RunFolder) -> None:
        self._run = folder.path.name
        self._locks = folder.run_dir / "locks"
        # A lock that is renewed at the moment of its release must not come back.
        self._changing = Lock()

    def take(self, primary: str, pv: str) -> None:
        """Lock a PV.

        Parameters
        ----------
        primary : str
            What tells the primary from others.
        pv : str

        Raises
        ------
        LockedError
            If another run has it. A lock beyond its expiry still counts: its run died, and the PV may be paused.
        """
        self._locks.mkdir(parents=True, exist_ok=True)
        path = self._locks / f"{sha256(f'{primary} {pv}'.encode()).hexdigest()[:32]}.lock"
        # A link is made or refused at once, as by O_EXCL, and the file behind it is whole already.
        beside = path.with_name(f"{path.name}.{self._run}")
        self._write(beside, {"pv": pv, "since": format_time(time.time_ns())})
        try:
            os.link(beside, path)
        except FileExistsError:
            self._refuse(path, pv)
        finally:
            beside.unlink()

    def renew(self) -> None:
        """Put off the expiry of all locks of the run."""
        with self._changing:
            for path, data in self._own():
                beside = path.with_name(f"{path.name}.{self._run}")
                self._write(beside, data)
                beside.replace(path)

    def release(self, pv: str) -> None:
        """Unlock a PV, if the run has locked it."""
        with self._changing:
            for path, data in self._own():
                if data["pv"] == pv:
                    path.unlink()

    def _own(self) -> list[tuple[Path, dict[str, Any]]]:
        found = [(path, _read(path)) for path in sorted(self._locks.glob("*.lock"))]
        return [(path, data) for path, data in found if data.get("run") == self._run]

    def _write(self, path: Path, data: dict[str, Any]) -> None:
        host, owner = host_and_owner()
        expires = format_time(time.time_ns() + round(EXPIRY * NS_PER_SECOND))
        text = json.dumps({**data, "run": self._run, "host": host, "owner": owner, "expires": expires})
        with path.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def _refuse(self, path: Path, pv: str) -> None:
        """Say who has the lock.

        Raises
        ------
        LockedError
            If another run has it.
        """
        data = _read(path)
        run = data.get("run", "another run")
        if run == self._run:
            return
        expires = data.get("expires")
        dead = expires is not None and parse_time(expires, now=0) < time.time_ns()
        what = f"it shows no life since; recover that run: {path.parent.parent / run}" if dead else "wait for its end"
        raise LockedError(
            f"{pv} is locked by the run {run} of {data.get('owner')} on {data.get('host')} since {data.get('since')}; "
            f"{what}",
            path=str(path),
        )


def _read(path: Path) -> dict[str, Any]:
    """Return what a lock says; nothing if it was just released."""
    try:
        data: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return data
