"""The journal of a run: one JSON object a line, on the disk before anything that depends on it happens."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from archredundancy.commit.durable import sync_folder
from archredundancy.errors import StoreError
from archredundancy.model import format_time

__all__ = ["SCHEMA", "Entry", "Journal", "PVRecord", "read_journal"]

#: Version of the lines.
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
        `run`, `recovery`, `state`, `intent`, `outcome`, `relay`, `store`, `backup`, `promised`, `before`, `verified`,
        `note`, `heartbeat` or `end`.
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

    Raises
    ------
    StoreError
        If it cannot be read or written.
    """

    def __init__(self, path: Path, clock: Callable[[], int] = time.time_ns) -> None:
        self.path = path
        self._clock = clock
        self._lock = Lock()
        entries, whole = _read(path) if path.exists() else ([], 0)
        self._number = entries[-1].number if entries else 0
        self._file = path.open("ab")
        self._file.truncate(whole)
        os.fsync(self._file.fileno())
        sync_folder(path.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def number(self) -> int:
        """Number of the last line."""
        return self._number

    def write(self, kind: str, pv: str = "", **facts: Any) -> Entry:
        """Append a line and return it once it is on the disk.

        Raises
        ------
        OSError
            If that fails; then what the line announces must not be done.
        """
        with self._lock:
            self._number += 1
            entry = Entry(number=self._number, time=format_time(self._clock()), kind=kind, pv=pv, facts=facts)
            data = {"n": entry.number, "time": entry.time, "kind": kind, "pv": pv, **facts}
            self._file.write(json.dumps(data, allow_nan=False).encode("ascii") + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        return entry

    def about(self, pv: str) -> PVRecord:
        """Return where calls about one PV are recorded."""
        return PVRecord(self, pv)

    @contextmanager
    def heartbeat(self, beat: Callable[[], None], seconds: float = HEARTBEAT) -> Iterator[None]:
        """Write a sign of life now and then while the context lasts, and call `beat` each time."""
        ended = Event()

        def live() -> None:
            while not ended.wait(seconds):
                self.write("heartbeat")
                beat()

        thread = Thread(target=live, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


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
        If there is no journal, or a line within it cannot be read.
    """
    return _read(path)[0]


def _read(path: Path) -> tuple[list[Entry], int]:
    """Return the entries, and the number of bytes they take.

    Raises
    ------
    StoreError
        If there is no journal, or a line within it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"the journal {path} cannot be read: {error}; give the folder of a run", path=str(path)
        ) from error
    whole = content[: content.rfind(b"\n") + 1]
    return [_entry(line, path) for line in whole.splitlines()], len(whole)


def _entry(line: bytes, path: Path) -> Entry:
    try:
        data = json.loads(line)
        number, written, kind, pv = (data.pop(name) for name in ("n", "time", "kind", "pv"))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise StoreError(
            f"the journal {path} has a line that cannot be read ({error!r}): {line[:80]!r}; look at the disk",
            path=str(path),
        ) from error
    return Entry(number=number, time=written, kind=kind, pv=pv, facts=data)


def _without_pv(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "pv"}
