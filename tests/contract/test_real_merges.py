"""The product's own merges, from plan to proof, on a pair that others may use; CONTRIBUTING.md says how to name it.

Each scenario makes its PVs at both clusters, fills them through a relay, plans, commits, verifies and compares, and
deletes them, whatever happens. What they hold is written down here, and what they must hold afterwards too. Without a
pair that is named, a fresh embedded one stands in for it, and the journal is thrown away.
"""

import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

import archredundancy as ar
from archredundancy.appliance import AppliancePair
from archredundancy.commit import RunFolder, RunSettings, usual_run_dir
from archredundancy.commit.certification.inner_runs import heed_stop
from archredundancy.commit.certification.scratch_data import samples_of
from archredundancy.errors import ApprovalError
from archredundancy.model import DbrType, parse_time
from archredundancy.plan import HazardKind
from archredundancy.testing.assertions import assert_samples_equal
from archredundancy.testing.interruptions.crash import run_until
from archredundancy.testing.real.scratch_merges import open_scratch_merges

REAL = "ARCHREDUNDANCY_REAL_PRIMARY" in os.environ
#: Two year ends ago: all that scenarios merge lies around it.
BASE = datetime.now(UTC).year - 2
WAYS = {
    "relay": {"strategy": "relay"},
    "direct": {"strategy": "direct"},
    "rebuild-new": {"strategy": "rebuild", "root": "new"},
    "rebuild-same": {"strategy": "rebuild", "root": "same"},
}
IN_PLACE = ("relay", "direct")
TYPES = (
    DbrType.SCALAR_DOUBLE,
    DbrType.SCALAR_INT,
    DbrType.SCALAR_ENUM,
    DbrType.SCALAR_STRING,
    DbrType.WAVEFORM_DOUBLE,
    DbrType.V4_GENERIC_BYTES,
)
#: What a real pair is always asked.
SLOW = [] if REAL else [pytest.mark.slow]
QUICK = RunSettings(flush=0.0, alive=0.0, poll=0.02)
NUMBERS = count(1)

pytestmark = pytest.mark.timeout(900 if REAL else 120)


def often(way):
    """Return a way of merging that is always tried."""
    return pytest.param(way, id=way)


def seldom(way):
    """Return one that counts as slow, unless a real pair is asked for."""
    return pytest.param(way, id=way, marks=SLOW)


EACH_WAY = [often("relay"), seldom("direct"), seldom("rebuild-new"), seldom("rebuild-same")]
SELDOM_EACH_WAY = [seldom(way) for way in WAYS]
SERVED_WAY = [seldom(way) for way in WAYS if way != "direct"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """URLs of both clusters, the folder of runs, the settings, and what looks after PVs that are not ours."""
    if REAL:
        yield (
            *(os.environ[f"ARCHREDUNDANCY_REAL_{side}"] for side in ("PRIMARY", "SECONDARY")),
            Path(os.environ.get("ARCHREDUNDANCY_REAL_RUN_DIR", usual_run_dir())),
            RunSettings(interface=os.environ.get("ARCHREDUNDANCY_REAL_INTERFACE", "127.0.0.1")),
        )
        return
    with AppliancePair(tmp_path_factory.mktemp("stand-in"), lag=0.0) as pair:
        sides = (pair.primary, pair.secondary)
        for side in sides:
            side.add_pv({"pvName": "SITE:OWN", "dataStores": ["blackhole://localhost?name=LTS"], "paused": "false"})
        yield (*(side.management_url for side in sides), tmp_path_factory.mktemp("runs"), QUICK)
        for side in sides:
            assert side.type_info("SITE:OWN").paused is False
            assert not [name for name in side.files() if "SCRATCH" in name]


@pytest.fixture(scope="module")
def opened(place):
    """What makes scratch PVs; a folder of runs of its own for all scenarios."""
    *where, settings = place
    prefix = os.environ.get("ARCHREDUNDANCY_REAL_PREFIX", "ARCHREDUNDANCY")
    with open_scratch_merges(*where, settings, prefix=prefix) as merges:
        yield merges


@pytest.fixture
def merges(opened):
    """The same, and nothing of the scenario left afterwards."""
    yield opened
    assert opened.scratch.delete_all() == ()


@pytest.fixture
def case():
    """A name that no other scenario has had."""
    return f"CASE{next(NUMBERS)}"


def around_new_year(*texts, first=1):
    """Return numbered samples of these times: `11-30T00:00` is in BASE, `01-01T00:00` in the year after it."""
    return {moment(text): number for number, text in enumerate(texts, first)}


def moment(text):
    """Return a time of the two years around the year end."""
    return parse_time(f"{BASE + (text[:2] < '06')}-{text}Z", now=0)


def doubles(numbers):
    """Return samples of doubles."""
    return samples_of(DbrType.SCALAR_DOUBLE, numbers)


OWN = around_new_year("11-10T00:00", "12-30T00:00", "12-31T20:00", "01-01T04:00", "02-02T00:00")
MISSED = around_new_year("12-31T22:00", "12-31T23:59:58.999999999", "12-31T23:59:59", "01-01T00:00", first=10)
SPAN = (f"{BASE}-11-01", f"{BASE + 1}-03-01")


def commit(merges, plan):
    """Commit a plan as a person does, prove it twice, and return the report."""
    assert plan.status == "ready", plan
    report = heed_stop(merges.pair.commit(plan, approve=str(plan.id), progress=False))
    assert report.ok, report
    assert merges.pair.verify(report).ok
    assert {merges.status(each.pv) for each in report.pvs} == {"Being archived"}
    return report


def plan_of(merges, pvs, way, **options):
    """Return the plan of a merge; nobody has certified the versions."""
    return merges.pair.plan_merge(pvs, **WAYS[way], uncertified=True, progress=False, **options)


def kinds(plan, *, refusing=True):
    """Return the kinds of hazards in a plan."""
    return {hazard.kind for hazard in plan.hazards if hazard.refuses is refusing}


@pytest.mark.parametrize("way", EACH_WAY)
def test_a_gap_over_the_end_of_a_year_is_closed(merges, case, way):
    """The comparison sees it before, the merge brings each sample at its nanosecond, and then there is no gap."""
    theirs = doubles({**OWN, **MISSED})
    pv = merges.make(case, doubles(OWN), theirs)
    before = merges.pair.compare(pv, *SPAN)
    assert before.summary.primary.samples_to_gain == len(MISSED)
    plan = plan_of(merges, pv, way)
    assert (plan.totals.gain, plan.totals.ties_equal) == (len(MISSED), len(OWN))
    commit(merges, plan)
    assert_samples_equal(merges.samples(pv), doubles({**OWN, **MISSED}))
    assert_samples_equal(merges.samples(pv, "secondary"), theirs)
    after = merges.pair.compare(pv, *SPAN)
    assert after.summary.primary.samples_to_gain == 0
    assert plan_of(merges, pv, way).status == "nothing to do"


@pytest.mark.parametrize("way", SELDOM_EACH_WAY)
def test_of_two_samples_of_one_instant_the_primary_s_stays(merges, case, way):
    """Equal ones are one sample; of different ones the plan warns, and the comparison goes on listing them."""
    theirs = {**OWN, **MISSED, moment("12-30T00:00"): 99}
    pv = merges.make(case, doubles(OWN), doubles(theirs))
    plan = plan_of(merges, pv, way)
    assert (plan.totals.ties_equal, plan.totals.ties_different) == (len(OWN) - 1, 1)
    assert HazardKind.DIFFERENT_VALUES in kinds(plan, refusing=False)
    commit(merges, plan)
    assert_samples_equal(merges.samples(pv), doubles({**OWN, **MISSED}))
    assert len(merges.pair.compare(pv, *SPAN).conflicts) == 1


@pytest.mark.parametrize("way", SELDOM_EACH_WAY)
def test_several_pvs_of_all_kinds_are_merged_by_one_plan(merges, case, way):
    """Numbers, labels, texts, waveforms and V4 structures arrive as they were stored, alarms included."""
    pvs = {
        merges.make(f"{case}:{kind.name}", samples_of(kind, OWN), samples_of(kind, {**OWN, **MISSED})): kind
        for kind in TYPES
    }
    plan = plan_of(merges, list(pvs), way)
    assert plan.totals.gain == len(MISSED) * len(pvs)
    commit(merges, plan)
    for pv, kind in pvs.items():
        assert_samples_equal(merges.samples(pv), samples_of(kind, {**OWN, **MISSED}))


@pytest.mark.parametrize("way", EACH_WAY)
def test_what_the_primary_has_no_file_for_needs_a_rebuild(merges, case, way):
    """Months before, between and after the primary's own files: told of by every plan, filled by one strategy."""
    own = around_new_year("11-10T00:00", "01-10T00:00")
    elsewhere = around_new_year("10-01T00:00", "12-31T23:59:59.999999999", "03-31T00:00", first=20)
    reached = around_new_year("01-20T00:00", first=30)
    pv = merges.make(case, doubles(own), doubles({**own, **elsewhere, **reached}))
    plan = plan_of(merges, pv, way)
    left = len(elsewhere) if way in IN_PLACE else 0
    assert (plan.totals.gain, sum(plan.totals.not_fillable.values())) == (len({**elsewhere, **reached}) - left, left)
    commit(merges, plan)
    expected = {**own, **reached} if left else {**own, **reached, **elsewhere}
    assert_samples_equal(merges.samples(pv), doubles(expected))


@pytest.mark.parametrize("way", EACH_WAY)
def test_the_last_second_is_lost_only_by_its_number(merges, case, way):
    """A merge destroys the primary's own sample there: refused, but for who names how many. A rebuild keeps it."""
    last = {moment("12-31T23:59:59.5"): 77}
    pv = merges.make(case, doubles({**OWN, **last}), doubles({**OWN, **MISSED}))
    plan = plan_of(merges, pv, way)
    lost = int(way in IN_PLACE)
    assert plan.totals.would_be_lost == lost
    if lost:
        assert HazardKind.WOULD_LOSE in kinds(plan)
        with pytest.raises(ApprovalError, match="is refused"):
            merges.pair.commit(plan, approve=str(plan.id))
        assert plan_of(merges, pv, way, accept_loss=2).status == "refused"
        plan = plan_of(merges, pv, way, accept_loss=1)
    commit(merges, plan)
    assert_samples_equal(merges.samples(pv), doubles({**OWN, **MISSED} | ({} if lost else last)))


@pytest.mark.parametrize("way", SERVED_WAY)
def test_windows_and_exclusions_are_kept_to_the_nanosecond(merges, case, way):
    """From a sample on, up to before another, and none of what is excluded."""
    pv = merges.make(case, doubles(OWN), doubles({**OWN, **MISSED}))
    excluded = (f"{BASE}-12-31T23:59:58.999999999", f"{BASE}-12-31T23:59:59")
    plan = plan_of(merges, pv, way, start=f"{BASE}-12-31T22:00", end=f"{BASE + 1}-01-01T00:00", exclude=[excluded])
    commit(merges, plan)
    wanted = {moment(text): MISSED[moment(text)] for text in ("12-31T22:00", "12-31T23:59:59")}
    assert_samples_equal(merges.samples(pv), doubles({**OWN, **wanted}))


def test_direct_refuses_a_window(merges, case):
    """`mergeInData` reads neither from nor to."""
    pv = merges.make(case, doubles(OWN), doubles({**OWN, **MISSED}))
    plan = plan_of(merges, pv, "direct", start=f"{BASE}-12-31T23:00")
    assert kinds(plan) == {HazardKind.WINDOW_IGNORED}


@pytest.mark.parametrize("way", SERVED_WAY)
def test_a_saved_copy_is_merged_after_the_secondary_has_dropped_it(merges, case, way, tmp_path):
    """What was saved in time is as good as the secondary itself, which only has to record the PV."""
    pv = merges.make(case, doubles(OWN), doubles({**OWN, **MISSED}))
    ar.save(merges.pair.load(pv, *SPAN), tmp_path / "copy.nc")
    merges.drop(pv)
    assert len(merges.samples(pv, "secondary")) == 0
    commit(merges, plan_of(merges, pv, way, source=tmp_path / "copy.nc"))
    assert_samples_equal(merges.samples(pv), doubles({**OWN, **MISSED}))


@pytest.mark.parametrize("way", SELDOM_EACH_WAY)
def test_samples_in_younger_stores_outlive_the_merge(merges, case, way):
    """They are consolidated first: merged over, they would vanish."""
    young = around_new_year("02-20T10:00", "02-20T11:30", first=40)
    theirs = around_new_year("02-20T10:30", first=50)
    pv = merges.make(case, {"LTS": doubles(OWN), "STS": doubles(young)}, doubles({**OWN, **MISSED, **theirs}))
    commit(merges, plan_of(merges, pv, way))
    assert_samples_equal(merges.samples(pv), doubles({**OWN, **MISSED, **young, **theirs}))


@pytest.mark.parametrize("way", [seldom("rebuild-new"), seldom("rebuild-same")])
def test_a_rebuild_of_several_pvs_is_rolled_back(merges, case, way):
    """Each PV has what it had, no more and no less, and is archived."""
    theirs = doubles({**OWN, **MISSED, moment("06-01T00:00"): 60})
    pvs = [merges.make(f"{case}:{letter}", doubles(OWN), theirs) for letter in "AB"]
    report = commit(merges, plan_of(merges, pvs, way))
    approve = str(merges.pair.plan_rollback(report).id)
    undone = heed_stop(merges.pair.rollback(report, approve=approve))
    assert undone.ok, undone
    for pv in pvs:
        assert_samples_equal(merges.samples(pv), doubles(OWN))
        assert merges.status(pv) == "Being archived"


@pytest.mark.parametrize(
    ("way", "line"),
    [
        pytest.param("relay", "state paused", id="relay, paused"),
        pytest.param("relay", "outcome mergeInData", id="relay, merged", marks=SLOW),
        pytest.param("direct", "outcome mergeInData", id="direct, merged", marks=SLOW),
        pytest.param("rebuild-new", "outcome importDataFromPlugin", id="rebuild-new, imported", marks=SLOW),
        pytest.param("rebuild-same", "outcome changeStore", id="rebuild-same, moved", marks=SLOW),
    ],
)
def test_a_committer_that_is_killed_is_recovered(merges, case, way, line):
    """The PV is archived again with all that it had, and with all that was promised or nothing of it."""
    pv = merges.make(case, doubles(OWN), doubles({**OWN, **MISSED}))
    run = RunFolder.create(merges.run_dir, plan_of(merges, pv, way), merges.urls, merges.settings)
    assert run_until(run.path, line, "after")
    assert merges.status(pv) == "Paused"
    report = merges.pair.recover(run.path)
    assert report.ended and not report.is_open, report
    assert report.ok == (line == "outcome mergeInData")
    assert merges.status(pv) == "Being archived"
    assert_samples_equal(merges.samples(pv), doubles({**OWN, **MISSED} if report.ok else OWN))


@pytest.mark.parametrize(
    ("side", "kind"), [("primary", HazardKind.ALREADY_PAUSED), ("secondary", HazardKind.NOT_RECORDING)]
)
def test_a_pv_that_somebody_has_paused_is_refused(merges, case, side, kind):
    """At the primary it is not ours to resume, at the secondary nobody would record meanwhile; nothing is changed."""
    pv = merges.make(case, doubles(OWN), doubles({**OWN, **MISSED}))
    merges.pause(pv, side)
    plan = plan_of(merges, pv, "relay")
    assert kind in kinds(plan)
    with pytest.raises(ApprovalError, match="is refused"):
        merges.pair.commit(plan, approve=str(plan.id))
    assert merges.status(pv, side) == "Paused"
    assert_samples_equal(merges.samples(pv), doubles(OWN))


def test_sides_of_different_types_are_refused(merges, case):
    """The appliance would merge them, and spoil the file."""
    pv = merges.make(case, doubles(OWN), samples_of(DbrType.SCALAR_INT, {**OWN, **MISSED}))
    assert kinds(plan_of(merges, pv, "relay")) == {HazardKind.TYPE_MISMATCH}
    assert_samples_equal(merges.samples(pv), doubles(OWN))
