"""Locks: one committer for each PV of a primary."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from archredundancy.commit.disk.claims import host_and_owner
from archredundancy.commit.disk.durable import create_durably
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.errors import LockedError
from archredundancy.model import format_time

__all__ = ["PVLocks", "unfinished_run"]


class PVLocks:
    """The locks a run holds: a file for each PV, beside the runs, which says whose it is and since when.

    A lock does not expire: its run may have died with the PV paused, and must be recovered first. Whether the run is
    alive is told by its claim.

    Parameters
    ----------
    folder : RunFolder
    """

    def __init__(self, folder: RunFolder) -> None:
        self._run = folder.path.name
        self._locks = _locks_in(folder.run_dir)

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
            If another run has it, whether it is alive or not.
        """
        self._locks.mkdir(parents=True, exist_ok=True)
        path = self._locks / f"{sha256(f'{primary} {pv}'.encode()).hexdigest()[:32]}.lock"
        host, owner = host_and_owner()
        data = {"pv": pv, "primary": primary, "run": self._run, "host": host, "owner": owner}
        text = json.dumps({**data, "since": format_time(time.time_ns())})
        if not create_durably(path, text.encode("ascii"), shared=True):
            self._refuse(path, pv)

    def release(self, pv: str, *, but: str | None = None) -> None:
        """Unlock a PV, if the run has locked it, of each primary but that one."""
        for path, data in _read_all(self._locks):
            if data.get("run") == self._run and data["pv"] == pv and data.get("primary") != but:
                path.unlink(missing_ok=True)

    def primaries_of(self, pv: str) -> set[str]:
        """Return what tells the primary from others whose PV the run has locked, each once.

        Nothing if it has not; more than one where the primary has got another address meanwhile.
        """
        held = (data for _, data in _read_all(self._locks) if data.get("run") == self._run and data.get("pv") == pv)
        return {str(data["primary"]) for data in held}

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
        folder = path.parent.parent / run
        raise LockedError(
            f"{pv} is locked by the run {run} of {data.get('owner')} on {data.get('host')} since {data.get('since')}; "
            f"wait for its end, or if it is dead or has left the PV to a person, recover that run: {folder}",
            path=str(path),
        )


def unfinished_run(run_dir: Path, pv: str, primary: str | None = None) -> Path | None:
    """Return the folder of the run that has a PV: at work, dead, or not sure whether its merge is over.

    Parameters
    ----------
    run_dir : Path
    pv : str
    primary : str, optional
        What tells the primary from others; any where not given.
    """
    for _, data in _read_all(_locks_in(run_dir)):
        if data.get("pv") == pv and primary in (None, data.get("primary")):
            return run_dir / str(data["run"])
    return None


def _locks_in(run_dir: Path) -> Path:
    return run_dir / "locks"


def _read_all(locks: Path) -> list[tuple[Path, dict[str, Any]]]:
    return [(path, _read(path)) for path in sorted(locks.glob("[!.]*.lock"))]


def _read(path: Path) -> dict[str, Any]:
    """Return what a lock says; nothing if it was just released."""
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    return data
