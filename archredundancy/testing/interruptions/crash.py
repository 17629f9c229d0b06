"""Runs during which something dies: they themselves, as a process that is killed does, or an appliance that they use.

Nothing of this is in the code that commits; the journal's `write` and the client's `send` are replaced in a process of
its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, Literal

from archredundancy.client.http import http_transport
from archredundancy.commit import Check, PairUrls, RunSettings, certify, recover, run_commit
from archredundancy.commit.journal.journal import Entry, Journal

__all__ = ["Event", "Moment", "certify_until", "forks", "line_names", "run_until"]

Event = Literal["line", "request"]
Moment = Literal["before", "after"]

_SECONDS = 60


def forks() -> ForkServerContext:
    """Return what starts processes: a server that forks has no threads, so none is left out of what is forked."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "archredundancy.testing.interruptions.killable"])
    return context


def run_until(
    path: Path,
    number: int | str,
    moment: Moment,
    *,
    event: Event = "line",
    victim: int | None = None,
    recovery: bool = False,
) -> bool:
    """Commit or recover a run in another process, and kill it, or another one, at a line of its journal or a request.

    Parameters
    ----------
    path : Path
        The run folder.
    number : int or str
        Of the line, or of the request that the run sends; or what the line is, as `line_names` has it.
    moment : {"before", "after"}
        Whether the line is not written any more, or is the last one, as one that is named always is; a request was sent
        after its answer has begun.
    event : {"line", "request"}
        What is counted.
    victim : int, optional
        Process to be killed, instead of that of the run, which then goes on.
    recovery : bool
        Whether to recover the run instead of committing it.

    Returns
    -------
    bool
        Whether the run was killed; else it came to its end.

    Raises
    ------
    RuntimeError
        If it neither ended nor was killed, or ended with an error.
    """
    process = forks().Process(target=_run, args=(str(path), number, moment, event, victim, recovery))
    process.start()
    process.join(_SECONDS)
    if process.exitcode not in (0, -signal.SIGKILL):
        process.kill()
        raise RuntimeError(f"the run {path} ended with {process.exitcode}")
    return process.exitcode == -signal.SIGKILL


def certify_until(urls: PairUrls, run_dir: Path, settings: RunSettings, check: str) -> None:
    """Certify a pair in another process, and kill it once a check was made.

    Parameters
    ----------
    urls : PairUrls
    run_dir : Path
    settings : RunSettings
    check : str
        The beginning of its name.

    Raises
    ------
    RuntimeError
        If it was not killed.
    """
    process = forks().Process(target=_certify, args=(urls, run_dir, settings, check))
    process.start()
    process.join(_SECONDS)
    if process.exitcode != -signal.SIGKILL:
        process.kill()
        raise RuntimeError(f"the certification in {run_dir} ended with {process.exitcode}")


def line_names(entries: Sequence[Entry]) -> list[str]:
    """Return what each line of a journal is, in short, such as `state paused`; signs of life aside."""
    details = {"state": "state", "intent": "call", "outcome": "call", "relay": "request", "backup": "side"}
    kept = [entry for entry in entries if entry.kind != "heartbeat"]
    return [f"{entry.kind} {entry.facts.get(details.get(entry.kind, ''), '')}".strip() for entry in kept]


def _run(path: str, number: int | str, moment: Moment, event: Event, victim: int | None, recovery: bool) -> None:
    def kill() -> None:
        os.kill(victim or os.getpid(), signal.SIGKILL)

    if isinstance(number, str):
        _watch_for(number, kill)
    else:
        {"line": _watch_lines, "request": _watch_requests}[event](number, moment, kill)
    if recovery:
        recover(Path(path))
    else:
        run_commit(Path(path))


def _certify(urls: PairUrls, run_dir: Path, settings: RunSettings, check: str) -> None:
    def kill(found: Check) -> None:
        if found.name.startswith(check):
            os.kill(os.getpid(), signal.SIGKILL)

    certify(urls, run_dir, settings=settings, on_check=kill)


def _watch_lines(line: int, moment: Moment, kill: Callable[[], None]) -> None:
    write = Journal.write

    def write_and_kill(journal: Journal, kind: str, pv: str = "", **facts: Any) -> Entry:
        if moment == "before" and journal.number == line - 1:
            kill()
        entry = write(journal, kind, pv, **facts)
        if moment == "after" and entry.number == line:
            kill()
        return entry

    Journal.write = write_and_kill  # type: ignore[method-assign, assignment]


def _watch_for(name: str, kill: Callable[[], None]) -> None:
    write = Journal.write

    def write_and_kill(journal: Journal, kind: str, pv: str = "", **facts: Any) -> Entry:
        entry = write(journal, kind, pv, **facts)
        if line_names([entry]) == [name]:
            kill()
        return entry

    Journal.write = write_and_kill  # type: ignore[method-assign, assignment]


def _watch_requests(number: int, moment: Moment, kill: Callable[[], None]) -> None:
    client_type: Any = vars(http_transport)["httpx"].Client
    send = client_type.send
    sent = 0

    def send_and_kill(*arguments: Any, **options: Any) -> Any:
        nonlocal sent
        sent += 1
        is_due = sent == number
        if moment == "before" and is_due:
            kill()
        response = send(*arguments, **options)
        if moment == "after" and is_due:
            kill()
        return response

    client_type.send = send_and_kill
