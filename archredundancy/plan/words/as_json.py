"""A plan as JSON, and the id by which it is approved."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from archredundancy.model import format_time
from archredundancy.plan.forecast.digest import Digest
from archredundancy.plan.forecast.partition_plan import PartitionPlan
from archredundancy.plan.forecast.pause_hole import PauseHole
from archredundancy.plan.hazards.hazard import Hazard, HazardKind
from archredundancy.plan.pv_plan import PVPlan

if TYPE_CHECKING:
    from archredundancy.plan.merge_plan.merge_plan import MergePlan

__all__ = ["COUNTS", "FLAGS", "SCHEMA", "approved_data", "plan_id", "plan_json"]

#: Version of the JSON, and of the hashes in it (`archredundancy.plan.forecast.hashing`).
SCHEMA: Final = 2

#: Attributes of a `PartitionPlan` that are the same in JSON.
COUNTS: Final = ("gain", "ties_equal", "ties_different", "would_be_lost", "estimated_bytes")
FLAGS: Final = ("exists", "rewritten")
_NOT_APPROVED: Final = ("after_horizon", "host", "pause_holes")
#: Come and go by themselves, as ETL moves files on; the commit does what is to be done about them in any case.
_PASSING: Final = frozenset({HazardKind.FINER_STORES})


def plan_json(plan: MergePlan) -> str:
    """Return canonical JSON text: sorted keys, times as ISO 8601 text with nine digits."""
    batches = [list(names) for names in plan.batches]
    data = {"schema": SCHEMA, "id": plan.id, "batches": batches} | _plan_data(plan) | _clusters_data(plan)
    return json.dumps(data, indent=2, sort_keys=True, allow_nan=False) + "\n"


def plan_id(plan: MergePlan) -> str:
    """Return the plan's id: 32 bits of the hash of what is approved with it."""
    data = {"schema": SCHEMA} | approved_data(plan)
    content = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    digits = sha256(content.encode("ascii")).hexdigest()
    return f"{digits[:4]}-{digits[4:8]}"


def approved_data(plan: MergePlan) -> dict[str, Any]:
    """Return what a person approves with the id: all but what changes by itself, and where samples or files lie."""
    data = _plan_data(plan) | {"source": bool(plan.source)}
    for pv in data["pvs"]:
        for name in _NOT_APPROVED:
            del pv[name]
        pv["hazards"] = [hazard for hazard in pv["hazards"] if hazard["kind"] not in _PASSING]
    return data


def _plan_data(plan: MergePlan) -> dict[str, Any]:
    terms = plan.terms
    return {
        "strategy": terms.strategy.value,
        "horizon": format_time(terms.horizon),
        "start": _text(terms.start),
        "end": _text(terms.end),
        "excluded": [[format_time(start), format_time(end)] for start, end in terms.excluded],
        "accept_loss": plan.accept_loss,
        "source": plan.source,
        **({} if terms.root is None else {"root": terms.root.value}),
        "pvs": [_pv_data(pv) for pv in plan.pvs],
    }


def _clusters_data(plan: MergePlan) -> dict[str, Any]:
    """Return the clusters, where they are known; plans of earlier versions do not tell them."""
    clusters = {"primary": plan.primary, "secondary": plan.secondary}
    known = {
        name: {"url": cluster.url, "members": list(cluster.members)}
        for name, cluster in clusters.items()
        if cluster is not None
    }
    return {"clusters": known} if known else {}


def _pv_data(pv: PVPlan) -> dict[str, Any]:
    return {
        "pv": pv.pv,
        "storage": pv.storage,
        "granularity": None if pv.granularity is None else pv.granularity.value,
        "dbr_type": pv.dbr_type.name,
        "element_counts": list(pv.element_counts),
        "hazards": [_hazard_data(hazard) for hazard in pv.hazards],
        "partitions": [_partition_data(partition) for partition in pv.partitions],
        "after_horizon": pv.after_horizon,
        "root_folder": pv.root_folder,
        **({"chunk_key": pv.chunk_key} if pv.chunk_key else {}),
        "host": pv.host,
        "pause_holes": [_hole_data(hole) for hole in pv.pause_holes],
    }


def _hole_data(hole: PauseHole) -> dict[str, Any]:
    return {"start": format_time(hole.start), "end": format_time(hole.end), "gain": hole.gain, "left": hole.left}


def _hazard_data(hazard: Hazard) -> dict[str, Any]:
    return {"kind": hazard.kind.value, "refuses": hazard.refuses, "message": hazard.message, "remedy": hazard.remedy}


def _partition_data(plan: PartitionPlan) -> dict[str, Any]:
    return {
        "name": plan.partition.name,
        "primary": _digest_data(plan.primary),
        "secondary": _digest_data(plan.secondary),
        "not_fillable": {reason.value: count for reason, count in plan.not_fillable.items()},
        "attributes_dropped": dict(plan.attributes_dropped),
        "lost_times": [format_time(moment) for moment in plan.lost_times],
        "expires_at": _text(plan.expires_at),
        **{name: getattr(plan, name) for name in (*FLAGS, *COUNTS)},
    }


def _digest_data(digest: Digest) -> dict[str, Any]:
    # As text, since readers of JSON may take large numbers for floats.
    return {"n": digest.n, "first": _text(digest.first), "last": _text(digest.last), "sum64": f"{digest.sum64:016x}"}


def _text(moment: int | None) -> str | None:
    return None if moment is None else format_time(moment)
