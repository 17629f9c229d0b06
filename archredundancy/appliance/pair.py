"""Two embedded appliances side by side."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from archredundancy.appliance.appliance import Appliance

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
    lag : float, seconds
        How long their engines take to follow a pause or resume.

    Attributes
    ----------
    primary, secondary : Appliance

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
        lag: float = 0.05,
    ) -> None:
        self.root = Path(root)
        self.primary = Appliance("primary0", self.root / "primary", port=primary_port, clock=clock, lag=lag)
        self.secondary = Appliance("secondary0", self.root / "secondary", port=secondary_port, clock=clock, lag=lag)

    def start(self) -> Self:
        """Start both."""
        self.primary.start()
        try:
            self.secondary.start()
        except BaseException:
            self.primary.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop both."""
        for appliance in (self.primary, self.secondary):
            appliance.begin_to_stop()
        for appliance in (self.primary, self.secondary):
            appliance.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
