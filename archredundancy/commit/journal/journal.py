"""The journal of a run: one JSON object a line, on the disk before anything that depends on it happens."""

from __future__ import annotations

import json
import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

import platformdirs

from archredundancy.commit.disk.claims import Claim
from archredundancy.commit.disk.durable import make_private_folder, private
from archredundancy.commit.disk.lines import DurableLines
from archredundancy.errors import LockedError, StoreError
from archredundancy.model import format_time

__all__ = ["SCHEMA", "Entry", "Journal", "PVRecord", "read_journal", "read_on", "unsaved_of"]

logger = logging.getLogger(__name__)

#: Version of the lines, which the first one of a run, and of each recovery, names.
SCHEMA = 1
#: Seconds between two signs of life.
HEARTBEAT = 10.0


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line.

    Attributes
    ----------
    number : int
        From 1 on.
    time : str
        ISO 8601, UTC, by the clock of the host that wrote it.
    kind : str
        `run`, `recovery`, `state`, `intent`, `outcome`, `relay`, `store`, `backup`, `promised`, `before`, `roots`,
        `expected`, `verified`, `note`, `batch`, `stopped`, `heartbeat` or `end`.
    pv : str
        Empty where it is about none.
    facts : mapping of str to any JSON value
    """

    number: int
    time: str
    kind: str
    pv: str
    facts: Mapping[str, Any]

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items() if not isinstance(value, (dict, list)))
        return f"{self.time} {self.kind} {self.pv} {told}".rstrip()


class Journal:
    """Appends to a journal; may be shared by threads.

    Each line is on the disk before `write` returns. A last line that was cut off by a crash is taken away first.

    Parameters
    ----------
    path : Path
    clock : callable
        Gives the present, ns since 1970 UTC.
    claim : Claim, optional
        Under which the run is worked on: nothing is written once it is revoked.

    Raises
    ------
    StoreError
        If it cannot be read, or is of another schema.
    OSError
        If it cannot be written.
    """

    def __init__(self, path: Path, clock: Callable[[], int] = time.time_ns, claim: Claim | None = None) -> None:
        self.path = path
        self._clock = clock
        self._claim = claim
        self._lock = Lock()
        entries, whole = _read(path) if path.exists() else ([], 0)
        self._number = entries[-1].number if entries else 0
        self._by_pv: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in filter(lambda each: each.pv, entries):
            self._by_pv[entry.pv].append(entry)
        self._lines = DurableLines(path, whole)
        self._unsaved: list[bytes] = []
        self._is_last_resort = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()

    @property
    def number(self) -> int:
        """Number of the last line; 0 before the first."""
        return self._number

    def entries_about(self, pv: str) -> Sequence[Entry]:
        """Return the lines about a PV, in order. Cost: that of these, however many others there are."""
        with self._lock:
            return tuple(self._by_pv.get(pv, ()))

    def let_go(self, pv: str) -> None:
        """Forget the lines about a PV that nothing more will be asked of; in the file they stay."""
        with self._lock:
            self._by_pv.pop(pv, None)

    @property
    def has_room(self) -> bool:
        """Whether more than the most urgent lines can be written: nothing new may be begun else."""
        return self._lines.has_reserve

    def write(self, kind: str, pv: str = "", **facts: Any) -> Entry:
        """Append a line and return it once it is on the disk.

        Raises
        ------
        OSError
            If that fails; then what the line announces must not be done, unless it is the last resort.
        LockedError
            If the run was taken over by another process, if only while the line was written: a process may be suspended
            for long at any point. What the line announces must not be done then either.
        """
        with self._lock:
            self._check_claim()
            entry = Entry(number=self._number + 1, time=format_time(self._clock()), kind=kind, pv=pv, facts=facts)
            data = {"n": entry.number, "time": entry.time, "kind": kind, "pv": pv, **facts}
            self._save(json.dumps(data, allow_nan=False).encode("ascii") + b"\n")
            self._number = entry.number
            if pv:
                self._by_pv[pv].append(entry)
            self._check_claim()
        return entry

    def be_last_resort(self, why: BaseException) -> None:
        """Go on without the disk: lines that it does not take are told on standard error and in a second place.

        To be used only to bring PVs back to archiving. Such lines are saved once the disk takes them again.
        """
        self._is_last_resort = True
        second = unsaved_of(self.path.parent)
        logger.critical("%s cannot be written (%s); what is done is told here and in %s", self.path, why, second)

    def _check_claim(self) -> None:
        """Refuse to go on once the run was taken over.

        Raises
        ------
        OSError
            If that cannot be told; as the last resort, it stops nothing.
        """
        if self._claim is None:
            return
        try:
            self._claim.check()
        except OSError:
            if not self._is_last_resort:
                raise

    def _save(self, line: bytes) -> None:
        try:
            self._lines.append(b"".join([*self._unsaved, line]))
            self._unsaved.clear()
        except OSError:
            if not self._is_last_resort:
                raise
            self._unsaved.append(line)
            logger.critical("not in the journal: %s", line.decode("ascii").rstrip())
            with suppress(OSError):
                _append(unsaved_of(self.path.parent), line)

    def about(self, pv: str) -> PVRecord:
        """Return where calls about one PV are recorded."""
        return PVRecord(self, pv)

    @contextmanager
    def heartbeat(self, seconds: float = HEARTBEAT) -> Iterator[None]:
        """Show life now and then while the context lasts, here and in the claim, whatever the disk takes of it."""
        ended = Event()

        def live() -> None:
            with suppress(LockedError):  # taken over: whoever works next will find out as well
                while not ended.wait(seconds):
                    self._show_life()

        thread = Thread(target=live, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _show_life(self) -> None:
        # One without the other is life enough.
        with suppress(OSError):
            if self._claim is not None:
                self._claim.beat()
        if self.has_room:
            with suppress(OSError):
                self.write("heartbeat")


class PVRecord:
    """The record of a `Committer`: calls about one PV, in the journal.

    Parameters
    ----------
    journal : Journal
    pv : str
    """

    def __init__(self, journal: Journal, pv: str) -> None:
        self._journal = journal
        self._pv = pv

    def intent(self, call: str, **facts: Any) -> None:
        """Write down a call that is about to be made."""
        self._journal.write("intent", self._pv, call=call, **_without_pv(facts))

    def outcome(self, call: str, **facts: Any) -> None:
        """Write down what came of it."""
        self._journal.write("outcome", self._pv, call=call, **_without_pv(facts))


def read_journal(path: Path) -> list[Entry]:
    """Return the whole lines of a journal; what a crash left of a last one is no line.

    Raises
    ------
    StoreError
        If there is no journal, a line within it cannot be read, or it is of another schema.
    """
    return _read(path)[0]


def read_on(path: Path, start: int) -> tuple[list[Entry], int]:
    """Return the whole lines of a journal from a byte on, and the byte to go on from.

    Parameters
    ----------
    path : Path
    start : int, bytes
        0, or what was given before.

    Raises
    ------
    StoreError
        If there is no journal, a line within it cannot be read, or it is of another schema.
    """
    return _read(path, start)


def unsaved_of(run: Path) -> Path:
    """Return where lines of a run are told that its own disk did not take: in this user's own folder on this host."""
    return Path(platformdirs.user_state_dir("archredundancy")) / "unsaved" / f"{run.name}.jsonl"


def _append(path: Path, line: bytes) -> None:
    make_private_folder(path.parent)
    with open(path, "ab", opener=private) as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, start: int = 0) -> tuple[list[Entry], int]:
    """Return the entries from a byte on, and the byte behind the last one.

    Raises
    ------
    StoreError
        If there is no journal, a line within it cannot be read, or it is of another schema.
    """
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
    except OSError as error:
        raise StoreError(
            f"the journal {path} cannot be read: {error}; give the folder of a run", path=str(path)
        ) from error
    whole = content[: content.rfind(b"\n") + 1]
    return [_entry(line, path) for line in whole.splitlines()], start + len(whole)


def _entry(line: bytes, path: Path) -> Entry:
    try:
        data = json.loads(line)
        number, written, kind, pv = (data.pop(name) for name in ("n", "time", "kind", "pv"))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise StoreError(
            f"the journal {path} has a line that cannot be read ({error!r}): {line[:80]!r}; look at the disk",
            path=str(path),
        ) from error
    _refuse_other_schema(data, path)
    return Entry(number=number, time=written, kind=kind, pv=pv, facts=data)


def _refuse_other_schema(facts: Mapping[str, Any], path: Path) -> None:
    """Refuse lines that may mean something else than is known here.

    Raises
    ------
    StoreError
        If a version that writes another schema has worked on the run.
    """
    if (schema := facts.get("schema", SCHEMA)) != SCHEMA:
        raise StoreError(
            f"the journal {path} has schema {schema!r}, and this version of archredundancy reads schema {SCHEMA}, so "
            "nothing was done; use the version that wrote it, or a later one",
            path=str(path),
        )


def _without_pv(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "pv"}
