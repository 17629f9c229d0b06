"""Limits of plans, and the estimates that they go by."""

from dataclasses import replace

import pytest

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, Samples
from archredundancy.plan import Estimate, HazardKind, Limits, MergePlan, Status, Strategy, build_plan
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

START = NOW - 5 * 3600 * NS_PER_SECOND


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, [1] * len(times))


def evidence_of(pv="A", mine=(START, START + 2), theirs=(START + 1,)):
    return make_merge_evidence(history(*mine), history(*theirs), pv=pv)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"pvs": 1}, "The plan has 2 PVs, more than the limit of 1."),
        ({"samples": 2}, "Both sides have 3 samples of the PV, more than the limit of 2."),
        ({"rewritten_bytes": 101}, "Files of about 102 B would be rewritten, more than the limit of 101 B."),
        ({"pause_seconds": 1}, "The PV would be paused for an estimated 2 s, longer than the limit of 1 s."),
    ],
)
def test_what_is_above_a_limit_is_refused_and_names_the_number(limits, told):
    """At the limit itself nothing is refused."""
    evidence = [evidence_of("A"), evidence_of("B")]
    refused = build_plan(evidence, limits=Limits.of(limits))
    assert {(hazard.kind, hazard.message) for hazard in refused.hazards} == {(HazardKind.OVER_LIMIT, told)}
    assert refused.status is Status.REFUSED
    assert next(iter(limits)) in refused.hazards[0].remedy
    at = {"pvs": 2, "samples": 3, "rewritten_bytes": 102, "pause_seconds": 3}
    assert build_plan(evidence, limits=Limits.of(at)) == build_plan(evidence)


def test_what_gains_nothing_is_above_no_limit():
    """Nothing is done to it."""
    plan = build_plan(
        [evidence_of(theirs=(START,)), evidence_of("B", theirs=(START,))], limits=Limits(pvs=1, samples=1)
    )
    assert (plan.status, plan.hazards) == (Status.NOTHING_TO_DO, ())


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"cows": 3}, "unknown limit 'cows'; allowed: pvs, read_bytes, samples, rewritten_bytes, pause_seconds"),
        ({"pvs": 0}, r"the limit pvs=0 is not possible"),
        ({"pvs": "3"}, r"the limit pvs='3' is not possible"),
        ({"samples": float("nan")}, r"the limit samples=nan is not possible"),
        ({"samples": float("inf")}, r"the limit samples=inf is not possible"),
        ({"pvs": 0.5}, r"the limit pvs=0.5 is not possible"),
        ({"samples": True}, r"the limit samples=True is not possible"),
    ],
)
def test_limits_that_are_none(given, match):
    """Each is told with what is allowed."""
    with pytest.raises(InputError, match=match):
        Limits.of(given)


def test_a_pause_is_estimated_from_measured_speeds():
    """Two seconds; what is read twice at 2.5 M/s, and what is merged at 0.5 M/s; without a merge nothing."""
    (pv,) = build_plan([evidence_of()]).pvs
    assert pv.estimate.pause_seconds == pytest.approx(2 + 2 * 3 / 2.5e6 + 3 / 0.5e6)
    assert (pv.estimate.disk_bytes, pv.estimate.memory_bytes) == (51, 51)
    assert "2.5 M samples/s read, 0.5 M samples/s merged" in pv.estimate.source
    assert Estimate.of((), Strategy.RELAY).pause_seconds == 0


def test_a_rebuild_takes_longer_and_all_of_the_disk():
    """Every sample is imported, at 0.3 M/s, and none of the files is held in memory."""
    evidence = evidence_of(mine=(START, START + 2, START + 3 * 3600 * NS_PER_SECOND))
    (pv,) = build_plan([evidence], strategy="rebuild").pvs
    assert pv.estimate.pause_seconds == pytest.approx(5 + 2 * 4 / 2.5e6 + 4 / 0.3e6)
    assert (pv.estimate.disk_bytes, pv.estimate.memory_bytes) == (68, 0)
    assert "0.3 M samples/s imported" in repr(build_plan([evidence], strategy="rebuild"))


@pytest.mark.parametrize(("key", "name"), [("SR/DCCT-01/I:", "SR/DCCT-01/I:"), ("SR/DCCT/01/I:", ""), ("", "")])
def test_files_are_named_by_the_key_that_the_primary_keeps(key, name):
    """Sites may have other separators than the usual ones; only what is unusual is in the plan."""
    evidence = evidence_of("SR:DCCT-01:I")
    sides = evidence.evidence
    info = replace(sides.primary.type_info, reply={**sides.primary.type_info.reply, "chunkKey": key})
    sides = replace(sides, primary=replace(sides.primary, type_info=info))
    plan = build_plan([replace(evidence, evidence=sides)])
    assert plan.pvs[0].chunk_key == name
    assert plan.pvs[0].files == (f"/lts/{key or 'SR/DCCT/01/I:'}2026_05_01_07_00.pb",)
    assert MergePlan.from_json(plan.to_json()) == plan


def test_files_are_named_as_the_appliance_names_them():
    """With variables of the primary's host as they are, below the store's folder."""
    (pv,) = build_plan([evidence_of("SR:DCCT-01:I")]).pvs
    assert pv.files == ("/lts/SR/DCCT/01/I:2026_05_01_07_00.pb",)
