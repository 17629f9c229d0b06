"""Embedded appliances in processes of their own that can be killed, and started again with what is on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archredundancy.appliance import Appliance
from archredundancy.model import NS_PER_SECOND
from archredundancy.testing.embedded.bench import NOW
from archredundancy.testing.embedded.ports import hold_port
from archredundancy.testing.interruptions.crash import forks

__all__ = ["KillableAppliance"]


class KillableAppliance:
    """An appliance in another process; it keeps its port when it is killed and started again.

    Parameters
    ----------
    identity : str
    root : Path
        Folder of its files; those that are there already are served.

    Attributes
    ----------
    port : int
    """

    def __init__(self, identity: str, root: Path) -> None:
        self._identity = identity
        self._root = root
        self._place = hold_port()
        self.port: int = self._place.getsockname()[1]
        self._starts = 0
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process; 0 if it was not started."""
        return (self._process and self._process.pid) or 0

    @property
    def is_alive(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.is_alive()

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        here, there = forks().Pipe()
        now = NOW + self._starts * NS_PER_SECOND  # each start is told from the one before
        self._starts += 1
        self._process = forks().Process(target=_serve, args=(there, self._identity, str(self._root), self.port, now))
        self._process.start()
        there.close()
        here.recv()
        self._connection = here
        return self

    def has_died(self, seconds: float = 2.0) -> bool:
        """Wait for the end of its process, which comes a little after its kill, and return whether it has come."""
        if self._process is not None:
            self._process.join(seconds)
        return not self.is_alive

    def kill(self) -> None:
        """Kill it, if it lives."""
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()

    def switch_on(self, fault: str, path: str, options: Mapping[str, Any]) -> None:
        """Let a fault strike, as `Faults.switch_on` does."""
        self._ask(("switch on", fault, path, dict(options)))

    def put_file(self, store: str, path: str, content: bytes) -> None:
        """Put a file into the folder of one of its stores, as `Appliance.put_file` does."""
        self._ask(("put file", store, path, content))

    def stop_engine(self) -> None:
        """Let its engine be down, while the rest of it answers."""
        self._ask(("stop engine",))

    def fired(self) -> int:
        """Return how often faults have struck since it was started."""
        return self._ask(("fired",))

    def files(self, key: str) -> dict[str, bytes]:
        """Return the files of a PV, by their path below the root.

        Parameters
        ----------
        key : str
            The PV's chunk key.
        """
        found = (path for path in self._root.glob(f"*/{key}*") if path.is_file())
        return {str(path.relative_to(self._root)): path.read_bytes() for path in sorted(found)}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()
        self._place.close()

    def _ask(self, message: tuple[Any, ...]) -> int:
        if self._connection is None:
            raise ConnectionError(f"the appliance {self._identity} is not started")
        self._connection.send(message)
        return int(self._connection.recv())


def _serve(connection: Connection, identity: str, root: str, port: int, now: int) -> None:
    """Serve until the other end is closed, or the process is killed."""
    appliance = Appliance(identity, root, port=port, clock=lambda: now, lag=0.05).start()
    switched = []
    connection.send(0)
    with suppress(EOFError):
        while True:
            what, *arguments = connection.recv()
            if what == "switch on":
                fault, path, options = arguments
                switched.append(appliance.faults.switch_on(fault, path, **options))
            elif what == "put file":
                appliance.put_file(*arguments)
            elif what == "stop engine":
                appliance.engine.stop(flush=False)
            connection.send(sum(fault.fired for fault in switched))
