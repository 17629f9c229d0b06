"""What a merge would do, decided before anything is touched: pure, from evidence alone.

`build_plan` says partition by partition what `mergeInData` would gain, would not reach and would destroy, and what
speaks against it. The appliance's rules that it goes by are in `forecast`: they foretell recorded merges exactly.
"""

from archredundancy.plan.build import QUIET_MARGIN, build_plan, terms_of
from archredundancy.plan.forecast.digest import Digest, digest, partition_digests
from archredundancy.plan.forecast.estimate import Estimate
from archredundancy.plan.forecast.forecast import NotFillable
from archredundancy.plan.forecast.partition_plan import PartitionPlan, Totals
from archredundancy.plan.forecast.pause_hole import PauseHole
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, Status
from archredundancy.plan.hazards.limits import Limits
from archredundancy.plan.merge_plan.assemble import assemble, unplanned
from archredundancy.plan.merge_plan.merge_plan import MergePlan
from archredundancy.plan.one_pv import plan_pv
from archredundancy.plan.plan_id import PlanId
from archredundancy.plan.planned_cluster import PlannedCluster
from archredundancy.plan.promise import predicted_after, promised_samples
from archredundancy.plan.pv_plan import PVPlan
from archredundancy.plan.terms import Root, Strategy, Terms, way_of

__all__ = [
    "QUIET_MARGIN",
    "Digest",
    "Estimate",
    "Hazard",
    "HazardKind",
    "Limits",
    "MergePlan",
    "NotFillable",
    "PVPlan",
    "PartitionPlan",
    "PauseHole",
    "PlanId",
    "PlannedCluster",
    "Root",
    "Status",
    "Strategy",
    "Terms",
    "Totals",
    "assemble",
    "build_plan",
    "digest",
    "partition_digests",
    "plan_pv",
    "predicted_after",
    "promised_samples",
    "terms_of",
    "unplanned",
    "way_of",
]
