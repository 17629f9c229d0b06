"""Pitfalls of a merge that no call shows: what happens, and what is left (docs/reference/hazards.md)."""

import pytest

from archredundancy.appliance import AppliancePair
from tests.system.conftest import Side

OK, FAILED = (200, {"status": "ok"}), (500, None)


@pytest.fixture
def monthly(bench):
    """Both sides with a PV in monthly files; the secondary has a sample more in each of two."""
    for side, day in zip(bench.both, ("01", "02"), strict=True):
        side.add()
        side.write(f"2024-02-{day}", f"2024-06-{day}")
    return bench


def test_a_file_of_another_granularity_is_in_no_answer_and_stops_the_merge(monthly):
    """Answers are the same with it; the merge fails, and no file is changed (D.2 #16)."""
    before = monthly.primary.layout()
    monthly.primary.put("2024_06_01", monthly.primary.files()["LTS 2024_06"])
    assert monthly.primary.layout() == before
    files = monthly.primary.files()
    assert monthly.primary.merge(monthly.secondary) == FAILED
    assert monthly.primary.files() == files


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_damaged_lines_are_in_no_answer_and_stop_the_merge(monthly, side):
    """Answers are the same with one; the merge fails, and no file is changed (A.3, K e1b)."""
    damaged = getattr(monthly, side)
    before = damaged.times()
    damaged.put("2024_06", damaged.files()["LTS 2024_06"] + bytes(20) + b"\n")
    assert damaged.times() == before
    files = monthly.primary.files()
    assert monthly.primary.merge(monthly.secondary) == FAILED
    assert monthly.primary.files() == files


def test_a_crash_between_renames_leaves_half_a_merge_and_its_files(monthly):
    """One file is merged; the other's new one lies beside it for ever; a second merge completes it (D.2 #15)."""
    primary = monthly.primary
    primary.appliance.faults.switch_on("crash-at-rename", skip=1)
    with pytest.raises(OSError):  # noqa: PT011 - the connection breaks in one of several ways
        primary.merge(monthly.secondary)
    primary.appliance.stop()
    primary.appliance.faults.switch_off()
    primary.appliance.start()
    left = {name for name in primary.files() if "_tmp_" in name}
    assert len(left) == 1
    assert len(primary.times()) == 3
    assert primary.merge(monthly.secondary) == OK
    assert len(primary.times()) == 4
    assert left <= set(primary.files())


def test_a_pause_is_answered_before_the_engine_has_followed(tmp_path):
    """The configuration says paused at once, the engine goes on for a while (D.2 #8)."""
    with AppliancePair(tmp_path, lag=30.0) as pair:
        primary = Side(pair.primary)
        primary.add(paused=False)
        assert primary.call("pauseArchivingPV")["status"] == "ok"
        assert primary.call("getPVTypeInfo")["paused"] == "true"
        assert primary.call("getPVStatus")[0]["status"] == "Being archived"
