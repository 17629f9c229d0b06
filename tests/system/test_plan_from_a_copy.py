"""Merging a saved copy of the secondary, after the secondary itself has dropped its samples."""

import shutil

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.commit import open_saved_copy
from archredundancy.demo.certificate import trust_embedded
from archredundancy.errors import InputError, StoreError
from archredundancy.plan import HazardKind, MergePlan

PV = "DEMO:CURRENT"
SPAN = ("2026-10-01", "2026-10-04")


@pytest.fixture(scope="module")
def reading():
    """An embedded pair for the tests that only read."""
    with ar.demo_pair() as pair:
        yield pair


@pytest.fixture(scope="module")
def saved(reading, tmp_path_factory):
    """What the secondary had, as a file."""
    path = tmp_path_factory.mktemp("copy") / "current.nc"
    ar.save(reading.load(PV, *SPAN), path)
    return path


def test_a_saved_file_stands_in_for_the_secondary(reading, saved):
    """The plan gains what the secondary's own would, says where it is from, and nothing expires any more."""
    own, plan = reading.plan_merge(PV), reading.plan_merge(PV, source=saved)
    assert plan.totals.gain == own.totals.gain == 2185
    assert plan.totals.expires_at is None
    assert plan.source == str(saved)
    assert HazardKind.SAVED_COPY in [hazard.kind for hazard in plan.hazards]
    assert f"; from the saved copy {saved}" in repr(plan)
    assert plan.id != own.id
    assert MergePlan.from_json(plan.to_json()) == plan


def test_where_the_copy_lies_is_no_part_of_what_is_approved(reading, saved, tmp_path):
    """Its samples are: moved it is the same plan."""
    moved = tmp_path / "elsewhere.nc"
    shutil.copy(saved, moved)
    plan = reading.plan_merge(PV, source=moved)
    assert plan.id == reading.plan_merge(PV, source=saved).id
    assert plan.diff(reading.plan_merge(PV, source=saved)) == []


def test_a_folder_of_saved_files_is_searched(reading, saved, tmp_path):
    """Patterns match what is in it; what is not in it is refused, and direct merges cannot use it."""
    shutil.copy(saved, tmp_path / "one.nc")
    ar.save(reading.secondary.load("DEMO:VALVE", "2026-01-01"), tmp_path / "two.zarr")
    plan = reading.plan_merge("DEMO:*", source=tmp_path, progress=False)
    assert [pv.pv for pv in plan.pvs] == [PV, "DEMO:VALVE"]
    assert plan.of("DEMO:VALVE").totals.gain == 12
    missing = reading.plan_merge([PV, "DEMO:PRESSURE"], source=tmp_path, progress=False).of("DEMO:PRESSURE")
    assert missing.hazards[0].kind is HazardKind.NOT_PLANNED
    assert f"it has those of {PV}, DEMO:VALVE" in missing.hazards[0].message
    with pytest.raises(InputError, match="'direct' asks the secondary itself"):
        reading.plan_merge(PV, "direct", source=saved)


def test_what_is_no_copy_of_a_secondary_is_refused(reading, tmp_path):
    """A folder that is none, a tree without secondary, and two files of one PV."""
    with pytest.raises(StoreError, match="there is no folder"):
        reading.plan_merge(PV, source=tmp_path / "none")
    tree = reading.load("DEMO:VALVE", "2026-05-20", "2026-05-30")
    del tree["secondary"]
    ar.save(tree, tmp_path / "half.nc")
    with pytest.raises(InputError, match="has no samples of a secondary"):
        reading.plan_merge("DEMO:VALVE", source=tmp_path)
    whole = reading.load("DEMO:VALVE", "2026-05-20", "2026-05-30")
    ar.save(whole, tmp_path / "half.nc", overwrite=True)
    ar.save(whole, tmp_path / "twice.nc")
    with pytest.raises(InputError, match="two saved files have 'DEMO:VALVE'"):
        reading.plan_merge("DEMO:VALVE", source=tmp_path)


@pytest.mark.slow
def test_a_copy_is_committed_and_proven(saved, tmp_path):
    """The relay serves its samples; the run's own backup is a copy in turn, of which nothing is left to gain."""
    copy = tmp_path / "copy.nc"
    shutil.copy(saved, copy)
    with ar.demo_pair() as pair:
        pair.run_dir = tmp_path / "runs"
        trust_embedded(pair.run_dir)
        plan = pair.plan_merge(PV, source=copy)
        report = pair.commit(plan, approve="".join(plan.id))
        assert report.ok, report
        assert pair.plan_merge(PV).totals.gain == 0
        valve = pair.plan_merge("DEMO:VALVE")
        run = pair.commit(valve, approve="".join(valve.id))
        assert run.ok, run
        again = pair.plan_merge("DEMO:VALVE", source=run)
        assert again.status == "nothing to do"
        assert again.totals.ties_equal > 12
        from_run = open_saved_copy(report.run).readers[""].read(PV, plan_range(pair))
        assert len(from_run.samples) == 2185


def plan_range(pair):
    """Return the range of all samples."""
    return pair.survey(PV, "2026-01-01").asked


def test_a_copy_that_has_changed_since_is_refused(saved, tmp_path):
    """Nothing is done: what was approved were its samples."""
    copy = tmp_path / "copy.nc"
    shutil.copy(saved, copy)
    with ar.demo_pair() as pair:
        pair.run_dir = tmp_path / "runs"
        trust_embedded(pair.run_dir)
        plan = pair.plan_merge(PV, source=copy)
        tree = ar.open_saved(copy)
        tree["secondary"] = tree["secondary"].to_dataset().isel(time=np.s_[:-1000])
        ar.save(tree, copy, overwrite=True)
        report = pair.commit(plan, approve="".join(plan.id))
        assert not report.ok
        assert "plan again" in report.pvs[0].message
        assert pair.plan_merge(PV).totals.gain == 2185
