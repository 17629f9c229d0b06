"""Planning many PVs at once, over the network."""

import json

import pytest

from archredundancy.commit.identity import key_of
from archredundancy.errors import InputError, UnknownPVError
from archredundancy.plan import HazardKind, MergePlan, NotFillable


def test_a_glob_is_planned_as_its_pvs_are_one_by_one(pair, capsys):
    """In the order of names, several at a time or not."""
    plan = pair.plan_merge("DEMO:TYPE:SCALAR_*", parallel=3, progress=False)
    assert [pv.pv for pv in plan.pvs] == pair.search("DEMO:TYPE:SCALAR_*")
    assert plan == pair.plan_merge("DEMO:TYPE:SCALAR_*", progress=False)
    assert plan.of("DEMO:TYPE:SCALAR_INT") == pair.plan_merge("DEMO:TYPE:SCALAR_INT").pvs[0]
    assert MergePlan.from_json(plan.to_json()) == plan
    assert capsys.readouterr().err == ""


def test_a_pv_that_cannot_be_planned_is_in_the_plan(pair):
    """It costs no other PV; a single unknown name is an error, as it is for `load`."""
    plan = pair.plan_merge(["DEMO:VALVE", "NO:SUCH"], progress=False)
    assert [pv.status for pv in plan.pvs] == ["ready", "refused"]
    assert plan.of("NO:SUCH").hazards[0].kind is HazardKind.NOT_PLANNED
    assert plan.without_refused() == pair.plan_merge("DEMO:VALVE")
    with pytest.raises(UnknownPVError, match="NO:SUCH"):
        pair.plan_merge("NO:SUCH")
    with pytest.raises(InputError, match=r"no PV matches 'NO:\*'"):
        pair.plan_merge("NO:*")


def test_what_is_too_large_is_not_read(pair):
    """The limit holds for each PV, and the refusal names it."""
    plan = pair.plan_merge(["DEMO:CURRENT", "DEMO:VALVE"], limits={"read_bytes": 20_000}, progress=False)
    assert [pv.status for pv in plan.pvs] == ["refused", "ready"]
    (hazard,) = plan.of("DEMO:CURRENT").hazards
    assert hazard.kind is HazardKind.OVER_LIMIT
    assert "20,000 bytes" in hazard.message
    assert pair.plan_merge("DEMO:CURRENT", limits={"read_bytes": 20_000}).status == "refused"


def test_excluded_spans_are_not_merged(pair):
    """They are in the plan, and count as not wanted."""
    whole = pair.plan_merge("DEMO:CURRENT")
    plan = pair.plan_merge("DEMO:CURRENT", exclude=[("2026-10-02T00:00", "2026-10-04"), ("2026-10-07", "2026-10-08")])
    left_out = plan.totals.not_fillable[NotFillable.NOT_WANTED]
    assert left_out > 0
    assert plan.totals.gain == whole.totals.gain - left_out
    assert len(plan.terms.excluded) == 2
    with pytest.raises(InputError, match="does not end after its start"):
        pair.plan_merge("DEMO:CURRENT", exclude=[("2026-10-04", "2026-10-02")])
    with pytest.raises(InputError, match="is no span to exclude"):
        pair.plan_merge("DEMO:CURRENT", exclude=["2026-10-04"])


def test_a_pv_that_a_run_has_not_let_go_is_refused(pair):
    """The lock in the run folder tells; the others are planned."""
    primary = key_of(pair.primary.management.appliances_in_cluster()[0].management_url)
    lock = pair.run_dir / "locks" / "one.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps({"pv": "DEMO:VALVE", "primary": primary, "run": "20261122T220000Z-7f3a-91c2"}))
    try:
        plan = pair.plan_merge(["DEMO:VALVE", "DEMO:CURRENT"], progress=False)
    finally:
        lock.unlink()
    assert [pv.status for pv in plan.pvs] == ["refused", "ready"]
    assert plan.of("DEMO:VALVE").hazards[0].kind is HazardKind.UNFINISHED_RUN
    assert "20261122T220000Z-7f3a-91c2" in plan.of("DEMO:VALVE").hazards[0].message


def test_files_for_a_snapshot_are_named(pair):
    """Host of the owner, and path with the primary's variables as they are."""
    (pv,) = pair.plan_merge("DEMO:CURRENT").pvs
    assert pv.files == ("${ARCHAPPL_LONG_TERM_FOLDER}/DEMO/CURRENT:2026.pb",)
    assert pv.host == "127.0.0.1"
