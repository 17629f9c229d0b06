"""What a cluster of two members was seen to do (appliance.md L), of the embedded one."""

import json

import pytest

JUNE = ("2024-05-01", "2024-07-01")
SECOND = "2024-06-01T00:00:00"


@pytest.fixture
def filled(members):
    """Two members with a PV each, of five samples; the secondary has five others of both."""
    for number, side in ((0, members.q0), (1, members.q1)):
        side.add(f"M:{number}", STS="HOUR", LTS="MONTH")
        side.write(*(f"2024-06-0{day}" for day in range(1, 6)), pv=f"M:{number}")
        members.secondary.add(f"M:{number}")
        members.secondary.write(*(f"2024-06-0{day}T12:00:00" for day in range(1, 6)), pv=f"M:{number}")
    return members


def test_type_infos_are_shared_at_once(members):
    """A PV that one member has made is known to the other (L 0)."""
    members.q0.add("M:new")
    assert members.q1.call("getPVTypeInfo", pv="M:new")["applianceIdentity"] == "q0"


@pytest.mark.parametrize("pv", ["M:0", "M:1"])
def test_get_data_leaves_external_servers_out_at_both(filled, register, pv):
    """skipExternalServers is passed on to the owner (L 2b)."""
    register(filled.q0, filled.secondary)
    for side in (filled.q0, filled.q1):
        assert len(side.times(*JUNE, pv=pv, skipExternalServers="true")) == 5


def test_consolidating_works_at_either_member(members):
    """The owner's files change (L 3c)."""
    members.q1.add("M:1", STS="HOUR", LTS="YEAR")
    members.q1.write(f"{SECOND}", pv="M:1", store="STS")
    said = members.q0.call("consolidateDataForPV", pv="M:1", storage="LTS")
    assert said == {"status": "ok", "desc": "Successfully consolidated PV M:1 into LTS"}
    assert list(members.q1.stored()) == ["LTS 2024"]


def test_any_member_may_be_the_other_of_a_merge(filled):
    """The member that is asked passes the requests on, and the merge is complete (L 5)."""
    assert filled.secondary.merge(filled.q1, pv="M:0") == (200, {"status": "ok"})
    assert len(filled.secondary.times(pv="M:0")) == 10


def test_external_servers_are_shared_and_wait_for_a_reset(filled, register):
    """Seen at both at once, effective at neither before a reset, which covers both (L 6)."""
    url = f"{filled.secondary.retrieval_url}?mergeDuringRetrieval=true"
    stored = {"channelarchiverserverurl": url, "archives": "pbraw"}
    assert filled.q0.ask("/mgmt/bpl/addExternalArchiverServerArchives", **stored)[0] == 200
    for side in (filled.q0, filled.q1):
        assert json.loads(side.ask("/mgmt/bpl/getExternalArchiverServers")[1]) == [{"CAUrl": url, "indexes": "pbraw"}]
    assert len(filled.q1.times(*JUNE, pv="M:1")) == 5
    said = json.loads(filled.q0.ask("/mgmt/bpl/resetFailoverCaches")[1])
    assert sorted(one["appliance"] for one in said) == ["q0", "q1"]
    assert [len(side.times(*JUNE, pv="M:1")) for side in (filled.q0, filled.q1)] == [10, 10]


def test_flags_are_shared(filled):
    """One that is set at one member hides a store of the other's PV (L 7)."""
    filled.q0.call("setNamedFlag", name="SKIP_LTS_FOR_RETRIEVAL", value="true")
    assert filled.q1.call("getNamedFlag", name="SKIP_LTS_FOR_RETRIEVAL") == {"SKIP_LTS_FOR_RETRIEVAL": True}
    assert filled.q1.times(*JUNE, pv="M:1") == []


def test_get_data_for_pvs_forgets_to_leave_external_servers_out(filled, register):
    """skipExternalServers is not passed on: the other member's PVs come merged (L 2b)."""
    register(filled.q0, filled.secondary)
    path = "/retrieval/data/getDataForPVs.json?pv=M:0&pv=M:1&from=2024-05-01T00:00:00Z&to=2024-07-01T00:00:00Z"
    for side, counts in ((filled.q0, [5, 10]), (filled.q1, [10, 5])):
        found = json.loads(side.ask(f"{path}&skipExternalServers=true")[1])
        assert [len(pv["data"]) for pv in found] == counts


def test_a_consolidation_is_told_its_date(members):
    """One long ago moves nothing, and is said to have succeeded (L 3c)."""
    members.q1.add("M:1", STS="HOUR", LTS="YEAR")
    members.q1.write(f"{SECOND}", pv="M:1", store="STS")
    assert (
        members.q0.call("consolidateDataForPV", pv="M:1", storage="LTS", date="2020-01-01T00:00:00Z")["status"] == "ok"
    )
    assert list(members.q1.stored()) == ["STS 2024_06_01_00"]


def test_a_merge_from_a_cluster_whose_owner_is_down_changes_nothing(filled):
    """HTTP 500, while PVs of the member that is asked are merged (L 5)."""
    filled.cluster["q1"].stop()
    before = filled.secondary.files()
    assert filled.secondary.merge(filled.q0, pv="M:1")[0] == 500
    assert filled.secondary.files() == before
    assert filled.secondary.merge(filled.q0, pv="M:0")[0] == 200


def test_what_a_member_finds_at_its_return(filled):
    """Flags are what they were; an external server registered meanwhile is asked without a reset (L 4d, L 6)."""
    filled.q0.call("setNamedFlag", name="X", value="true")
    filled.cluster["q1"].stop()
    url = f"{filled.secondary.retrieval_url}?mergeDuringRetrieval=true"
    filled.q0.call("addExternalArchiverServerArchives", channelarchiverserverurl=url, archives="pbraw")
    assert [one["appliance"] for one in filled.q0.call("resetFailoverCaches")] == ["q0"]
    filled.cluster["q1"].start()
    assert filled.q1.call("getAllNamedFlags") == {"X": True}
    assert len(filled.q1.times(*JUNE, pv="M:1")) == 10


@pytest.mark.parametrize("asked", ["q0", "q1"])
def test_a_pv_is_moved_to_another_member(filled, asked):
    """Whoever is asked: type info and samples are at the other one, the old files gone, the PV paused (L 3h)."""
    before = filled.q0.times(*JUNE, pv="M:0")
    said = getattr(filled, asked).call("reshardPV", pv="M:0", appliance="q1", storage="LTS")
    assert said == {
        "status": "ok",
        "desc": "Successfully assigned M:0 to appliance q1",
        "beforeEventCount": "5",
        "afterEventCount": "5",
        "deleteOriginal": "ok",
        "renameTemporary": "ok",
    }
    for side in (filled.q0, filled.q1):
        assert side.call("getPVStatus", pv="M:0")[0]["appliance"] == "q1"
        assert side.times(*JUNE, pv="M:0") == before
        assert side.call("getAllPVs", pv="*") == ["M:0", "M:1"]
    assert filled.q0.files() == {}
    assert sorted(filled.q1.appliance.files()) == ["lts/M/0:2024_06.pb", "lts/M/1:2024_06.pb"]


@pytest.mark.parametrize(
    ("storage", "appliance", "status", "said"),
    [
        ("LTS", "q0", 400, None),
        ("LTS", "none", 400, None),
        ("", "q1", 400, None),
        ("XXX", "q1", 200, {"validation": "Cannot find storage with name XXX for pv M:0"}),
    ],
)
def test_a_pv_is_not_moved(filled, storage, appliance, status, said):
    """To where it is already, to nobody, or out of a store that it does not have (L 3h)."""
    answer = filled.q1.ask("/mgmt/bpl/reshardPV", pv="M:0", appliance=appliance, storage=storage)
    assert (answer[0], json.loads(answer[1]) if said else None) == (status, said)
    assert filled.q0.call("getPVStatus", pv="M:0")[0]["appliance"] == "q0"


def test_a_store_is_changed_in_the_owners_folders(filled):
    """Whoever is asked; with the owner down the answer is `null`, HTTP 200 (L 3b)."""
    q0, q1 = filled.q0, filled.q1
    backend = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}/new&partitionGranularity=PARTITION_MONTH"
    said = q0.call("changeStore", pv="M:1", storage="LTS", newbackend=backend)
    assert said == {"status": "ok", "desc": "Successfully changed the storage for PV M:1 into LTS"}
    assert list(q1.appliance.files()) == ["lts/new/M/1:2024_06.pb"]
    assert [len(side.times(*JUNE, pv="M:1")) for side in (q0, q1)] == [5, 5]
    filled.cluster["q1"].stop()
    assert q0.call("changeStore", pv="M:1", storage="LTS", newbackend=backend) is None


def test_an_import_is_not_passed_on(filled):
    """It writes into a folder of the member that is asked, "ok", where nobody ever reads it (L 3d)."""
    q0, q1 = filled.q0, filled.q1
    url = f"pbraw://localhost?name=X&rawURL={filled.secondary.retrieval_url}/data/getData.raw"
    window = {"from": "2024-06-06T00:00:00Z", "to": "2024-07-01T00:00:00Z"}
    assert q0.call("importDataFromPlugin", pv="M:1", src=url, dest="LTS", **window) == {"pvName": "M:1", "status": "ok"}
    assert "lts/M/1:2024_06.pb" in q0.appliance.files()
    assert [len(side.times(*JUNE, pv="M:1")) for side in (q0, q1)] == [5, 5]
    assert q0.call("deletePV", pv="M:1", deleteData="true")["status"] == "ok"
    assert "lts/M/1:2024_06.pb" in q0.appliance.files()
    assert "lts/M/1:2024_06.pb" not in q1.appliance.files()
