"""The part of an appliance that samples PVs: for now, which PVs it archives, some time after it was told to."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Lock

__all__ = ["Engine"]


class Engine:
    """Follows the configuration a little later, as the real one does by an event of the cluster (D.2 #8).

    Parameters
    ----------
    lag : float, seconds
        Of the real time; how long a pause or resume takes to reach the engine.
    """

    def __init__(self, lag: float) -> None:
        self.lag = lag
        self._lock = Lock()
        self._wanted: dict[str, tuple[bool, float]] = {}

    def start_with(self, pvs: Iterable[str]) -> None:
        """Archive these PVs at once, as after a start."""
        with self._lock:
            self._wanted = dict.fromkeys(pvs, (True, 0.0))

    def archive(self, pv: str, wanted: bool) -> None:
        """Begin or end archiving a PV, after the lag."""
        with self._lock:
            self._wanted[pv] = (wanted, time.monotonic() + self.lag)

    def is_archiving(self, pv: str) -> bool:
        """Whether the PV is archived at this moment."""
        with self._lock:
            wanted, since = self._wanted.get(pv, (False, 0.0))
        return wanted is (time.monotonic() >= since)
