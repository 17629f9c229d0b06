"""Pauses: measured after a run, and kept beside the runs for the next plan."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np

from archredundancy.commit.disk.durable import create_durably
from archredundancy.commit.journal.history import PVHistory
from archredundancy.commit.journal.pause import Pause
from archredundancy.commit.journal.states import State
from archredundancy.commit.steps.context import Context
from archredundancy.errors import StoreError
from archredundancy.model import Samples, TimeRange, parse_time, start_of_year, year_of
from archredundancy.segments import Segments

__all__ = ["announced_pause", "measure_pause", "pause_by", "pause_holes", "remember_pause"]


def measure_pause(context: Context) -> Pause:
    """Return the pause of a PV that the primary archives again, by what it has stored.

    Raises
    ------
    ArchRedundancyError
        If it cannot be read.
    """
    announced, newest = announced_pause(context), context.history.newest
    paused, resumed = announced.start, announced.end
    asked = TimeRange(
        start=min(paused, paused if newest is None else newest + 1),
        end=start_of_year(year_of(context.run.urls.now()) + 2),
    )
    return pause_by(context.primary.read(context.pv, asked).samples.in_order(), paused, resumed)


def pause_by(samples: Samples, paused: int, resumed: int) -> Pause:
    """Return the pause that stored samples show.

    It ends with the first sample that says `startup`: that of a PV that is slow, or just was processed, is older than
    the call that resumed it. Before it, samples of the secondary may have been merged in by then, with `direct`.

    Parameters
    ----------
    samples : Samples
        In order, from before the pause to now.
    paused, resumed : int, ns since 1970 UTC
        When the calls were made.

    Examples
    --------
    >>> from archredundancy.model import DbrType, Extras
    >>> first = Extras.build([(1, (("startup", "true"),), -1, 0, -1)])
    >>> pause = pause_by(Samples.build(DbrType.SCALAR_INT, [10, 35, 45], [0, 0, 0], extras=first), 12, 39)
    >>> pause.start, pause.end
    (12, 35)
    """
    times, extras = samples.time, samples.extras
    says = [("startup", "true") in fields for fields in extras.fields]
    restarts = times[extras.row[np.array(says, bool)]]
    first = min([resumed, *restarts[restarts > paused].tolist()])
    before, since = times[times < first], times[times >= first]
    start = max(paused, int(before[-1]) + 1 if len(before) else paused)
    end = int(since[0]) if len(since) else max(start, resumed)
    return Pause(start=start, end=end, is_over=bool(len(since)))


def announced_pause(context: Context) -> Pause:
    """Return the pause of a PV by the calls that began and ended it, whatever was stored."""
    history, now = context.history, context.run.urls.now()
    paused, resumed = _when(history, State.PAUSING, now), _when(history, State.RESUMING, now)
    return Pause(start=paused, end=max(paused, resumed), is_over=False)


def remember_pause(context: Context, pause: Pause) -> None:
    """Keep a pause beside the runs, where the next plan of the PV finds it; one of a run, the one that comes first.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    path = _folder_of(context.run.run_dir, context.pv) / f"{context.run.path.name}.json"
    data = {"pv": context.pv, "primary": context.primary_key, **pause.to_json()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        create_durably(path, json.dumps(data).encode("ascii"), shared=True)
    except OSError as error:
        raise StoreError(
            f"the pause cannot be kept in {path} ({error}), so the next plan of this PV does not tell of it; ask who "
            "may write there",
            path=str(path),
        ) from error


def pause_holes(run_dir: Path, pv: str, primary: str | None = None) -> Segments:
    """Return the holes that earlier runs have made in what the primary recorded of a PV.

    Parameters
    ----------
    run_dir : Path
        Folder of all runs.
    pv : str
    primary : str, optional
        What tells the primary from others; any where not given.

    Returns
    -------
    Segments
        Half-open, ns since 1970 UTC. Later merges may have closed them.

    Raises
    ------
    StoreError
        If what was kept cannot be read.
    """
    folder = _folder_of(run_dir, pv)
    try:
        kept = [json.loads(path.read_bytes()) for path in sorted(folder.glob("[!.]*.json"))]
        pauses = [Pause.from_json(data) for data in kept if primary in (None, data["primary"])]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"the pauses in {folder} cannot be read: {error!r}; look at the disk", path=str(folder)
        ) from error
    return Segments.of(*((pause.start, pause.end) for pause in pauses if pause))


def _folder_of(run_dir: Path, pv: str) -> Path:
    return run_dir / "pauses" / sha256(pv.encode()).hexdigest()[:32]


def _when(history: PVHistory, state: State, now: int) -> int:
    """Return when a PV came into a state, by the clock of its clusters."""
    moments = [
        entry.facts["at"]
        for entry in history.entries
        if entry.kind == "state" and entry.facts["state"] == state and "at" in entry.facts
    ]
    if not moments:
        return now
    return parse_time(moments[0] if state is State.PAUSING else moments[-1], now=0)
