"""A cluster of two members that archives a simulated IOC."""

import json

import pytest

from archredundancy.appliance import ApplianceCluster, Periodic, SettableClock, SimulatedIoc, SimulatedPv

URL = "pb://localhost?name={}&rootFolder=${{ARCHAPPL_{}_TERM_FOLDER}}&partitionGranularity=PARTITION_{}"
STORES = [URL.format("STS", "SHORT", "HOUR"), URL.format("LTS", "LONG", "YEAR")]
WINDOW = "from=2024-05-01T00:00:00Z&to=2024-05-01T01:00:00Z"


@pytest.fixture
def live(tmp_path, side):
    """The clock, and two members for half a minute; A is archived by q0, B by q1, and both IOCs count seconds."""
    clock = SettableClock("2024-05-01T00:00:00Z")
    ioc = SimulatedIoc([SimulatedPv(name=name, series=Periodic(value=float)) for name in "AB"], clock=clock)
    with ApplianceCluster(tmp_path, identities=("q0", "q1"), clock=clock, lag=0.0, source=ioc) as cluster:
        for appliance, pv in zip(cluster.values(), "AB", strict=True):
            appliance.add_pv({"pvName": pv, "dataStores": STORES})
        clock.advance(30)
        yield clock, *map(side, cluster.values())


def test_each_member_archives_its_own_pvs(live):
    """Its engine writes them into its own stores."""
    clock, q0, q1 = live
    clock.advance(30)
    assert [list(member.stored()) for member in (q0, q1)] == [["STS 2024_05_01_00"], ["STS 2024_05_01_00"]]
    assert [path for path in q1.appliance.files() if path.startswith("sts")] == ["sts/B:2024_05_01_00.pb"]


@pytest.mark.parametrize(
    "path",
    [
        f"/retrieval/data/getData.raw?pv=B&{WINDOW}",
        f"/retrieval/data/getDataForPVs.json?pv=A&pv=B&{WINDOW}",
        "/retrieval/bpl/getMetadata?pv=B",
        "/mgmt/bpl/getPVStatus?pv=A,B",
        "/mgmt/bpl/getPVDetails?pv=B",
        "/mgmt/bpl/getLostConnectionsReport",
    ],
)
def test_what_the_owners_engine_knows_is_told_by_both(live, path):
    """Samples in its memory, fields, state and counters (appliance.md L 1b)."""
    _, q0, q1 = live
    answers = [member.ask(path) for member in (q0, q1)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 200 and len(answers[0][1]) > 50


def test_a_pv_that_is_disconnected_is_reported_by_both(live):
    """The report names the member that archives it (appliance.md L 1)."""
    clock, q0, q1 = live
    q1.appliance.engine.disconnect("B")
    clock.advance(5)
    for member in (q0, q1):
        report = json.loads(member.ask("/mgmt/bpl/getCurrentlyDisconnectedPVs")[1])
        assert [(row["pvName"], row["instance"]) for row in report] == [("B", "q1")]


def test_a_pause_at_the_other_member_stops_the_engine(live):
    """The owner's engine writes what it has; after a resume it goes on (appliance.md L 3e)."""
    clock, q0, q1 = live
    assert q0.call("pauseArchivingPV", pv="B") == {"pvName": "B", "status": "ok"}
    had = q1.times(pv="B")
    clock.advance(30)
    assert q1.times(pv="B") == q0.times(pv="B") == had
    assert q0.call("resumeArchivingPV", pv="B") == {"pvName": "B", "status": "ok"}
    clock.advance(30)
    assert len(q0.times(pv="B")) > len(had)


def test_an_archive_request_for_the_other_member_is_fulfilled_there(live):
    """Asked at one member, sampled and archived by the other (appliance.md L 3g)."""
    clock, q0, q1 = live
    q0.call("pauseArchivingPV", pv="B")
    q0.call("deletePV", pv="B")
    assert q0.call("archivePV", pv="B", appliance="q1") == [{"pvName": "B", "status": "Archive request submitted"}]
    assert q0.call("getPVStatus", pv="B")[0]["status"] == "Initial sampling"
    clock.advance(300)
    for member in (q0, q1):
        status = member.call("getPVStatus", pv="B")[0]
        assert (status["status"], status["appliance"]) == ("Being archived", "q1")


def test_a_member_that_is_killed_misses_samples_that_the_other_one_gets(live):
    """Each engine is on its own; after the start it goes on."""
    clock, q0, q1 = live
    q1.appliance.kill()
    clock.advance(30)
    q1.appliance.stop()
    q1.appliance.start()
    clock.advance(30)
    of_a, of_b = q0.times(pv="A"), q0.times(pv="B")
    assert set(of_b) < set(of_a)
    assert "2024-05-01T00:00:45" not in of_b
    assert of_b[-1] == of_a[-1]
