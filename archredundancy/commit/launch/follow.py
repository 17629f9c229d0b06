"""Following a run by its journal, and stopping it on the way."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from archredundancy.commit.journal.journal import Entry, read_on
from archredundancy.commit.run.batches import is_stop_requested, request_stop

__all__ = ["follow", "tell_or_stop"]

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.05


def tell_or_stop(run: Path, follow: Callable[[], Iterable[Entry]], on_entry: Callable[[Entry], None]) -> None:
    """Tell each line of a run's journal once, until it ends; an interrupt asks it to stop after the PV it is at.

    Parameters
    ----------
    run : Path
        The run folder.
    follow : callable
        Gives all lines, those written before included, until the run has ended.
    on_entry : callable

    Raises
    ------
    KeyboardInterrupt
        When interrupted again; the run goes on until it has stopped.
    """
    told, interrupted = 0, False
    while True:
        try:
            if interrupted:  # in here, so that the next interrupt finds the same answer whenever it comes
                interrupted = False
                request_stop(run)
                logger.warning("stopping after the PV that is being merged; interrupt again to stop watching only")
            for entry in follow():
                if entry.number > told:
                    told = entry.number
                    on_entry(entry)
            return
        except KeyboardInterrupt:
            if is_stop_requested(run):
                logger.warning(
                    "the run goes on unwatched, and stops after the PV that is being merged. How far it is: "
                    "`archredundancy report %s`. If its process dies: `archredundancy recover %s`",
                    run,
                    run,
                )
                raise
            interrupted = True


def follow(journal: Path, is_alive: Callable[[], bool]) -> Iterator[Entry]:
    """Yield the lines of a journal as they are written, until its process has ended."""
    read = 0
    while True:
        alive = is_alive()
        entries, read = read_on(journal, read) if journal.exists() else ([], read)
        yield from entries
        if not alive:
            return
        time.sleep(_LOOK_SECONDS)
