"""Whether the secondary records a PV while the primary does not: asked before the pause, and all the time it lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from archredundancy.commit.journal.states import State
from archredundancy.commit.sides import ARCHIVING
from archredundancy.commit.steps.context import Context
from archredundancy.errors import ArchRedundancyError, CommitError

__all__ = ["check_recorded", "watch_recording"]

#: Seconds between two looks, and how many in a row have to fail.
_SECONDS, _FAILURES = 5.0, 2
#: From these on a PV's files are changed, which cannot be called off.
_CHANGING = (State.MERGING, State.LOOKING, State.SWITCHING)


def check_recorded(context: Context) -> None:
    """Refuse to go on if nobody but the primary records a PV.

    Raises
    ------
    CommitError
        If the secondary does not.
    ArchRedundancyError
        If it cannot be asked.
    """
    if (found := _trouble(context)) is not None:
        raise CommitError(f"{found}, so nobody would record it now; its files were not changed")


@contextmanager
def watch_recording(context: Context) -> Iterator[Callable[[], None]]:
    """Ask the secondary now and then while the context lasts; gives what raises CommitError once it does not record.

    What was seen is written down at once: a merge that has begun is finished all the same.
    """
    watch = _Watch(context)
    thread = Thread(target=watch.run, name="recording", daemon=True)
    thread.start()
    try:
        yield watch.check
    finally:
        watch.ended.set()
        thread.join()


class _Watch:
    def __init__(self, context: Context) -> None:
        self.ended = Event()
        self._context = context
        self._found = ""

    def check(self) -> None:
        if self._found:
            raise CommitError(f"{self._found}, so nobody records it now; its files were not changed")

    def run(self) -> None:
        failures = 0
        while not self._found and not self.ended.wait(_SECONDS):
            try:
                found = _trouble(self._context)
                failures = 0
            except ArchRedundancyError as error:
                failures += 1
                found = f"the secondary cannot be asked about it ({error})" if failures >= _FAILURES else None
            if found is not None:
                self._tell(found)

    def _tell(self, found: str) -> None:
        self._found = found
        history = self._context.history
        then = "archiving is resumed as soon as that is safe"
        if any(history.reached(state) for state in _CHANGING):
            then = "the change of its files has begun, and goes on to its end"
        self._context.journal.write(
            "note", self._context.pv, message=f"while the primary was paused, {found}; {then}", warning=True
        )


def _trouble(context: Context) -> str | None:
    """Return why the secondary does not record a PV that the primary could record; None if it does."""
    if context.secondary.management is None:
        return None
    pv = context.pv
    other = context.secondary.manager.pv_status([pv])[0]
    if other.status != ARCHIVING:
        return f"the secondary says {other.status!r} of {pv}"
    if other.connected is False and context.primary.manager.pv_status([pv])[0].connected:
        return f"the secondary is not connected to {pv}, to which the primary is"
    return None
