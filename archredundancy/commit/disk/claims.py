"""Claims: which process is at work on a run, so that two hosts respect it.

The claims of a run are numbered files. Who makes the next one has the run; of several hosts one can. The holder shows
life by writing a counter into its claim. Another host that has seen neither the counter nor the journal change for a
while takes the next claim, and revokes the one before. Only changes count, seen by the clock of the one who looks:
clocks of several hosts are never compared.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archredundancy.commit.disk.durable import create_durably, make_private_folder
from archredundancy.errors import LockedError
from archredundancy.model import format_time

__all__ = ["EXPIRY", "Claim", "Life", "Silence", "host_and_owner", "look_at", "take_claim"]

#: Seconds without a sign of life after which a run counts as dead on other hosts.
EXPIRY = 60.0
#: Bytes of a claim. It is written in place, which takes no room on the disk; what follows revokes it.
_WIDTH = 512
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def host_and_owner() -> tuple[str, str]:
    """Return the name of this host, and of the person the process belongs to."""
    try:
        owner = getpass.getuser()
    except (KeyError, OSError):
        owner = str(os.getuid())
    return socket.gethostname(), owner


def boot_of_host() -> str:
    """Return what tells this host, since it was started, from all others: names of hosts may be the same."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return socket.gethostname()


@dataclass(frozen=True, kw_only=True)
class Life:
    """What can be seen of a run's life at a moment; two that are equal mean silence between them.

    Attributes
    ----------
    number : int
        Of the last claim; 0 if nobody has claimed the run.
    claim : bytes
        What it says.
    journal : int, bytes
        Length of the journal.
    """

    number: int
    claim: bytes
    journal: int

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the claim says: host, boot, owner, pid, since, beat, released; nothing if it was not written whole."""
        try:
            found = json.loads(self.claim[:_WIDTH])
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def is_released(self) -> bool:
        """Whether nobody is at work: never begun, or let go of."""
        return bool(self.facts.get("released")) if self.number else not self.journal

    @property
    def is_of_this_host(self) -> bool:
        """Whether the claim was taken on this host since it was started."""
        return self.facts.get("boot") == boot_of_host()

    @property
    def holder(self) -> str:
        """Who has the run, in words."""
        return f"{self.facts.get('owner', 'somebody')} on {self.facts.get('host', 'an unknown host')}"


def look_at(run: Path) -> Life:
    """Return what can be seen of a run's life.

    Files are opened, which makes NFS ask its server, as looking at their size alone does not.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    numbers = [int(path.name) for path in (run / "claims").glob("[0-9]*")]
    number = max(numbers, default=0)
    return Life(number=number, claim=_read(run / "claims" / f"{number:06d}"), journal=_length(run / "journal.jsonl"))


class Silence:
    """How long a run has shown no life, as seen from here.

    Examples
    --------
    >>> silence = Silence()
    >>> life = Life(number=1, claim=b"{}", journal=10)
    >>> [silence.seconds(life, now) for now in (5.0, 7.0)]
    [0.0, 2.0]
    >>> silence.seconds(Life(number=1, claim=b"{}", journal=20), 8.0)
    0.0
    """

    def __init__(self) -> None:
        self._seen: Life | None = None
        self._since = 0.0

    def seconds(self, life: Life, now: float | None = None) -> float:
        """Return for how many seconds this has been seen.

        Parameters
        ----------
        life : Life
        now : float, seconds, optional
            By any clock that does not jump.
        """
        moment = time.monotonic() if now is None else now
        if life != self._seen:
            self._seen, self._since = life, moment
        return moment - self._since


class Claim:
    """The right to work on a run, until it is released or revoked.

    Parameters
    ----------
    path : Path
        Of the claim.
    facts : mapping
        What it says.
    """

    def __init__(self, path: Path, facts: Mapping[str, Any]) -> None:
        self._path = path
        self._facts = dict(facts)

    def check(self) -> None:
        """Refuse to go on if the run was taken over.

        Raises
        ------
        LockedError
            If so.
        OSError
            If the claim cannot be read.
        """
        if len(self._path.read_bytes()) > _WIDTH:
            raise LockedError(
                f"the run {self._path.parent.parent} was taken over, since it had shown no life for long; this process "
                "leaves it alone from now on",
                path=str(self._path),
            )

    def beat(self) -> None:
        """Show life.

        Raises
        ------
        LockedError
            If the run was taken over.
        OSError
            If the claim cannot be written.
        """
        self.check()
        self._facts["beat"] += 1
        self._put(self._facts)

    def release(self) -> None:
        """Let others take the run at once."""
        self._put({**self._facts, "released": True})

    def _put(self, facts: Mapping[str, Any]) -> None:
        with self._path.open("r+b", buffering=0) as file:
            file.write(_encode(facts))
            os.fsync(file.fileno())


def take_claim(run: Path, after: Life) -> Claim:
    """Take a run over from the holder that was seen, who has released it, or is dead.

    Parameters
    ----------
    run : Path
    after : Life
        As it was seen last.

    Raises
    ------
    LockedError
        If somebody else has taken it by now.
    OSError
        If nothing can be written there.
    """
    folder = run / "claims"
    make_private_folder(folder)
    host, owner = host_and_owner()
    facts = {
        "host": host,
        "owner": owner,
        "boot": boot_of_host(),
        "pid": os.getpid(),
        "since": format_time(time.time_ns()),
        "beat": 0,
    }
    path = folder / f"{after.number + 1:06d}"
    if not create_durably(path, _encode(facts)):
        raise LockedError(f"the run {run} was just taken by {look_at(run).holder}; leave it to them", path=str(path))
    if after.number and not after.is_released:
        # All of them: who took the last one may have died before it revoked the one before.
        for number in range(1, after.number + 1):
            _revoke(folder / f"{number:06d}")
    return Claim(path, facts)


def _revoke(claim: Path) -> None:
    with claim.open("ab") as file:
        file.write(b"revoked\n")
        os.fsync(file.fileno())


def _encode(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts).encode("ascii").ljust(_WIDTH - 1)[: _WIDTH - 1] + b"\n"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _length(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return 0
