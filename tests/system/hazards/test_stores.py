"""Hazards of stores: each is foretold by its kind, and does the harm when the merge is made all the same."""

from urllib.parse import quote

import pytest

from archredundancy.plan import HazardKind
from archredundancy.plan.hazards import outcome
from tests.system.conftest import instant
from tests.system.hazards.conftest import FAILED, OK


def consolidate(side):
    """Do what moves all samples into the last store, as the appliance says."""
    side.call("pauseArchivingPV")
    return side.call("consolidateDataForPV", storage="LTS")["status"]


@pytest.fixture
def staged(hazards):
    """Return what configures a primary whose newest sample is in STS; its stores take more options."""

    def configure(sts="HOUR", lts="MONTH"):
        hazards.primary.add(paused=False, STS=sts, LTS=lts)
        hazards.secondary.add(paused=False)
        hazards.primary.write("2024-06-01")
        hazards.primary.write("2024-06-02T00:00:00", "2024-06-02T00:10:00", store="STS")
        hazards.secondary.write("2024-06-01T12:00:00", "2024-06-05")
        return hazards

    return configure


def test_wrong_store(archived):
    """A store that the primary has not, and be it by a small letter: "ok", and nothing comes (D.2 #6)."""
    archived.primary.write("2024-06-01")
    archived.secondary.write("2024-06-02")
    told = "'lts' is not the primary's last store of PB files with partitions; its stores are LTS (pb)."
    archived.foretell(HazardKind.WRONG_STORE, told, refuses=True, storage="lts")
    assert archived.merge_anyhow(storage="lts") == OK
    assert archived.primary.times() == ["2024-06-01"]


def test_wrong_store_before_the_last_one(staged):
    """A merge into STS leaves out what lies in LTS: "ok", though only part of it came (D.2 #6)."""
    hazards = staged()
    hazards.foretell(HazardKind.WRONG_STORE, "'STS' is not the primary's last store", refuses=True, storage="STS")
    assert hazards.merge_anyhow(storage="STS") == OK
    assert not {"2024-06-01T12:00:00", "2024-06-05"} & set(hazards.primary.times())


def test_black_hole(hazards):
    """Merging into it and consolidating into it say "ok", and do nothing (D.2 #6, K f4)."""
    hazards.primary.add(paused=False, MTS="DAY", LTS="blackhole")
    hazards.secondary.add(paused=False)
    hazards.primary.write("2024-06-01", store="MTS")
    hazards.secondary.write("2024-06-01T12:00:00")
    hazards.foretell(HazardKind.BLACK_HOLE, "The store 'LTS' is a black hole.", refuses=True, storage="LTS")
    assert hazards.merge_anyhow() == OK
    assert hazards.primary.times() == ["2024-06-01"]


def test_reduced_data(staged):
    """The store has averages, and raw samples of the secondary among them that nobody can tell apart (A.5)."""
    hazards = staged(lts="MONTH&reducedata=mean_3600")
    hazards.foretell(HazardKind.REDUCED_STORE, "'LTS' of the primary keeps only 'mean_3600'", refuses=True)
    assert consolidate(hazards.primary) == "ok"
    assert hazards.primary.times() == ["2024-06-01", "2024-06-02T00:30:00"]
    assert hazards.merge_anyhow() == OK
    assert hazards.primary.times() == ["2024-06-01", "2024-06-01T12:00:00", "2024-06-02T00:30:00", "2024-06-05"]


def test_rebuild_costs_whoever_reads_meanwhile(archived):
    """Once the PV is pointed at an empty folder it reads empty, 200, until all is there, which is there twice (A.7)."""
    archived.primary.write("2024-06-01", "2024-06-03")
    archived.secondary.write("2024-06-02")
    told = "goes through our server and lies on the primary's disk twice; while that lasts the primary answers incompl"
    archived.foretell(HazardKind.REBUILD_COSTS, told, refuses=False, strategy="rebuild")
    archived.primary.call("pauseArchivingPV")
    (url,) = archived.primary.call("getStoresForPV").values()
    anew = url.replace("&partitionGranularity", "_anew&partitionGranularity")
    archived.primary.call("modifyStoreURLForPV", storage="LTS", plugin_url=anew)
    assert archived.primary.times() == []
    source = (
        f"pbraw://localhost?name=O&rawURL={quote(f'{archived.secondary.appliance.url}/retrieval/data/getData.raw')}"
    )
    window = {"from": "2024-01-01T00:00:00.000Z", "to": "2025-01-01T00:00:00.000Z"}
    archived.primary.call("importDataFromPlugin", src=source, dest="LTS", **window)
    assert archived.primary.times() == ["2024-06-02"]
    assert len([name for name in archived.primary.appliance.files() if name.endswith("2024_06.pb")]) == 2


def test_conditional_store(staged):
    """Consolidating, the first step of each merge, throws the primary's own samples away, "ok" (A.5)."""
    hazards = staged(lts="MONTH&etlIntoStoreIf=flag")
    hazards.foretell(HazardKind.CONDITIONAL_STORE, "While the flag 'flag' is not set the store 'LTS'", refuses=True)
    assert consolidate(hazards.primary) == "ok"
    assert hazards.primary.times() == ["2024-06-01"]


def test_conditional_store_that_gives_nothing_away(staged):
    """Consolidating leaves STS as it is, "ok", and merged over its samples vanish (A.5, D.2 #1)."""
    hazards = staged(sts="HOUR&etlOutofStoreIf=flag")
    told = "The store 'STS' gives nothing away while the flag 'flag' is not set."
    hazards.foretell(HazardKind.CONDITIONAL_STORE, told, refuses=True)
    assert consolidate(hazards.primary) == "ok"
    assert hazards.merge_anyhow() == OK
    assert hazards.primary.times() == ["2024-06-01", "2024-06-01T12:00:00", "2024-06-05"]


def set_flag(side, name):
    """Set a named flag of a cluster."""
    assert side.ask("/mgmt/bpl/setNamedFlag", name=name, value="true")[0] == 200


def test_skipped_store(archived):
    """A store of the secondary that is left out of answers gives nothing to the merge: "ok" (B.2)."""
    archived.primary.write("2024-06-01")
    archived.secondary.write("2024-06-02")
    set_flag(archived.secondary, "SKIP_LTS_FOR_RETRIEVAL")
    told = "The flag SKIP_LTS_FOR_RETRIEVAL is set on the secondary"
    archived.foretell(HazardKind.SKIPPED_STORE, told, refuses=True)
    assert archived.merge_anyhow() == OK
    assert archived.primary.times() == ["2024-06-01"]


def test_skipped_store_of_etl(staged):
    """Consolidating moves nothing, "ok", and merged over what is in STS vanishes (A.6, D.2 #1)."""
    hazards = staged()
    set_flag(hazards.primary, "SKIP_LTS_FOR_ETL")
    hazards.foretell(HazardKind.SKIPPED_STORE, "The flag SKIP_LTS_FOR_ETL is set on the primary", refuses=True)
    assert consolidate(hazards.primary) == "ok"
    assert hazards.merge_anyhow() == OK
    assert hazards.primary.times() == ["2024-06-01", "2024-06-01T12:00:00", "2024-06-05"]


def test_post_processor_caches(hazards):
    """The file of first samples takes the secondary's raw ones: 1 becomes 11 (D.2 #11)."""
    hazards.primary.add(paused=False, STS="HOUR", LTS="DAY&pp=firstSample")
    hazards.secondary.add(paused=False, LTS="DAY")
    hazards.primary.write("2024-06-01T00:00:00", store="STS")
    hazards.secondary.write(*(f"2024-06-01T00:00:{second:02}" for second in range(10, 20)))
    hazards.foretell(HazardKind.CACHES, "The store 'LTS' keeps firstSample of this PV", refuses=False)
    assert consolidate(hazards.primary) == "ok"
    assert hazards.merge_anyhow() == OK
    assert len(hazards.primary.stored()["LTS 2024_06_01.firstSample"]) == 11


LEFT = {
    "in a year of its own": ("2022-03-03", []),
    "with newer ones in its store": ("2024-03-03", ["2024-07-10T10:20:00", "2024-07-10T11:40:00"]),
    "with newer ones in both stores": ("2024-05-03", ["2024-07-10T11:20:00"]),
}


@pytest.mark.parametrize(("left", "newer"), LEFT.values(), ids=LEFT)
def test_hidden_samples(hazards, left, newer):
    """What ETL has left in STS is deleted by consolidating, as LTS has later samples, whatever is merged (A.4)."""
    hazards.primary.add(paused=False, STS="HOUR", MTS="DAY", LTS="MONTH")
    hazards.secondary.add(paused=False)
    hazards.primary.write("2022-01-01", "2022-03-20", "2024-03-10", "2024-05-20", "2024-06-20")
    hazards.primary.write("2024-07-08", "2024-07-09", store="MTS")
    hazards.primary.write(left, *newer, store="STS")
    hazards.secondary.write("2022-01-02", "2024-06-02")
    told = f"The primary stores 1 sample, of {left}T00:00:00.000000000Z .. {left}T00:00:00.000000000Z, that it does not"
    plan = hazards.foretell(HazardKind.HIDDEN, told, refuses=True, end=instant("2022-02-01"))
    assert plan.totals.gain == 1
    assert consolidate(hazards.primary) == "ok"
    assert left not in [time for times in hazards.primary.stored().values() for time in times]


def test_hidden_samples_are_none_that_wait_to_be_moved(hazards):
    """Files that have their time in a young store before them hide nothing, and consolidating keeps them."""
    hazards.primary.add(paused=False, STS="HOUR", MTS="DAY", LTS="MONTH")
    hazards.secondary.add(paused=False)
    hazards.primary.write("2022-01-01", "2024-06-20")
    hazards.primary.write("2024-06-25", "2024-07-08", "2024-07-09", store="MTS")
    hazards.primary.write("2024-07-10T10:20:00", "2024-07-10T11:40:00", store="STS")
    hazards.secondary.write("2024-06-02")
    assert len(hazards.evidence().hidden) == 0
    assert HazardKind.HIDDEN not in [hazard.kind for hazard in hazards.plan().hazards]


def test_size(archived, monkeypatch):
    """A file lies on the disk twice while it is rewritten: where that has no room, nothing comes (D.2 #14)."""
    monkeypatch.setattr(outcome, "_LARGE_FILE", 20)
    archived.primary.write("2024-06-01", "2024-06-03")
    archived.secondary.write("2024-06-02")
    archived.foretell(HazardKind.SIZE, "The largest rewritten file has about", refuses=False)
    before = archived.primary.files()
    archived.primary.appliance.faults.switch_on("disk-full", after_bytes=30)
    assert archived.merge_anyhow() == FAILED
    assert archived.primary.files() == before
