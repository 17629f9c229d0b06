"""Two embedded appliances side by side."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from archredundancy.appliance.appliance import Appliance
from archredundancy.appliance.cluster import ApplianceCluster
from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.appliance.engine.source import Source

__all__ = ["AppliancePair"]


class AppliancePair:
    """A primary and a secondary on loopback, independent of each other as two sites' clusters are.

    Parameters
    ----------
    root : path
        Folder that holds a folder for each of them.
    clock : callable
        Gives both the present, ns since 1970 UTC.
    primary_port, secondary_port : int
        0 for ports that are free.
    host : str
        Address to answer at; see `Appliance`.
    lag : float, seconds
        How long their engines take to follow a pause or resume.
    source : Source, optional
        Where both engines get their PVs from, such as a `SimulatedIoc`: both archive the same time stamps.
    seconds_to_buffer : float
        How long their engines hold samples in memory.
    primary_settings : SiteSettings, optional
    secondary_settings : SiteSettings, optional
        By default the secondary's policy keeps six months.
    primary_members : sequence of str
        Identities of the primary's members; several make it a cluster.

    Attributes
    ----------
    primary, secondary : Appliance
        The primary's first member, and the secondary.
    primary_cluster : ApplianceCluster
        All members of the primary.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root, AppliancePair(root=root) as pair:
    ...     pair.primary.identity, pair.secondary.identity
    ('primary0', 'secondary0')
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        clock: Callable[[], int] = time.time_ns,
        primary_port: int = 0,
        secondary_port: int = 0,
        host: str = "127.0.0.1",
        lag: float = 0.05,
        source: Source | None = None,
        seconds_to_buffer: float = 10.0,
        primary_settings: SiteSettings | None = None,
        secondary_settings: SiteSettings | None = None,
        primary_members: Sequence[str] = ("primary0",),
    ) -> None:
        self.root = Path(root)
        self.primary_cluster = ApplianceCluster(
            self.root / "primary",
            identities=primary_members,
            ports=[primary_port, *[0] * (len(primary_members) - 1)],
            host=host,
            clock=clock,
            lag=lag,
            source=source,
            seconds_to_buffer=seconds_to_buffer,
            settings=primary_settings,
        )
        self.primary = self.primary_cluster[primary_members[0]]
        self.secondary = Appliance(
            "secondary0",
            self.root / "secondary",
            port=secondary_port,
            host=host,
            clock=clock,
            lag=lag,
            source=source,
            seconds_to_buffer=seconds_to_buffer,
            settings=secondary_settings or SiteSettings(policy="SixMonths"),
        )

    def start(self) -> Self:
        """Start both, all members of the primary."""
        with ExitStack() as started:
            started.enter_context(self.primary_cluster)
            started.enter_context(self.secondary)
            started.pop_all()
        return self

    def stop(self) -> None:
        """Stop both, all members of the primary."""
        self.secondary.begin_to_stop()
        try:
            self.primary_cluster.stop()
        finally:
            self.secondary.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
