"""Whether somebody is at work on a run, as far as can be seen without waiting."""

from __future__ import annotations

import os
from pathlib import Path

from archredundancy.commit.disk.claims import look_at

__all__ = ["who_is_at_work"]


def who_is_at_work(run: Path) -> str:
    """Return in words whether a process is at work on a run.

    Parameters
    ----------
    run : Path
        The run folder.

    Returns
    -------
    str
        Of a process on another host only who it was is known; `recover` finds out whether it lives.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    life = look_at(run)
    if life.is_released:
        return "nobody is at work on it"
    if not life.is_of_this_host:
        return f"last at work: {life.holder}; `archredundancy recover {run}` finds out whether it still is"
    try:
        os.kill(life.facts["pid"], 0)
    except ProcessLookupError:
        return f"its process has died ({life.holder})"
    except PermissionError:  # somebody else's, and alive
        pass
    return f"at work: {life.holder}, process {life.facts['pid']}"
