"""Pauses: measured after a run, and kept beside the runs for the next plan."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from archredundancy.commit.journal.history import PVHistory
from archredundancy.commit.journal.pause import Pause
from archredundancy.commit.journal.states import State
from archredundancy.commit.steps.context import Context
from archredundancy.errors import StoreError
from archredundancy.model import TimeRange, parse_time, start_of_year, year_of
from archredundancy.segments import Segments

__all__ = ["measure_pause", "pause_holes", "remember_pause"]


def measure_pause(context: Context) -> Pause:
    """Return the pause of a PV that the primary archives again, by what it has stored.

    Raises
    ------
    ArchRedundancyError
        If it cannot be read.
    """
    history, now = context.history, context.run.urls.now()
    paused, resumed = _when(history, State.PAUSING, now), _when(history, State.RESUMING, now)
    asked = TimeRange(
        start=min(paused, paused if history.newest is None else history.newest + 1),
        end=start_of_year(year_of(now) + 2),
    )
    times = context.primary.read(context.pv, asked).samples.in_order().time
    # By then the secondary's samples of the pause may have been merged in, with `direct`.
    before, since = times[times < resumed], times[times >= resumed]
    start = max(paused, int(before[-1]) + 1 if len(before) else paused)
    end = int(since[0]) if len(since) else max(start, resumed)
    return Pause(start=start, end=end, is_over=bool(len(since)))


def remember_pause(context: Context, pause: Pause) -> None:
    """Keep a pause beside the runs, where the next plan of the PV finds it.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path = _file_of(context.run.run_dir, context.pv)
    path.parent.mkdir(exist_ok=True)
    data = {"pv": context.pv, "primary": context.primary_key, "run": context.run.path.name, **pause.to_json()}
    with path.open("ab") as file:
        file.write(json.dumps(data).encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())


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
    path = _file_of(run_dir, pv)
    try:
        content = path.read_bytes() if path.exists() else b""
        kept = list(_kept(content))
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"the pauses in {path} cannot be read: {error}; look at the disk", path=str(path)) from error
    pauses = [Pause.from_json(data) for data in kept if data["pv"] == pv and primary in (None, data["primary"])]
    return Segments.of(*((pause.start, pause.end) for pause in pauses if pause))


def _kept(content: bytes) -> Iterator[dict[str, Any]]:
    """Yield the whole lines; what a crash left of a last one is none."""
    for line in content[: content.rfind(b"\n") + 1].splitlines():
        yield json.loads(line)


def _file_of(run_dir: Path, pv: str) -> Path:
    return run_dir / "pauses" / f"{sha256(pv.encode()).hexdigest()[:32]}.jsonl"


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
