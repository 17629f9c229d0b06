"""What a merge would do, decided before anything is touched: pure, from evidence alone.

`build_plan` says partition by partition what `mergeInData` would gain, would not reach and would destroy, and what
speaks against it. The appliance's rules that it goes by are in `forecast`: they foretell recorded merges exactly.
"""

from archredundancy.plan.build import QUIET_MARGIN, build_plan
from archredundancy.plan.digest import Digest, digest, partition_digests
from archredundancy.plan.forecast import NotFillable
from archredundancy.plan.hazard import Hazard, HazardKind, Status
from archredundancy.plan.merge_plan import MergePlan, PVPlan
from archredundancy.plan.partition_plan import PartitionPlan, Totals
from archredundancy.plan.plan_id import PlanId
from archredundancy.plan.promise import predicted_after, promised_samples
from archredundancy.plan.terms import Strategy, Terms

__all__ = [
    "QUIET_MARGIN",
    "Digest",
    "Hazard",
    "HazardKind",
    "MergePlan",
    "NotFillable",
    "PVPlan",
    "PartitionPlan",
    "PlanId",
    "Status",
    "Strategy",
    "Terms",
    "Totals",
    "build_plan",
    "digest",
    "partition_digests",
    "predicted_after",
    "promised_samples",
]
