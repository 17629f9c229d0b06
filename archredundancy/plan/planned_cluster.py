"""`PlannedCluster`: of which cluster a plan is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PlannedCluster"]


@dataclass(frozen=True, kw_only=True)
class PlannedCluster:
    """A cluster as it was met when a plan was made; told to people, and no part of what they approve.

    Attributes
    ----------
    url : str
        Where it was asked.
    members : tuple of str
        Each member's identity and management URL, as the cluster itself says; empty where it could not be asked.

    Examples
    --------
    >>> here = PlannedCluster(url="http://archiver:17665", members=("a0 http://10.0.0.7:17665/mgmt/bpl",))
    >>> here.is_other_than(PlannedCluster(url="http://spare:17665", members=("a0 http://10.0.0.8:17665/mgmt/bpl",)))
    True
    """

    url: str
    members: tuple[str, ...] = ()

    def is_other_than(self, cluster: PlannedCluster) -> bool:
        """Return whether this is surely another cluster: both tell their members, and have none in common.

        One cluster can be reached by several URLs, so these prove nothing.
        """
        return bool(self.members and cluster.members) and not set(self.members) & set(cluster.members)

    def __str__(self) -> str:
        return f"{self.url} ({', '.join(self.members)})" if self.members else self.url
