"""ETL as time passes."""

from __future__ import annotations

from collections.abc import Callable

from archredundancy.appliance.etl.runner import Etl
from archredundancy.appliance.server.outgoing import OutgoingCalls, noted
from archredundancy.model import NS_PER_SECOND

__all__ = ["EtlDuty"]

# How far it looks ahead, and for how long it relies on what it saw: PVs come and go.
_AHEAD = 9 * 3600 * NS_PER_SECOND
_TRUST = 300 * NS_PER_SECOND


class EtlDuty:
    """Runs an appliance's ETL whenever it is due by the appliance's own clock.

    Parameters
    ----------
    etl : Etl
    clock : callable
        Gives what the appliance takes for the present, ns since 1970 UTC.
    steady : callable
        Gives the timekeeper's present, ns since 1970 UTC.
    calls : OutgoingCalls, optional
        Where to note what other appliances are asked for.
    """

    def __init__(
        self, etl: Etl, clock: Callable[[], int], steady: Callable[[], int], calls: OutgoingCalls | None = None
    ) -> None:
        self._etl, self._clock, self._steady = etl, clock, steady
        self._calls = OutgoingCalls() if calls is None else calls
        self._done = self._looked = clock()
        self._next: int | None = self._look()

    def due(self) -> int | None:
        """Return when a stage of some PV runs next, by the timekeeper's time."""
        now = self._clock()
        if self._next is None or not 0 <= now - self._looked < _TRUST:
            if self._next is None:
                self._done = max(self._done, now)
            self._looked, self._next = now, self._look()
        return None if self._next is None else self._next - (now - self._steady())

    def run(self, now: int) -> None:
        """Run what has become due since the last time, in order."""
        until = self._clock()
        while self._next is not None and self._next <= until:
            with noted(self._calls):
                self._etl.run_at(self._next)
            self._done = self._next
            self._next = self._look()
        self._looked = until

    def _look(self) -> int | None:
        """Return when the next run is; None if there is none for some hours."""
        return next(self._etl.run_times(self._done, max(self._done, self._clock()) + _AHEAD), None)
