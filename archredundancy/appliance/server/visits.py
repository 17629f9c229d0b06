"""Who asked for what, counted (`RetrievalMetrics`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

__all__ = ["Visits", "VisitsOfPv"]


@dataclass(kw_only=True)
class VisitsOfPv:
    """Requests for one PV, or several.

    Attributes
    ----------
    count : int
    last : int, ns since 1970 UTC
        Of the last one; 0 if there was none.
    users : set of str
        Addresses that they came from.
    """

    count: int = 0
    last: int = 0
    users: set[str] = field(default_factory=set)


class Visits:
    """Counts requests for samples since the appliance was started."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_pv: dict[str, VisitsOfPv] = {}

    def note(self, pv: str, user: str, now: int) -> None:
        """Count one request.

        Parameters
        ----------
        pv : str
        user : str
            Address that it came from.
        now : int, ns since 1970 UTC
        """
        with self._lock:
            visits = self._by_pv.setdefault(pv, VisitsOfPv())
            visits.count += 1
            visits.last = now
            visits.users.add(user)

    def of(self, pv: str) -> VisitsOfPv:
        """Return the requests for a PV."""
        with self._lock:
            return _sum([self._by_pv[pv]] if pv in self._by_pv else [])

    def all(self) -> VisitsOfPv:
        """Return the requests for all PVs."""
        with self._lock:
            return _sum(self._by_pv.values())


def _sum(parts: Iterable[VisitsOfPv]) -> VisitsOfPv:
    total = VisitsOfPv()
    for part in parts:
        total.count += part.count
        total.last = max(total.last, part.last)
        total.users |= part.users
    return total
