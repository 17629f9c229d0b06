"""A saved plan, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archredundancy.errors import InputError
from archredundancy.model import DbrType, Granularity, Partition, parse_time
from archredundancy.plan.forecast.digest import Digest
from archredundancy.plan.forecast.forecast import NotFillable
from archredundancy.plan.forecast.partition_plan import PartitionPlan
from archredundancy.plan.forecast.pause_hole import PauseHole
from archredundancy.plan.hazards.hazard import Hazard, HazardKind
from archredundancy.plan.merge_plan.merge_plan import MergePlan
from archredundancy.plan.planned_cluster import PlannedCluster
from archredundancy.plan.pv_plan import PVPlan
from archredundancy.plan.terms import Root, Strategy, Terms
from archredundancy.plan.words.as_json import COUNTS, FLAGS, SCHEMA, plan_json
from archredundancy.segments import Segments

__all__ = ["read_plan"]


def read_plan(text: str) -> MergePlan:
    """Return the plan in a JSON text; see `MergePlan.from_json`.

    Raises
    ------
    InputError
        If it is no plan, one of another version, or was changed since.
    """
    try:
        data = json.loads(text, object_pairs_hook=_unambiguous, parse_constant=_no_number)
        schema = data["schema"]
        plan = _plan(data) if schema == SCHEMA else None
        is_unchanged = plan is None or json.loads(plan_json(plan)) == data
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"this is no saved plan ({_reason(error)}); give what `archredundancy plan … -o FILE` wrote, or "
            "plan.to_json()"
        ) from error
    if plan is None:
        raise InputError(
            f"this plan was saved with schema {schema!r}, and this version of archredundancy reads schema {SCHEMA}: "
            "plan again, or commit it with the version that made it"
        )
    if not is_unchanged:
        said = f"it says {data.get('id')!r}, its content {plan.id!r}"
        raise InputError(f"the plan was changed after it was made ({said}); plan again")
    return plan


def _reason(error: Exception) -> str:
    """Return what is wrong with a text, in words."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON: {error}"
    if isinstance(error, KeyError):
        return f"it has no {error}"
    return str(error) or type(error).__name__


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose keys are all different: of two with one name a reader may see the one, we the other.

    Raises
    ------
    ValueError
        If they are not.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key is given twice among {', '.join(name for name, _ in pairs)}")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _plan(data: Mapping[str, Any]) -> MergePlan:
    terms = Terms(
        strategy=Strategy(data["strategy"]),
        horizon=_time(data["horizon"]),
        start=_time_or_none(data["start"]),
        end=_time_or_none(data["end"]),
        root=Root(data["root"]) if "root" in data else None,
        excluded=Segments.of(*((_time(start), _time(end)) for start, end in data["excluded"])),
    )
    if (terms.root is None) is (terms.strategy is Strategy.REBUILD):
        raise InputError(f"a plan of strategy {terms.strategy.value!r} with root {data.get('root')!r}")
    names = [pv["pv"] for pv in data["pvs"]]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"a plan has at least one PV, and each once; got {', '.join(names) or 'none'}")
    return MergePlan(
        terms=terms,
        accept_loss=None if data["accept_loss"] is None else _count(data["accept_loss"]),
        pvs=tuple(_pv(pv, terms) for pv in data["pvs"]),
        source=_text(data["source"]),
        **{name: _cluster(cluster) for name, cluster in data.get("clusters", {}).items()},
    )


def _cluster(data: Mapping[str, Any]) -> PlannedCluster:
    return PlannedCluster(url=_text(data["url"]), members=tuple(map(_text, data["members"])))


def _pv(data: Mapping[str, Any], terms: Terms) -> PVPlan:
    granularity = None if data["granularity"] is None else Granularity.parse(data["granularity"])
    primary_count, secondary_count = data["element_counts"]
    return PVPlan(
        pv=_text(data["pv"]),
        storage=_text(data["storage"]),
        granularity=granularity,
        dbr_type=DbrType[data["dbr_type"]],
        element_counts=(primary_count, secondary_count),
        terms=terms,
        hazards=tuple(_hazard(hazard) for hazard in data["hazards"]),
        partitions=tuple(_partition(partition, granularity) for partition in data["partitions"]),
        after_horizon=_count(data["after_horizon"]),
        root_folder=_text(data["root_folder"]),
        chunk_key=_text(data.get("chunk_key", "")),
        host=_text(data["host"]),
        pause_holes=tuple(_hole(hole) for hole in data["pause_holes"]),
    )


def _hole(data: Mapping[str, Any]) -> PauseHole:
    return PauseHole(
        start=_time(data["start"]), end=_time(data["end"]), gain=_count(data["gain"]), left=_count(data["left"])
    )


def _hazard(data: Mapping[str, Any]) -> Hazard:
    return Hazard(
        kind=HazardKind(data["kind"]), refuses=data["refuses"], message=data["message"], remedy=data["remedy"]
    )


def _partition(data: Mapping[str, Any], granularity: Granularity | None) -> PartitionPlan:
    if granularity is None:
        raise InputError("partitions without a granularity")
    return PartitionPlan(
        partition=Partition.from_name(data["name"], granularity),
        primary=_digest(data["primary"]),
        secondary=_digest(data["secondary"]),
        not_fillable={NotFillable(reason): count for reason, count in data["not_fillable"].items()},
        attributes_dropped=dict(data["attributes_dropped"]),
        lost_times=tuple(_time(moment) for moment in data["lost_times"]),
        expires_at=_time_or_none(data["expires_at"]),
        **{name: data[name] for name in (*FLAGS, *COUNTS)},
    )


def _digest(data: Mapping[str, Any]) -> Digest:
    return Digest(
        n=data["n"], first=_time_or_none(data["first"]), last=_time_or_none(data["last"]), sum64=int(data["sum64"], 16)
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError(f"{value!r} is no count")
    return value


def _time(text: str) -> int:
    return parse_time(text, now=0)


def _time_or_none(text: str | None) -> int | None:
    return None if text is None else _time(text)
