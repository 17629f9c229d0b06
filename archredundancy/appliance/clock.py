"""The present, and what has to be done as it passes: by a clock that is set by hand, or with the real time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from threading import Event, RLock, Thread, current_thread
from typing import Protocol

from archredundancy.appliance.death import Died
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, parse_time

__all__ = ["Duty", "SettableClock", "Ticker", "Timekeeper"]

logger = logging.getLogger(__name__)

_PATIENCE = 0.1


class Duty(Protocol):
    """Something that has to be done at times of its own: an IOC's updates, an engine's writing, stages of ETL."""

    def due(self) -> int | None:
        """Return when there is something to do next, ns since 1970 UTC; None if nothing is foreseen."""

    def run(self, now: int) -> None:
        """Do what is due at a time, ns since 1970 UTC; what was due is not due afterwards."""


class Timekeeper(Protocol):
    """Lets duties be done when they are due."""

    def __call__(self) -> int:
        """Return the present, ns since 1970 UTC."""

    def add(self, duty: Duty) -> None:
        """Take over a duty; of those due at the same time the one that was added first goes first."""

    def remove(self, duty: Duty) -> None:
        """Forget a duty; it is not running when this returns."""


class SettableClock:
    """A clock that stands still until it is moved; moving it does all that is due on the way, in order.

    So a year of archiving, ETL and retention passes in seconds, the same each time. Give it to an `AppliancePair` (or
    `Appliance`) and to the `SimulatedIoc`.

    Parameters
    ----------
    now : int, ns since 1970 UTC, or text with a zone

    Examples
    --------
    >>> clock = SettableClock("2026-01-01T00:00:00Z")
    >>> clock.advance(1.5)
    >>> clock()
    1767225601500000000
    """

    def __init__(self, now: int | str) -> None:
        self._now = _instant(now)
        self._duties = _Duties()

    def __call__(self) -> int:
        """Return the present, ns since 1970 UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass; what is due is done in the order of time, each at its own moment.

        Parameters
        ----------
        seconds : float
            Not negative; to go back, `set` a time.

        Raises
        ------
        InputError
            If it is negative.
        """
        if seconds < 0:
            raise InputError(f"time cannot pass for {seconds} s; to go back, set the clock to a time")
        with self._duties.lock:
            self._pass_until(self._now + round(seconds * NS_PER_SECOND))

    def set(self, now: int | str) -> None:
        """Jump to a time, forwards or back, as a clock that is corrected: what was due on the way is due now."""
        with self._duties.lock:
            self._now = _instant(now)
            self._pass_until(self._now)

    def add(self, duty: Duty) -> None:
        """Take over a duty; of those due at the same time the one that was added first goes first."""
        self._duties.add(duty)

    def remove(self, duty: Duty) -> None:
        """Forget a duty; it is not running when this returns."""
        self._duties.remove(duty)

    def _pass_until(self, end: int) -> None:
        with self._duties.lock:
            while (found := self._duties.first(end)) is not None:
                due, duty = found
                self._now = max(self._now, due)
                with suppress(Died):
                    duty.run(self._now)
            self._now = max(self._now, end)


def _instant(when: int | str) -> int:
    return when if isinstance(when, int) else parse_time(when, now=0)


class Ticker:
    """Does what is due in a thread, as the real time passes.

    Parameters
    ----------
    clock : callable
        Gives the present, ns since 1970 UTC.
    """

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._duties = _Duties()
        self._ended = Event()
        self._thread: Thread | None = None

    def __call__(self) -> int:
        """Return the present, ns since 1970 UTC."""
        return self._clock()

    def add(self, duty: Duty) -> None:
        """Take over a duty; the thread runs as long as there is one."""
        self._duties.add(duty)
        if self._thread is None:
            self._ended = Event()  # a thread that ends in the middle of a duty has one of its own
            self._thread = Thread(target=self._run, args=(self._ended,), name="appliance-ticker", daemon=True)
            self._thread.start()

    def remove(self, duty: Duty) -> None:
        """Forget a duty; it is not running when this returns."""
        self._duties.remove(duty)
        if self._thread is not None and not self._duties:
            self._ended.set()
            if self._thread is not current_thread():  # else an appliance dies in the middle of a duty
                self._thread.join()
            self._thread = None

    def _run(self, ended: Event) -> None:
        while not ended.is_set():
            try:
                with self._duties.lock:
                    failed = self._catch_up(ended)
                patience = _PATIENCE if failed else self._patience()
            except Exception:
                logger.exception("a duty of the appliance cannot tell when it is due; it is asked again")
                patience = _PATIENCE
            ended.wait(patience)

    def _catch_up(self, ended: Event) -> list[Duty]:
        """Do what is due; return duties that failed, which are tried again in the next round."""
        failed: list[Duty] = []
        while not ended.is_set() and (found := self._duties.first(self._clock(), failed)) is not None:
            try:
                with suppress(Died):
                    found[1].run(self._clock())
            except Exception:
                logger.exception("a duty of the appliance failed; the others go on")
                failed.append(found[1])
        return failed

    def _patience(self) -> float:
        """Return for how long nothing is due, seconds; not long, since others may make something due."""
        found = self._duties.first(None)
        return _PATIENCE if found is None else min(_PATIENCE, max(0.0, (found[0] - self._clock()) / NS_PER_SECOND))


class _Duties:
    """Duties in the order in which they were added; one that is added again is done once all the same."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._duties: list[Duty] = []

    def __bool__(self) -> bool:
        return bool(self._duties)

    def add(self, duty: Duty) -> None:
        with self.lock:
            self._duties.append(duty)

    def remove(self, duty: Duty) -> None:
        with self.lock:
            self._duties.remove(duty)

    def first(self, until: int | None, without: Collection[Duty] = ()) -> tuple[int, Duty] | None:
        """Return the duty that is due first, and when; None if none is due by a time, where None stands for any."""
        with self.lock:
            due = _dated(duty for duty in self._duties if duty not in without)
            found = min(due, key=lambda dated: dated[0], default=None)
        return found if found is not None and (until is None or found[0] <= until) else None


def _dated(duties: Iterable[Duty]) -> list[tuple[int, Duty]]:
    return [(due, duty) for duty in duties if (due := duty.due()) is not None]
