"""`MergePlan`: status, id, JSON and back, and differences."""

import json
from dataclasses import replace

import pytest

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, Samples
from archredundancy.plan import HazardKind, MergePlan, PlannedCluster, Status, build_plan
from archredundancy.segments import Segments
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 3600 * NS_PER_SECOND
END = START + 1800 * NS_PER_SECOND
SPAN = Segments.of((START - 10**12, START - 10**11))


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, [1] * len(times))


def evidence_of(pv="T:PV", mine=(START, END - 1), theirs=(START + 1, END), **changes):
    return make_merge_evidence(history(*mine), history(*theirs), pv=pv, **changes)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["ready"], "ready"),
        (["nothing to do"], "nothing to do"),
        (["ready", "nothing to do"], "ready"),
        (["ready", "nothing to do", "refused"], "refused"),
    ],
)
def test_one_refused_pv_refuses_the_plan(statuses, expected):
    """A plan is committed as a whole."""
    gains = {"ready": {}, "nothing to do": {"theirs": (START,)}, "refused": {"members_down": ("q1",)}}
    evidence = [evidence_of(f"T:{row}", mine=(START,), **gains[status]) for row, status in enumerate(statuses)]
    plan = build_plan(evidence)
    assert [pv.status for pv in plan.pvs] == statuses
    assert plan.status == Status(expected)


def test_hazards_of_all_pvs_are_told_once_refusals_first():
    """The same hazard of two PVs is one."""
    plan = build_plan(
        [evidence_of("A"), evidence_of("B", members_down=("q1",)), evidence_of("C", members_down=("q1",))]
    )
    kinds = [hazard.kind for hazard in plan.hazards]
    assert kinds == [HazardKind.WOULD_LOSE, HazardKind.MEMBER_DOWN, HazardKind.NOT_FILLABLE]


def test_the_plan_of_one_pv_is_found_by_its_name():
    """A name that is not in the plan is an error that lists those that are."""
    plan = build_plan([evidence_of("A"), evidence_of("B")])
    assert plan.of("B").pv == "B"
    with pytest.raises(InputError, match=r"'C' is not in plan .*; it has A, B"):
        plan.of("C")


def test_the_id_is_short_text_that_depends_on_nothing_but_the_plan():
    """Saved plans have such ids: if this one changes, so must the schema."""
    assert build_plan([evidence_of(mine=(START,), theirs=(START + 1,))]).id == "84d1-4cc0"


@pytest.mark.parametrize(
    "terms",
    [
        {"strategy": "direct"},
        {"start": START - 10**12},
        {"end": NOW},
        {"excluded": SPAN},
        {"accept_loss": 1},
        {"quiet_margin": 61},
    ],
)
def test_other_terms_make_another_id(terms):
    """Even where they change nothing about the samples."""
    assert build_plan([evidence_of()], **terms).id != build_plan([evidence_of()]).id


def test_what_is_seen_after_the_horizon_is_saved_but_not_approved():
    """The count is in the text, and no part of the id."""
    plan = build_plan([evidence_of()])
    later = replace(plan, pvs=(replace(plan.pvs[0], after_horizon=7),))
    assert later.id == plan.id
    assert plan.diff(later) == []
    assert MergePlan.from_json(later.to_json()).pvs[0].after_horizon == 7


def test_a_plan_comes_back_from_json():
    """With everything that it can hold."""
    plan = build_plan(
        [evidence_of("A", members_down=("q1",)), evidence_of("B", storage="XX")],
        start=START - 10**13,
        end=NOW,
        excluded=SPAN,
        accept_loss=4,
    )
    text = plan.to_json()
    assert MergePlan.from_json(text) == plan
    assert json.loads(text)["id"] == plan.id
    assert json.loads(text)["schema"] == 2
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"


def test_json_holds_times_as_text_and_hashes_as_digits():
    """No number in it is larger than what every reader of JSON keeps."""
    partition = json.loads(build_plan([evidence_of()]).to_json())["pvs"][0]["partitions"][0]
    assert partition["lost_times"] == ["2026-05-01T07:29:59.999999999Z"]
    assert partition["primary"]["first"] == "2026-05-01T07:00:00.000000000Z"
    assert len(partition["primary"]["sum64"]) == 16


HERE = PlannedCluster(url="http://archiver:17665", members=("a0 http://10.0.0.7:17665/mgmt/bpl",))
SPARE = PlannedCluster(url="http://spare:17665")


def test_a_plan_names_its_clusters_beside_what_is_approved():
    """JSON, text and page tell them; the id is the same wherever the clusters are, and PVs left out change nothing."""
    bare = build_plan([evidence_of(), evidence_of("T:B", mine=(START,), theirs=(START + 1,))])
    plan = replace(bare, primary=HERE, secondary=SPARE)
    assert MergePlan.from_json(plan.to_json()) == plan
    assert json.loads(plan.to_json())["clusters"]["primary"]["members"] == list(HERE.members)
    assert plan.id == bare.id and plan.diff(bare) == []
    assert "\nprimary http://archiver:17665, secondary http://spare:17665\n" in repr(plan)
    assert "<br/>primary http://archiver:17665, secondary http://spare:17665</p>" in plan.to_html()
    assert plan.without_refused().primary == HERE


def test_a_plan_of_unknown_clusters_is_read_and_names_none():
    """So are those that an earlier version has saved."""
    plan = build_plan([evidence_of()])
    assert "clusters" not in json.loads(plan.to_json())
    assert MergePlan.from_json(plan.to_json()).primary is None
    assert "primary http" not in repr(plan)


@pytest.mark.parametrize(
    ("members", "is_other"),
    [
        (HERE.members, False),
        ((*HERE.members, "a1 http://10.0.0.8:17665/mgmt/bpl"), False),
        (("a0 http://10.0.0.9:17665/mgmt/bpl",), True),
        ((), False),
    ],
    ids=["the same", "one more member", "none in common", "not known"],
)
def test_another_cluster_has_no_member_in_common(members, is_other):
    """Its URL proves nothing, as one cluster may have several; nor does a member that is down at the moment."""
    assert HERE.is_other_than(PlannedCluster(url="https://proxy/archiver", members=members)) is is_other


def tampered(change):
    data = json.loads(build_plan([evidence_of()]).to_json())
    change(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(accept_loss=1),
        lambda data: data.update(strategy="direct"),
        lambda data: data.update(id="0000-0000"),
        lambda data: data.update(comment="looks good"),
        lambda data: data["pvs"][0].update(storage="MTS"),
        lambda data: data["pvs"][0].update(root_folder="/elsewhere"),
        lambda data: data.update(source="/a/copy"),
        lambda data: data.update(batches=[["T:PV"]]),
        lambda data: data["pvs"][0].update(hazards=[]),
        lambda data: data["pvs"][0]["hazards"][0].update(refuses=False),
        lambda data: data["pvs"][0]["partitions"].pop(),
        lambda data: data["pvs"][0]["partitions"][0].update(would_be_lost=0),
        lambda data: data["pvs"][0]["partitions"][0].update(gain=True),
        lambda data: data["pvs"][0]["partitions"][0]["primary"].update(sum64="0000000000000000"),
    ],
    ids=[
        "accept_loss",
        "strategy",
        "id",
        "comment",
        "storage",
        "root_folder",
        "source",
        "batches",
        "hazards",
        "refuses",
        "partition",
        "would_be_lost",
        "gain",
        "digest",
    ],
)
def test_a_changed_plan_is_not_read(change):
    """Whatever was changed, the id does not fit any more."""
    with pytest.raises(InputError, match="the plan was changed after it was made"):
        MergePlan.from_json(tampered(change))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "{}",
        '{"schema": 2}',
        tampered(lambda data: data.pop("pvs")),
        tampered(lambda data: data.update(strategy="rebuild")),
        tampered(lambda data: data.update(horizon=5)),
        tampered(lambda data: data["pvs"][0].update(granularity=None)),
        tampered(lambda data: data["pvs"][0].update(dbr_type="SCALAR")),
        tampered(lambda data: data["pvs"][0].update(element_counts=[1])),
        tampered(lambda data: data["pvs"][0]["partitions"][0].update(name="2026_05")),
        tampered(lambda data: data["pvs"][0]["partitions"][0].update(lost_times=None)),
    ],
)
def test_what_is_no_plan_is_not_read(text):
    """Nothing but an InputError comes of it."""
    with pytest.raises(InputError, match="this is no saved plan"):
        MergePlan.from_json(text)


@pytest.mark.parametrize(
    "text",
    [
        tampered(lambda data: data.update(accept_loss=float("nan"))),
        tampered(lambda data: data["pvs"].append(data["pvs"][0])),
        tampered(lambda data: data["pvs"].clear()),
        build_plan([evidence_of()]).to_json().replace('"accept_loss": null', '"accept_loss": 5, "accept_loss": null'),
        "[" * 100_000,
    ],
    ids=["not a number", "a PV twice", "no PV", "a key twice", "too deep"],
)
def test_what_could_be_read_in_two_ways_is_not_read(text):
    """A reader of the file may see the one, and the commit do the other."""
    with pytest.raises(InputError, match="this is no saved plan"):
        MergePlan.from_json(text)


def test_another_schema_is_told():
    """Whatever else is in the file; and what to do about it, too."""
    with pytest.raises(InputError, match=r"saved with schema 3, and this version .* reads schema 2: plan again"):
        MergePlan.from_json('{"schema": 3, "steps": []}')


def test_differences_are_told_line_by_line():
    """PVs, partitions and hazards by name, numbers as before and after."""
    old = build_plan([evidence_of("A"), evidence_of("B")])
    new = build_plan(
        [evidence_of("A", theirs=(START + 1, START + 2)), evidence_of("C")],
        strategy="direct",
    )
    differences = old.diff(new)
    assert "strategy: relay -> direct" in differences
    assert "pv B: gone" in differences
    assert "pv C: new" in differences
    assert "A 2026_05_01_07_00 gain: 1 -> 2" in differences
    assert (
        "A 2026_05_01_07_00 secondary last: 2026-05-01T07:00:00.000000001Z -> 2026-05-01T07:00:00.000000002Z"
        in differences
    )
    assert "A partition 2026_05_01_07_30: gone" in differences
    assert any(line.startswith("A hazard 1 sample that only the secondary has") for line in differences)
    assert old.diff(old) == []
