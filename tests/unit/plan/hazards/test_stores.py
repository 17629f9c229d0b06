"""What is wrong with the stores a merge goes through."""

from dataclasses import replace

import pytest

from archredundancy.model import DbrType, Samples, StoreUrl
from archredundancy.plan import HazardKind, build_plan
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

MINE = Samples.build(DbrType.SCALAR_DOUBLE, [NOW - 10_000_000_000_000], [1.0])
THEIRS = Samples.build(DbrType.SCALAR_DOUBLE, [NOW - 9_999_000_000_000], [2.0])
STS = "pb://localhost?name=STS&rootFolder=/sts&partitionGranularity=PARTITION_HOUR"
LTS = "pb://localhost?name=LTS&rootFolder=/lts&partitionGranularity=PARTITION_30MIN"


def plan_with(*, storage="LTS", side="primary", stores=(STS, LTS)):
    """Return a plan for a cluster with other stores."""
    evidence = make_merge_evidence(MINE, THEIRS, storage=storage)
    sides = evidence.evidence
    info = replace(getattr(sides, side).type_info, stores=tuple(map(StoreUrl.parse, stores)))
    sides = replace(sides, **{side: replace(getattr(sides, side), type_info=info)})
    return build_plan([replace(evidence, evidence=sides)])


@pytest.mark.parametrize(
    ("storage", "stores", "kind"),
    [
        ("XX", (STS, LTS), HazardKind.WRONG_STORE),
        ("lts", (STS, LTS), HazardKind.WRONG_STORE),
        ("STS", (STS, LTS), HazardKind.WRONG_STORE),
        ("LTS", (STS, LTS, LTS), HazardKind.WRONG_STORE),
        ("LTS", (STS, LTS.replace("pb:", "parquet:")), HazardKind.WRONG_STORE),
        ("LTS", (STS, "pb://localhost?name=LTS&rootFolder=/lts"), HazardKind.WRONG_STORE),
        ("LTS", (), HazardKind.WRONG_STORE),
        ("LTS", (STS, "blackhole://localhost?name=LTS"), HazardKind.BLACK_HOLE),
        ("blackhole", (STS, "blackhole://localhost"), HazardKind.BLACK_HOLE),
    ],
)
def test_a_store_where_a_merge_would_do_nothing_or_harm_is_refused(storage, stores, kind):
    """The appliance says "ok" to all of these; nothing is said of partitions then."""
    plan = plan_with(storage=storage, stores=stores)
    assert kind in {hazard.kind for hazard in plan.hazards if hazard.refuses}
    assert plan.status == "refused"
    assert plan.partitions == ()


def test_the_last_store_before_a_black_hole_can_be_merged_into():
    """What counts is the last store with PB files."""
    assert plan_with(stores=(STS, LTS, "blackhole://localhost?name=XLTS")).status == "ready"


@pytest.mark.parametrize("behind", [LTS.replace("pb:", "parquet:"), "merge://localhost?name=M&dest=a&other=b"])
def test_a_store_behind_the_last_one_of_pb_files_is_refused(behind):
    """What has moved on into it would not be filled, and the appliance would say "ok"."""
    plan = plan_with(storage="STS", stores=(STS, behind))
    assert [hazard.kind for hazard in plan.hazards if hazard.refuses] == [HazardKind.WRONG_STORE]
    assert plan.status == "refused"


def test_packed_files_are_refused():
    """Nobody has seen what a merge makes of them."""
    plan = plan_with(stores=(STS, LTS.replace("/lts", "jar:file:///lts")))
    assert [(hazard.kind, hazard.refuses) for hazard in plan.hazards] == [(HazardKind.WRONG_STORE, True)]


def test_stores_that_are_not_known_are_refused():
    """Without the primary's configuration nobody can say what a merge would do."""
    evidence = make_merge_evidence(MINE, THEIRS)
    sides = replace(evidence.evidence, primary=replace(evidence.evidence.primary, type_info=None))
    plan = build_plan([replace(evidence, evidence=sides)])
    assert [hazard.kind for hazard in plan.hazards] == [HazardKind.WRONG_STORE]
    assert plan.status == "refused"


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_reduced_data_are_refused_on_either_side(side):
    """What is stored there is not what was recorded."""
    plan = plan_with(side=side, stores=(STS + "&reducedata=mean_900", LTS))
    assert HazardKind.REDUCED_STORE in {hazard.kind for hazard in plan.hazards if hazard.refuses}


def test_files_of_processed_data_are_a_warning():
    """The processors are named; the plan stays ready."""
    plan = plan_with(stores=(STS, LTS + "&pp=firstSample&pp=mean_3600"))
    assert [(hazard.kind, hazard.refuses) for hazard in plan.hazards] == [(HazardKind.CACHES, False)]
    assert "firstSample, mean_3600" in plan.hazards[0].message
    assert plan.status == "ready"


@pytest.mark.parametrize(("theirs", "status"), [(THEIRS, "refused"), (MINE, "nothing to do")])
def test_hidden_samples_are_told_even_where_nothing_is_to_gain(theirs, status):
    """They refuse a merge; and without one the primary's own moving of files deletes them in time."""
    evidence = make_merge_evidence(MINE, theirs, hidden=THEIRS)
    plan = build_plan([evidence])
    assert [hazard.kind for hazard in plan.hazards] == [HazardKind.HIDDEN]
    assert plan.hazards[0].message.startswith("The primary stores 1 sample, of 2026-05-01T09:13:21.000000000Z .. 2026-")
    assert plan.status == status


@pytest.mark.parametrize("hidden", [None, MINE.slice(0, 0)], ids=["not looked for", "none"])
def test_without_hidden_samples_nothing_is_told(hidden):
    """Nobody looks where there is one store."""
    assert build_plan([make_merge_evidence(MINE, THEIRS, hidden=hidden)]).hazards == ()
