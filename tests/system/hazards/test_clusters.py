"""Hazards of names, engines, members and proxies: foretold by kind, and harmful when the merge is made all the same."""

import pytest

import archredundancy as ar
from archredundancy.appliance import AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.commit import RunSettings
from archredundancy.model import parse_time
from archredundancy.plan import HazardKind
from tests.system.conftest import Side
from tests.system.hazards.conftest import FAILED, OK, Hazards


@pytest.mark.parametrize(("pv", "answer"), [("X:a{1}", OK), ("X:a#b", FAILED)])
def test_unsafe_name(hazards, pv, answer):
    """The files of a pattern are not found, "ok"; other names break the request (D.2 #12, A.7)."""
    for side, time in ((hazards.primary, "2024-06-01"), (hazards.secondary, "2024-06-02")):
        side.add(pv, paused=False)
        side.write(time, pv=pv)
    before = hazards.primary.files()
    hazards.foretell(HazardKind.UNSAFE_NAME, f"The appliance cannot merge a PV of the name {pv!r}", refuses=True, pv=pv)
    assert hazards.merge_anyhow(pv=pv) == answer
    assert hazards.primary.files() == before


def test_alias(hazards):
    """One alias, two PVs: the merge brings another PV's samples than those that were looked at."""
    for side, real in ((hazards.primary, "X:1"), (hazards.secondary, "X:2")):
        for pv, time in (("X:1", "2024-06-01T12:00:00"), ("X:2", "2024-06-02T12:00:00")):
            side.add(pv, paused=False)
            side.write("2024-06-01", time if side is hazards.secondary else "2024-06-03", pv=pv)
        side.call("addAlias", pv=real, aliasname="X:A")
    told = "'X:A' is an alias; the names that samples are stored by are primary: 'X:1', secondary: 'X:2'."
    hazards.foretell(HazardKind.ALIAS, told, refuses=True, pv="X:A")
    assert "2024-06-02T12:00:00" in hazards.secondary.times(pv="X:A")
    assert hazards.merge_anyhow(pv="X:A") == OK
    assert hazards.primary.times(pv="X:A") == ["2024-06-01", "2024-06-01T12:00:00", "2024-06-03"]


@pytest.fixture
def live(tmp_path):
    """A pair that has archived one PV each second for a minute, and may gain an earlier sample."""
    clock = SettableClock(parse_time("2024-07-10T12:00:00Z", now=0))
    counting = Periodic(value=lambda moment: moment // 10**9 % 1000)
    ioc = SimulatedIoc([SimulatedPv(name="X:Y", series=counting)], clock=clock)
    with AppliancePair(tmp_path, clock=clock, source=ioc, lag=0.0) as pair:
        sides = (Side(pair.primary), Side(pair.secondary))
        for side, time in zip(sides, ("2024-06-01", "2024-06-02"), strict=True):
            side.add(paused=False, STS="HOUR&consolidateOnShutdown=true", LTS="YEAR")
            side.write(time)
        clock.advance(60)
        yield Hazards(*sides, now=clock()), clock


def test_secondary_not_recording(live):
    """Paused on both sides, the PV has a hole that nobody can ever fill (I.2)."""
    hazards, clock = live
    hazards.secondary.call("pauseArchivingPV")
    hazards.foretell(HazardKind.NOT_RECORDING, "The secondary says 'Paused' of the PV.", refuses=True)
    hazards.merge_anyhow()
    clock.advance(60)
    for side in (hazards.primary, hazards.secondary):
        side.call("resumeArchivingPV")
    clock.advance(60)
    hole = ("2024-07-10T12:01:05Z", "2024-07-10T12:01:55Z")
    for side in (hazards.primary, hazards.secondary):
        side.appliance.engine.flush()
        assert not [time for time in side.times(*hole) if time >= "2024-07-10T12:01:05"]
        assert side.times("2024-07-10T12:02:05Z", "2024-07-10T12:02:55Z")


def test_secondary_not_recording_for_want_of_a_connection(live):
    """It archives the PV, but without a connection its engine records nothing of it (F.1)."""
    hazards, clock = live
    hazards.secondary.appliance.engine.disconnect("X:Y")
    clock.advance(1)
    told = "The secondary archives the PV, but is not connected to it."
    hazards.foretell(HazardKind.NOT_RECORDING, told, refuses=True)
    hazards.merge_anyhow()
    clock.advance(60)
    hazards.secondary.appliance.engine.flush()
    assert not [time for time in hazards.secondary.times("2024-07-10", "2024-07-11") if time >= "2024-07-10T12:01:05"]


def test_already_paused(live):
    """Who resumes after the merge undoes what somebody else did on purpose: it records again."""
    hazards, clock = live
    hazards.primary.call("pauseArchivingPV")
    clock.advance(60)
    hazards.foretell(HazardKind.ALREADY_PAUSED, "The PV is paused on the primary, by somebody else.", refuses=True)
    hazards.primary.merge(hazards.secondary)
    hazards.primary.call("resumeArchivingPV")
    clock.advance(60)
    hazards.primary.appliance.engine.flush()
    assert hazards.primary.times("2024-07-10T12:02:05Z", "2024-07-10T12:02:55Z")


def test_secondary_is_proxy(hazards, register):
    """The secondary's answer to users lacks what fills the primary's gap, and is none to merge from (K h, K a3)."""
    hazards.primary.add(paused=False)
    hazards.secondary.add(paused=False, STS="HOUR", MTS="DAY", LTS="blackhole")
    register(hazards.secondary, hazards.primary)
    gap = ["2024-06-04", "2024-06-05"]
    hazards.primary.write("2024-06-01", "2024-06-07")
    hazards.secondary.write("2024-06-01", *gap, "2024-06-07", store="MTS")
    told = "The secondary has the primary among its external servers."
    plan = hazards.foretell(HazardKind.PROXY, told, refuses=False)
    assert plan.totals.gain == 2
    assert hazards.secondary.times("2024-05-01", "2024-06-30") == ["2024-06-01", "2024-06-07"]
    hazards.primary.call("pauseArchivingPV")
    asked = f"{hazards.secondary.retrieval_url}?mergeDuringRetrieval=true"
    assert hazards.primary.merge(asked) == FAILED
    assert not set(gap) & set(hazards.primary.times())


def test_mutual_proxies(archived, register, caplog):
    """One request of a user goes to and fro; real clusters never answer again, these stop it (C.2, K e3)."""
    register(archived.primary, archived.secondary)
    register(archived.secondary, archived.primary)
    archived.primary.write("2024-06-01")
    archived.secondary.write("2024-06-02")
    told = "Each cluster has the other among its external servers."
    archived.foretell(HazardKind.MUTUAL_PROXIES, told, refuses=True)
    archived.primary.times("2024-06-01", "2024-06-03")
    assert "do they proxy each other?" in caplog.text


def test_other_not_reachable(archived):
    """A server that the primary does not reach gives nothing, after the PV was paused for it (D.2 #10)."""
    archived.primary.write("2024-06-01")
    archived.secondary.write("2024-06-02")
    told = "Whether the primary reaches our server is not known."
    archived.foretell(HazardKind.UNREACHABLE, told, refuses=False, strategy="relay")
    assert unreachable(archived, RunSettings(relay_url="http://127.0.0.1:1")) == [True]
    assert unreachable(archived, RunSettings()) == []
    archived.primary.call("pauseArchivingPV")
    assert archived.primary.merge("http://127.0.0.1:1/retrieval") == FAILED
    assert archived.primary.times() == ["2024-06-01"]


def unreachable(hazards, settings):
    """Return whether what a pair that may commit finds out about its relay refuses the plan."""
    urls = [side.appliance.url for side in (hazards.primary, hazards.secondary)]
    with ar.ClusterPair(primary=urls[0], secondary=urls[1], allow_commit=True, commit_settings=settings) as pair:
        plan = pair.plan_merge("X:Y")
    return [hazard.refuses for hazard in plan.hazards if hazard.kind is HazardKind.UNREACHABLE]


def test_window_not_honoured(archived):
    """mergeInData takes from and to, and merges all of history (D.2 #5)."""
    archived.primary.write("2024-02-01", "2024-06-01")
    archived.secondary.write("2024-02-02", "2024-06-02")
    window = parse_time("2024-06-01", now=0)
    told = "A window or exclusions are asked for"
    archived.foretell(HazardKind.WINDOW_IGNORED, told, refuses=True, strategy="direct", start=window)
    assert archived.merge_anyhow(**{"from": "2024-06-01T00:00:00Z", "to": "2024-07-01T00:00:00Z"}) == OK
    assert "2024-02-02" in archived.primary.times()


def test_member_down(members):
    """While a PV's owner is away nothing arrives, and what is changed then is undone at its return (L 4b, L 4c)."""
    hazards = Hazards(members.q0, members.secondary)
    for side, time in ((members.q1, "2024-06-01"), (members.secondary, "2024-06-02")):
        side.add("M:1", paused=False, LTS="MONTH")
        side.write(time, pv="M:1")
    members.q0.call("pauseArchivingPV", pv="M:1")
    members.q1.appliance.stop()
    told = "Members of the primary do not answer as they should: q1."
    hazards.foretell(HazardKind.MEMBER_DOWN, told, refuses=True, pv="M:1")
    assert members.q0.merge(members.secondary, pv="M:1") == (200, None)
    stores = members.q0.call("getPVTypeInfo", pv="M:1")["dataStores"]
    elsewhere = stores[0].replace("_FOLDER}", "_FOLDER}_new")
    members.q0.call("modifyStoreURLForPV", pv="M:1", storage="LTS", plugin_url=elsewhere)
    assert members.q0.call("getPVTypeInfo", pv="M:1")["dataStores"] == [elsewhere]
    members.q1.appliance.start()
    assert members.q0.call("getPVTypeInfo", pv="M:1")["dataStores"] == stores
    assert members.q1.times(pv="M:1") == ["2024-06-01"]
