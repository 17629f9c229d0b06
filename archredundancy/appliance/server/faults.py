"""Faults that can be switched on by name, so that tests see what a client makes of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND

__all__ = ["Fault", "FaultName", "Faults"]


class FaultName(StrEnum):
    """What can go wrong."""

    SLOW = "slow"
    """The answer comes, but late."""
    TORN = "torn"
    """The answer breaks off after some bytes; the work is done."""
    CUT_SHORT = "cut-short"
    """The answer ends after some bytes as if that were all, 200 and well framed; the work is done (B.1, L 2g)."""
    DRIP = "drip"
    """The answer comes some bytes at a time, with a pause after each."""
    REFUSED = "refused"
    """503, and nothing is done."""
    STARTING = "starting"
    """What a web application says that is not up yet: retrieval 503, management 500 (B.1, E, L 4d)."""
    HUNG = "hung"
    """The connection is accepted, but nothing is done and no answer ever comes (L 4d)."""
    TIMEOUT_AFTER_WORK = "timeout-after-work"
    """The work is done, but no answer ever comes."""
    KILL = "kill"
    """The appliance dies before the work, in the middle of the connection."""
    KILL_AFTER_WORK = "kill-after-work"
    """The work is done, then the appliance dies without an answer."""
    DISK_FULL = "disk-full"
    """A file takes some bytes, then no more: in ETL, in a merge's temporary files, in an import, in the engine."""
    CRASH_WHILE_WRITING = "crash-while-writing"
    """The appliance dies in the middle of a file."""
    CRASH_AT_RENAME = "crash-at-rename"
    """The appliance dies before a file takes the place of another one, as between the renames of `mergeInData`."""
    NO_ROOM = "no-room"
    """A store says that it has no room: ETL throws away what is due for the first one, and keeps the rest (A.6)."""
    DRIFT = "drift"
    """The clock is wrong, and ever more so."""


#: Faults of files; the others strike requests, or the clock.
_OF_FILES = frozenset(
    {FaultName.DISK_FULL, FaultName.CRASH_WHILE_WRITING, FaultName.CRASH_AT_RENAME, FaultName.NO_ROOM}
)
_OF_REQUESTS = frozenset(FaultName) - _OF_FILES - {FaultName.DRIFT}


@dataclass(kw_only=True)
class Fault:
    """One fault that is switched on.

    Attributes
    ----------
    name : FaultName
    path : str
        Glob of the paths it strikes: of requests, such as `/mgmt/bpl/mergeInData`, or of files below the appliance's
        root, such as `lts/*`.
    times : int
        How often it strikes at most.
    skip : int
        How many that it could strike are let pass first.
    seconds : float, seconds
        Of delay; for a clock, how wrong it is at once.
    after_bytes : int, bytes
        How much of an answer or file comes through.
    rate : float
        Seconds that a clock gains in each second.
    since : int, ns since 1970 UTC
        When a clock began to drift.
    fired : int
        How often it has struck.
    """

    name: FaultName
    path: str
    times: int = 1
    skip: int = 0
    seconds: float = 1.0
    after_bytes: int = 0
    rate: float = 0.0
    since: int | None = field(default=None, init=False)
    fired: int = field(default=0, init=False)
    passed: int = field(default=0, init=False)

    def meets(self, path: str) -> bool:
        """Whether it strikes this path now; counts what it lets pass."""
        if self.fired >= self.times or not fnmatchcase(path, self.path):
            return False
        if self.passed < self.skip:
            self.passed += 1
            return False
        self.fired += 1
        return True

    def drifted(self, now: int) -> int:
        """Return what a clock shows, ns, at a time, ns since 1970 UTC."""
        self.fired += 1
        self.since = now if self.since is None else self.since
        return now + round(self.seconds * NS_PER_SECOND + self.rate * (now - self.since))


class Faults:
    """The faults of one appliance, in the order in which they were switched on; each request meets at most one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def switch_on(
        self,
        name: str,
        path: str = "*",
        *,
        times: int = 1,
        skip: int = 0,
        seconds: float = 1.0,
        after_bytes: int = 0,
        rate: float = 0.0,
    ) -> Fault:
        """Let a fault strike the next requests of a path, or the next files, or the clock until it is switched off.

        Parameters
        ----------
        name : str
            One of `FaultName`, such as `slow`, `torn` or `disk-full`.
        path : str
            Glob of paths of requests, without the query, or of files below the appliance's root.
        times : int
            How many of them it strikes.
        skip : int
            How many of them it lets pass first.
        seconds : float, seconds
            Delay, for `slow`; pause between two pieces, for `drip`; by how much the clock is wrong, for `drift`.
        after_bytes : int, bytes
            How much comes through: of the answer for `torn` and `cut-short`, of a file for `disk-full` and
            `crash-while-writing`; how much at a time, for `drip`.
        rate : float
            Seconds that the clock gains in each second, for `drift`.

        Returns
        -------
        Fault
            Whose `fired` says how often it has struck.

        Raises
        ------
        InputError
            If there is no fault of that name.
        """
        try:
            kind = FaultName(name)
        except ValueError:
            raise InputError(f"unknown fault {name!r}; allowed: {', '.join(FaultName)}") from None
        fault = Fault(name=kind, path=path, times=times, skip=skip, seconds=seconds, after_bytes=after_bytes, rate=rate)
        with self._lock:
            self._faults.append(fault)
        return fault

    def switch_off(self) -> None:
        """Let no fault strike any more."""
        with self._lock:
            self._faults.clear()

    def strike(self, path: str, names: Collection[FaultName] = _OF_REQUESTS) -> Fault | None:
        """Return the fault among some that strikes a request or file, and count it."""
        with self._lock:
            return next((fault for fault in self._faults if fault.name in names and fault.meets(path)), None)

    def clock(self, now: int) -> int:
        """Return what the appliance's clock shows, ns, at a time, ns since 1970 UTC."""
        with self._lock:
            for fault in self._faults:
                if fault.name is FaultName.DRIFT:
                    now = fault.drifted(now)
        return now
