"""Whether a plan is of this pair."""

from __future__ import annotations

from archredundancy.client.http.urls import readable_url
from archredundancy.errors import ArchRedundancyError, OtherPairError
from archredundancy.pair.cluster import Cluster
from archredundancy.plan import MergePlan, PlannedCluster

__all__ = ["planned_cluster", "refuse_other_pair"]


def planned_cluster(cluster: Cluster, *, is_copied: bool = False) -> PlannedCluster | None:
    """Return what a plan keeps of a cluster; None for a folder of files. One that cannot be asked tells no members.

    Parameters
    ----------
    cluster : Cluster
    is_copied : bool
        Whether equal ones are started ever again, as those of the demonstration: a plan of one will do for another, so
        no members are told.

    Notes
    -----
    Cost: a small request.
    """
    if not cluster.url:
        return None
    try:
        members = [] if is_copied or cluster.management is None else cluster.management.appliances_in_cluster()
    except ArchRedundancyError:
        members = []
    told = sorted(f"{member.identity} {member.management_url}" for member in members)
    return PlannedCluster(url=readable_url(cluster.url), members=tuple(told))


def refuse_other_pair(plan: MergePlan, primary: PlannedCluster | None, secondary: PlannedCluster | None) -> None:
    """Refuse to commit a plan to other clusters than it was made of.

    Raises
    ------
    OtherPairError
        If one of the two surely is another.
    """
    for name, planned, here in (("primary", plan.primary, primary), ("secondary", plan.secondary, secondary)):
        if planned is not None and here is not None and planned.is_other_than(here):
            raise OtherPairError(
                f"plan {plan.id} is of the {name} {planned}, but that of this pair is {here}; nothing was done. Commit "
                "it with the pair that it is of, or plan again with this one"
            )
