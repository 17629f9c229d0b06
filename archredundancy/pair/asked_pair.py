"""`AskedPair`: two clusters, a present, and what both answer; all that a `ClusterPair` can do stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from archredundancy.client import run_each
from archredundancy.errors import InputError
from archredundancy.model import Evidence, TimeRange
from archredundancy.pair.cluster import Cluster, refuse_no_name, system_clock
from archredundancy.survey import Names, Where, choose_names, refuse_parallel, refuse_unknown, survey, survey_with_signs

__all__ = ["AskedPair"]


class AskedPair:
    """Two clusters that can be asked which PVs they know, and about one of them.

    Attributes
    ----------
    primary, secondary : Cluster
    timezone : str
        IANA name of the zone of times written without one.
    fixed_now : int or None, ns since 1970 UTC
        What the clusters take for the present, where their clock stands still.
    parallelism : int
        How many PVs are asked for at a time, where nobody says otherwise.
    """

    primary: Cluster
    secondary: Cluster
    timezone: str
    fixed_now: int | None
    parallelism: int

    def clock(self) -> int:
        """Return what the clusters take for the present, ns since 1970 UTC."""
        return system_clock() if self.fixed_now is None else self.fixed_now

    def search(self, pattern: str = "*", where: Where = "both") -> list[str]:
        """Return the names of PVs that match a glob pattern, sorted.

        Parameters
        ----------
        pattern : str
        where : {"both", "primary", "secondary", "any"}
            Known to both clusters, to that one, or to any of them.

        Raises
        ------
        InputError
            If `where` is none of these.
        ConnectionFailed
            If one of them cannot be asked.
        """
        if where not in get_args(Where):
            raise InputError(f"where={where!r} is not known; allowed: {', '.join(get_args(Where))}")
        asked = [side for side in (self.primary, self.secondary) if where in ("both", "any", side.name)]
        found = [set(names) for _, names in run_each(lambda side: side.search(pattern), asked, threads=2)]
        return sorted(set.union(*found) if where == "any" else set.intersection(*found))

    def survey(self, pv: str, start: object, end: object = "now") -> Evidence:
        """Ask both clusters about a PV and return what they answered, failures included.

        Raises
        ------
        UnknownPVError
            If neither knows the PV.
        InputError
            If a time cannot be understood.
        """
        return self._survey(pv, self._range(start, end))

    def _survey(self, pv: str, asked: TimeRange) -> Evidence:
        refuse_no_name(pv)
        evidence = survey(pv, asked, self.primary, self.secondary, self.clock())
        refuse_unknown(evidence.primary, evidence.secondary)
        return evidence

    def _survey_with_signs(self, pv: str, asked: TimeRange, neighbours: int | Sequence[str] = ()) -> Evidence:
        refuse_no_name(pv)
        now = self.clock()
        evidence = survey_with_signs(pv, asked, self.primary, self.secondary, now, neighbours=neighbours)
        refuse_unknown(evidence.primary, evidence.secondary)
        return evidence

    def _range(self, start: object, end: object) -> TimeRange:
        return TimeRange.parse(start, end, now=self.clock(), timezone=self.timezone)

    def _names(self, pvs: Names, where: Where) -> list[str]:
        """Return the PVs that are meant; `where` tells which cluster has to know those of a pattern."""
        return choose_names(pvs, lambda pattern: self.search(pattern, where))

    def _at_a_time(self, parallel: int | None) -> int:
        """Return how many PVs to ask for at a time.

        Raises
        ------
        InputError
            If somebody gave a number that is not positive.
        """
        parallel = self.parallelism if parallel is None else parallel
        refuse_parallel(parallel)
        return parallel
