"""Runs that die at a chosen line of their journal, as a process that is killed does: without a chance to clean up.

Nothing of this is in the code that commits; the journal's `write` is replaced in a process of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from archredundancy.commit import recover, run_commit
from archredundancy.commit.journal import Entry, Journal

__all__ = ["Moment", "line_names", "run_until"]

Moment = Literal["before", "after"]

_SECONDS = 60


def run_until(path: Path, line: int, moment: Moment, *, recovery: bool = False) -> bool:
    """Commit or recover a run in another process, which is killed at a line of the journal.

    Parameters
    ----------
    path : Path
        The run folder.
    line : int
        Number of the line.
    moment : {"before", "after"}
        Whether the line is not written any more, or is the last one.
    recovery : bool
        Whether to recover the run instead of committing it.

    Returns
    -------
    bool
        Whether it was killed; else it ended before it came to that line.

    Raises
    ------
    RuntimeError
        If it neither ended nor was killed, or ended with an error.
    """
    # A server that forks has no threads, so what is forked holds no lock of a thread that is not there.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_die_at, args=(str(path), line, moment, recovery))
    process.start()
    process.join(_SECONDS)
    if process.exitcode not in (0, -signal.SIGKILL):
        process.kill()
        raise RuntimeError(f"the run {path} ended with {process.exitcode}")
    return process.exitcode == -signal.SIGKILL


def line_names(entries: Sequence[Entry]) -> list[str]:
    """Return what each line of a journal is, in short, such as `state paused`; signs of life aside."""
    details = {"state": "state", "intent": "call", "outcome": "call", "relay": "request", "backup": "side"}
    kept = [entry for entry in entries if entry.kind != "heartbeat"]
    return [f"{entry.kind} {entry.facts.get(details.get(entry.kind, ''), '')}".strip() for entry in kept]


def _die_at(path: str, line: int, moment: Moment, recovery: bool) -> None:
    write = Journal.write

    def write_or_die(journal: Journal, kind: str, pv: str = "", **facts: Any) -> Entry:
        if moment == "before" and journal.number == line - 1:
            os.kill(os.getpid(), signal.SIGKILL)
        entry = write(journal, kind, pv, **facts)
        if moment == "after" and entry.number == line:
            os.kill(os.getpid(), signal.SIGKILL)
        return entry

    Journal.write = write_or_die  # type: ignore[method-assign, assignment]
    if recovery:
        recover(Path(path))
    else:
        run_commit(Path(path))
