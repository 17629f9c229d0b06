"""Samples that go from PV to PV, over HTTP (`ReshardPV`, `AppendAndAliasPV`)."""

import json

import pytest

from archredundancy.appliance import ApplianceCluster
from archredundancy.model import DbrType, Samples, parse_time
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk

STORES = [
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR",
    "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR",
]


@pytest.fixture
def cluster(tmp_path):
    """Two members; q0 has a paused PV with samples in two stores and two years."""
    with ApplianceCluster(tmp_path, identities=("q0", "q1"), lag=0.0) as started:
        add(started["q0"], "A:B", {"lts/2023": ["2023-05-01"], "lts/2024": ["2024-05-01", "2024-05-02"]})
        put(started["q0"], "A:B", "sts/2024_06_01_10", ["2024-06-01T10:00", "2024-06-01T10:01"])
        yield started


def add(appliance, pv, files=(), **info):
    """Add a paused PV with files."""
    appliance.add_pv({"pvName": pv, "dataStores": STORES, "paused": "true"} | info)
    for slot, times in dict(files).items():
        put(appliance, pv, slot, times)


def put(appliance, pv, slot, times):
    """Put a file into a store."""
    stamps = [parse_time(time, now=0) for time in times]
    content = Samples.build(DbrType.SCALAR_DOUBLE, stamps, [1.5] * len(stamps))
    store, _, name = slot.partition("/")
    data = encode_chunk(ChunkHeader(dbr_type=content.dbr_type, pv=pv, year=int(name[:4])), content)
    appliance.put_file(store.upper(), f"{pv.replace(':', '/')}:{name}.pb", data)


def call(appliance, name, /, **parameters):
    """Return the JSON of a call, or the status of one that is refused."""
    status, body = ask(appliance, f"/mgmt/bpl/{name}", **parameters)
    return json.loads(body) if status == 200 else status


def seconds(appliance, pv):
    """Return the times of all samples of a PV, s since 1970 UTC."""
    window = {"pv": pv, "from": "2020-01-01T00:00:00Z", "to": "2025-01-01T00:00:00Z"}
    _, body = ask(appliance, "/retrieval/data/getData.json", **window)
    return [sample["secs"] for chunk in json.loads(body) for sample in chunk["data"]]


@pytest.mark.parametrize("asked", ["q0", "q1"])
def test_a_pv_goes_to_another_member(cluster, asked):
    """Whoever is asked, all samples are in the other's LTS afterwards, and nothing is left behind (L, 3h)."""
    before = seconds(cluster["q0"], "A:B")
    reply = call(cluster[asked], "reshardPV", pv="A:B", appliance="q1", storage="LTS")
    assert reply == {
        "beforeEventCount": "5",
        "afterEventCount": "5",
        "deleteOriginal": "ok",
        "renameTemporary": "ok",
        "status": "ok",
        "desc": "Successfully assigned A:B to appliance q1",
    }
    assert seconds(cluster["q0"], "A:B") == before
    assert call(cluster["q0"], "getPVStatus", pv="A:B")[0]["appliance"] == "q1"
    assert call(cluster["q0"], "getAllPVs") == ["A:B"]
    assert [path for path in cluster["q0"].files() if path.endswith(".pb")] == []
    assert sorted(path for path in cluster["q1"].files() if path.endswith(".pb")) == [
        "lts/A/B:2023.pb",
        "lts/A/B:2024.pb",
    ]


REFUSED = [
    ({"pv": "A:B", "appliance": "q0", "storage": "LTS"}, 400),
    ({"pv": "A:B", "appliance": "nosuch", "storage": "LTS"}, 400),
    ({"pv": "none", "appliance": "q1", "storage": "LTS"}, 400),
    ({"pv": "A:B", "appliance": "q1"}, 400),
    (
        {"pv": "A:B", "appliance": "q1", "storage": "XTS"},
        {"validation": "Cannot find storage with name XTS for pv A:B"},
    ),
]


@pytest.mark.parametrize(("parameters", "reply"), REFUSED)
def test_a_pv_that_cannot_go_stays(cluster, parameters, reply):
    """What does not fit is refused, and no other PV appears."""
    assert call(cluster["q0"], "reshardPV", **parameters) == reply
    assert call(cluster["q0"], "getAllPVs") == ["A:B"]


def test_a_pv_that_is_archived_does_not_go(cluster):
    """It has to be paused first."""
    call(cluster["q0"], "resumeArchivingPV", pv="A:B")
    reply = call(cluster["q0"], "reshardPV", pv="A:B", appliance="q1", storage="LTS")
    assert reply == {"validation": "Cannot consolidate unless PV A:B is paused."}


def test_a_pv_that_cannot_be_written_does_not_go(cluster):
    """The made-up PV is removed, the source is as it was."""
    folder = cluster["q1"].root / "lts" / "A"
    folder.write_text("no folder")
    reply = call(cluster["q0"], "reshardPV", pv="A:B", appliance="q1", storage="LTS")
    assert "Giving up on resharding A:B" in reply["validation"]
    assert call(cluster["q0"], "getAllPVs") == ["A:B"]
    assert len(seconds(cluster["q0"], "A:B")) == 5


def test_an_older_pv_is_put_before_a_newer_one(cluster):
    """The newer one has the older one's samples up to its own first one, and the older name is an alias."""
    appliance = cluster["q0"]
    add(appliance, "C:D", {"lts/2024": ["2024-05-01T12:00", "2024-07-01"]})
    reply = call(appliance, "appendAndAliasPV", olderpv="A:B", newerpv="C:D", storage="LTS")
    assert reply == {"deleteNewer": "ok", "deleteOlder": "ok", "addAlias": "ok", "status": "ok"}
    times = ["2023-05-01", "2024-05-01", "2024-05-01T12:00", "2024-07-01"]
    assert seconds(appliance, "C:D") == [parse_time(time, now=0) // 10**9 for time in times]
    assert seconds(appliance, "A:B") == seconds(appliance, "C:D")
    assert call(appliance, "getAllPVs") == ["C:D", "A:B"]


NOT_APPENDED = [
    ({"paused": "false"}, "LTS", "Cannot append unless PV C:D is paused."),
    ({"DBRType": "DBR_SCALAR_INT"}, "LTS", "The PVs A:B and C:D are of different DBR Types. Cannot consolidate."),
    ({}, "XTS", "Cannot find storage with name XTS for pv C:D"),
]


@pytest.mark.parametrize(("info", "storage", "message"), NOT_APPENDED)
def test_pvs_that_do_not_fit_are_not_joined(cluster, info, storage, message):
    """Both are there afterwards, and no other."""
    add(cluster["q0"], "C:D", **info)
    reply = call(cluster["q0"], "appendAndAliasPV", olderpv="A:B", newerpv="C:D", storage=storage)
    assert reply == {"validation": message}
    assert call(cluster["q0"], "getAllPVs") == ["A:B", "C:D"]


@pytest.mark.parametrize("missing", ["olderpv", "newerpv", "storage"])
def test_a_parameter_that_is_missing_or_unknown_is_refused(cluster, missing):
    """With status 400."""
    given = {"olderpv": "A:B", "newerpv": "A:B", "storage": "LTS"}
    assert call(cluster["q0"], "appendAndAliasPV", **given | {missing: ""}) == 400
    if missing != "storage":
        assert call(cluster["q0"], "appendAndAliasPV", **given | {missing: "none"}) == 400


@pytest.mark.parametrize(("older", "newer"), [("A:B", "C:D"), ("C:D", "A:B")])
def test_pvs_without_samples_are_not_joined(cluster, older, newer):
    """The made-up PV is removed, and both stay as they were."""
    add(cluster["q0"], "C:D")
    reply = call(cluster["q0"], "appendAndAliasPV", olderpv=older, newerpv=newer, storage="LTS")
    assert reply["validation"].startswith(f"Exception appending data for {newer}_appendAlias_")
    assert reply["validation"].endswith(f". Giving up on append and alias  {older}")
    assert call(cluster["q0"], "getAllPVs") == ["A:B", "C:D"]
    assert len(seconds(cluster["q0"], "A:B")) == 5


def test_a_pv_without_samples_does_not_go(cluster):
    """It stays where it is."""
    add(cluster["q0"], "C:D")
    reply = call(cluster["q0"], "reshardPV", pv="C:D", appliance="q1", storage="LTS")
    assert reply["validation"].endswith(". Giving up on resharding C:D")
    assert call(cluster["q0"], "getPVStatus", pv="C:D")[0]["appliance"] == "q0"


def test_the_newer_pv_s_member_joins(cluster):
    """Whoever is asked, the samples are where the newer one was."""
    add(cluster["q1"], "C:D", {"lts/2024": ["2024-07-01"]})
    reply = call(cluster["q0"], "appendAndAliasPV", olderpv="A:B", newerpv="C:D", storage="LTS")
    assert reply["status"] == "ok"
    assert len(seconds(cluster["q0"], "C:D")) == 6
    assert [path for path in cluster["q0"].files() if path.endswith(".pb")] == []
