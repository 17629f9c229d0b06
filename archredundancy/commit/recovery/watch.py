"""`watch`: takes over runs that show no life any more, one after the other; best run on another host."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from archredundancy.commit.disk.claims import EXPIRY, Life, Silence, look_at
from archredundancy.commit.journal.journal import read_journal
from archredundancy.commit.recovery.recovery import recover
from archredundancy.commit.report.report import Report, make_report
from archredundancy.commit.settings import RunSettings
from archredundancy.errors import ArchRedundancyError, LockedError

__all__ = ["Watcher", "watch"]

logger = logging.getLogger(__name__)

#: Seconds until a run is tried again that could not be brought to its end: the first time, and at most.
_AGAIN, _AT_MOST = 15.0, 600.0


def watch(
    run_dir: Path,
    *,
    once: bool = False,
    say: Callable[[str], None] = logger.info,
    expiry: float = EXPIRY,
    settings: RunSettings | None = None,
    stop: Event | None = None,
) -> list[Path]:
    """Take over the runs in a folder whose process died, until stopped or interrupted.

    Each run that is not at its end is looked at again and again. One that shows no life for a while is recovered, as
    by `recover`; so of two who watch, one gets it. A run that could not be brought to its end, since a cluster is down
    or a merge may still be running, is tried again after a while, and then ever less often.

    Parameters
    ----------
    run_dir : Path
        Shared by all who commit at a site.
    once : bool
        Whether to return when every run was seen to be alive, or was recovered, or could not be.
    say : callable
        Told in a line what is seen and done.
    expiry : float, seconds
        How long a run must be silent.
    settings : RunSettings, optional
        Instead of those of the runs.
    stop : Event, optional
        Set, it ends the watch after the recovery at hand. An interrupt breaks that one off, to be recovered again.

    Returns
    -------
    list of Path
        Stopped, or with `once`: the runs that are left to a person, or are still at work.
    """
    stop = Event() if stop is None else stop
    watcher = Watcher(run_dir, say, expiry=expiry, settings=settings)
    say(f"watching the runs in {run_dir}; a run without a sign of life for {expiry:g} s is taken over")
    end = time.monotonic() + 1.5 * expiry
    while not stop.is_set():
        watcher.look(stop)
        if once and (not watcher.waiting or time.monotonic() > end):
            break
        stop.wait(min(2.0, expiry / 10))
    return watcher.unfinished


class Watcher:
    """Looks at the runs in a folder, and takes over those that are dead.

    Parameters
    ----------
    run_dir : Path
    say : callable
    expiry : float, seconds
    settings : RunSettings, optional
    """

    def __init__(
        self, run_dir: Path, say: Callable[[str], None], *, expiry: float = EXPIRY, settings: RunSettings | None = None
    ) -> None:
        self._run_dir = run_dir
        self._say = say
        self._expiry = expiry
        self._settings = settings
        self._closed: set[Path] = set()
        self._silences: dict[Path, Silence] = {}
        self._not_before: dict[Path, float] = {}
        self._pauses: dict[Path, float] = {}

    @property
    def waiting(self) -> list[Path]:
        """The runs that are not at their end, nor tried in vain just now."""
        return [run for run in self.unfinished if run not in self._not_before]

    @property
    def unfinished(self) -> list[Path]:
        """The runs that are not at their end."""
        return [run for run in self._silences if run not in self._closed]

    def look(self, stop: Event) -> None:
        """Look at every run once, and recover those that have been silent for long enough, until told to stop."""
        for run in self._runs():
            if stop.is_set():
                return
            try:
                self._look_at(run)
            except Exception as error:
                if not isinstance(error, ArchRedundancyError | OSError):
                    logger.error("looking after %s failed", run, exc_info=error)
                self._say(f"{run.name}: {error}")
                self._put_off(run)

    def _runs(self) -> Iterator[Path]:
        # A certification has a journal too, but is no run: its own runs are in a folder of theirs.
        for run in sorted(path.parent for path in self._run_dir.glob("*/run.json")):
            if run not in self._closed and (run / "journal.jsonl").exists():
                yield run

    def _look_at(self, run: Path) -> None:
        now = time.monotonic()
        if self._not_before.get(run, now) > now:
            return
        life = look_at(run)
        if run not in self._silences:
            self._silences[run] = Silence()
            if self._close(run, _report_of(run)):
                return
            work = "nobody is at work on it, last" if life.is_released else "at work:"
            self._say(f"{run.name}: not at its end; {work} {life.holder}")
        if self._silences[run].seconds(life, now) >= self._expiry or life.is_released:
            self._take_over(run, life)

    def _take_over(self, run: Path, life: Life) -> None:
        report = _report_of(run)
        if self._close(run, report):
            self._say(f"{run.name}: came to its end by itself")
            return
        self._say(f"{run.name}: taking it over from {life.holder}")
        try:
            report = recover(run, seen=life, settings=self._settings)
        except LockedError as error:
            self._say(f"{run.name}: left alone: {error}")
            self._silences[run] = Silence()
            return
        self._say(f"{run.name}: {_told(report)}")
        if not self._close(run, report):
            self._put_off(run)

    def _close(self, run: Path, report: Report) -> bool:
        """Remember a run that is at its end, and return whether it is."""
        if not report.is_open:
            self._closed.add(run)
            self._not_before.pop(run, None)
        return not report.is_open

    def _put_off(self, run: Path) -> None:
        self._pauses[run] = min(2 * self._pauses.get(run, _AGAIN / 2), _AT_MOST)
        self._not_before[run] = time.monotonic() + self._pauses[run]


def _report_of(run: Path) -> Report:
    journal = run / "journal.jsonl"
    return make_report(journal, read_journal(journal))


def _told(report: Report) -> str:
    left = ", ".join(f"{pv.pv} {pv.state}" for pv in report.pvs if pv.needs_operator)
    if left:
        return f"left to a person: {left}; archredundancy report {report.run}"
    return "brought to its end" if not report.is_open else f"not at its end yet: {report.message}"
