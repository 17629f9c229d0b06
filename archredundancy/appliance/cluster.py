"""Embedded appliances that share their configuration, as the members of one cluster do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from archredundancy.appliance.appliance import Appliance
from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.appliance.engine.source import Source
from archredundancy.appliance.state import Members

__all__ = ["ApplianceCluster"]


class ApplianceCluster(Mapping[str, Appliance]):
    """A cluster of embedded appliances: each PV belongs to one member, any member can be asked about it.

    Each member is an `Appliance` with folders, a sqlite file and a port of its own, and can be stopped, killed and
    started again while the others run (`appliance.md` L). Members that hang, or that have lost each other, are not
    imitated.

    Parameters
    ----------
    root : path
        Folder that holds a folder for each member.
    identities : sequence of str
        What the members call themselves.
    clock : callable
        Gives all of them the present, ns since 1970 UTC.
    ports : sequence of int, optional
        One for each member; 0 for one that is free.
    host : str
        Address to answer at; see `Appliance`.
    lag : float, seconds
        How long their engines take to follow a pause or resume.
    source : Source, optional
        Where their engines get their PVs from.
    seconds_to_buffer : float
        How long their engines hold samples in memory.
    settings : SiteSettings, optional
        Of all of them.
    redirecting : collection of str
        Members that answer `getData` of another member's PV with a redirect, as with `proxyRetrievalRequest=true`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root, ApplianceCluster(root, identities=("q0", "q1")) as cluster:
    ...     sorted(cluster), cluster["q1"].identity
    (['q0', 'q1'], 'q1')
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        identities: Sequence[str],
        clock: Callable[[], int] = time.time_ns,
        ports: Sequence[int] | None = None,
        host: str = "127.0.0.1",
        lag: float = 0.05,
        source: Source | None = None,
        seconds_to_buffer: float = 10.0,
        settings: SiteSettings | None = None,
        redirecting: Collection[str] = (),
    ) -> None:
        members = Members()
        self.root = Path(root)
        self._appliances = {
            identity: Appliance(
                identity,
                self.root / identity,
                port=port,
                host=host,
                clock=clock,
                lag=lag,
                source=source,
                seconds_to_buffer=seconds_to_buffer,
                settings=settings,
                members=members,
                redirects=identity in redirecting,
            )
            for identity, port in zip(identities, ports or [0] * len(identities), strict=True)
        }

    def __getitem__(self, identity: str) -> Appliance:
        return self._appliances[identity]

    def __iter__(self) -> Iterator[str]:
        return iter(self._appliances)

    def __len__(self) -> int:
        return len(self._appliances)

    def start(self) -> Self:
        """Start all members.

        Raises
        ------
        InputError
            If one is started already.
        OSError
            If a port is taken.
        """
        with ExitStack() as started:
            for appliance in self.values():
                started.enter_context(appliance)
            started.pop_all()
        return self

    def begin_to_stop(self) -> None:
        """Take no more requests; `stop` waits for those that are being answered."""
        for appliance in self.values():
            appliance.begin_to_stop()

    def stop(self) -> None:
        """Stop all members that are running."""
        self.begin_to_stop()
        for appliance in self.values():
            appliance.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
