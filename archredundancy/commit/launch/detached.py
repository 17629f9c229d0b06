"""A process that outlives whoever started it: kernel, terminal, and all that is ended together with them."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from archredundancy.commit.disk.durable import private

__all__ = ["Detached", "start_detached"]

#: Run by an interpreter of its own, which imports nothing else and forks while it has one thread only. The process in
#: between ends at once, so the new one is no descendant of the caller, is in a session of its own, and never gets a
#: terminal.
_FORK = """
import os, sys
pid = os.fork()
if pid:
    print(pid)
else:
    os.dup2(2, 1)
    os.execv(sys.argv[1], sys.argv[1:])
"""


class Detached:
    """A process that is no child of this one.

    Parameters
    ----------
    pid : int
    pipe : int
        File descriptor of the end for reading of a pipe whose other end only that process has.
    """

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid = pid
        self._pipe = pipe

    def is_alive(self) -> bool:
        """Return whether it lives: the system closes its end of the pipe when it dies, however it dies."""
        return not select.select([self._pipe], [], [], 0)[0]

    def close(self) -> None:
        """Stop watching it."""
        os.close(self._pipe)


def start_detached(command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path) -> Detached:
    """Start a process that lives on when this one, its terminal or its process group are ended.

    Parameters
    ----------
    command : sequence of str
        Program, by its path, and arguments.
    environment : mapping of str to str
    folder : Path
        Where it runs.
    log : Path
        Takes what it prints; for its owner's eyes only.

    Raises
    ------
    OSError
        If it cannot be started.
    """
    ours, its = os.pipe()
    try:
        with open(log, "wb", opener=private) as said:
            between = subprocess.run(
                [sys.executable, "-I", "-S", "-c", _FORK, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                env=environment,
                cwd=folder,
                start_new_session=True,
                pass_fds=[its],
                check=False,
            )
    finally:
        os.close(its)
    try:
        return Detached(int(between.stdout), ours)
    except ValueError as error:
        os.close(ours)
        raise OSError(f"no process could be forked: {log.read_text().strip()}") from error
