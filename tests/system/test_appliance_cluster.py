"""A cluster of two members, asked over HTTP."""

import json
from http.client import HTTPConnection

import pytest

from archredundancy.appliance import ApplianceCluster, AppliancePair

STORES = [
    f"pb://localhost?name={name}&rootFolder=${{ARCHAPPL_{term}_TERM_FOLDER}}&partitionGranularity=PARTITION_{size}"
    for name, term, size in (("STS", "SHORT", "HOUR"), ("MTS", "MEDIUM", "DAY"), ("LTS", "LONG", "YEAR"))
]


@pytest.fixture
def cluster(tmp_path):
    """Two running members; A belongs to q0, B to q1 and is archived."""
    with ApplianceCluster(tmp_path, identities=("q0", "q1"), lag=0.0) as cluster:
        cluster["q0"].add_pv({"pvName": "A", "dataStores": STORES, "paused": "true"})
        cluster["q1"].add_pv({"pvName": "B", "dataStores": STORES})
        yield cluster


def ask(appliance, path, method="GET", body=None):
    """Return status and body of an answer."""
    connection = HTTPConnection(appliance.url.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def asked(appliance, call):
    """Return the JSON that a call of the management answers."""
    status, body = ask(appliance, f"/mgmt/bpl/{call}")
    assert status == 200
    return json.loads(body)


def identities(appliance):
    """Return who is there, by what a member says."""
    return [info["identity"] for info in asked(appliance, "getAppliancesInCluster")]


@pytest.mark.parametrize("call", ["getPVStatus?pv=*", "getAllPVs", "getPVDetails?pv=B", "getAppliancesInCluster"])
def test_information_is_the_same_at_both(cluster, call):
    """Whichever member is asked (appliance.md L, 1)."""
    assert asked(cluster["q0"], call) == asked(cluster["q1"], call)


def test_calls_of_this_appliance_differ(cluster):
    """They say what belongs to the member that is asked (appliance.md L, 1)."""
    calls = ("getApplianceInfo", "getMatchingPVsForThisAppliance?pv=*", "getPVsForThisAppliance")
    own, others, _ = ([asked(cluster[name], call) for name in ("q0", "q1")] for call in calls)
    assert [info["identity"] for info in own] == ["q0", "q1"]
    assert others == [["A"], ["B"]]


def test_a_member_that_is_down(cluster):
    """Its running PVs are `Appliance Down`, its paused ones `Paused`; it is listed no more, but still known."""
    cluster["q0"].stop()
    up = cluster["q1"]
    assert asked(up, "getPVStatus?pv=A") == [
        {"appliance": "q0", "pvName": "A", "pvNameOnly": "A", "status": "Paused"},
    ]
    cluster["q0"].start()
    cluster["q1"].kill()
    up = cluster["q0"]
    assert asked(up, "getPVStatus?pv=B") == [{"pvName": "B", "status": "Appliance Down"}]
    assert identities(up) == ["q0"]
    assert asked(up, "getApplianceInfo?id=q1")["identity"] == "q1"
    assert ask(up, "/mgmt/bpl/getVersions?id=q1") == (200, b"")
    assert ask(up, "/mgmt/bpl/getApplianceInfo?id=none")[0] == 404
    cluster["q1"].stop()
    cluster["q1"].start()
    assert identities(up) == ["q0", "q1"]
    assert asked(up, "getPVStatus?pv=B")[0]["status"] == "Being archived"


def test_a_pair_may_have_a_cluster_as_primary(tmp_path):
    """Its first member is the primary; the secondary is no member."""
    with AppliancePair(tmp_path, primary_members=("q0", "q1")) as pair:
        assert pair.primary is pair.primary_cluster["q0"]
        assert identities(pair.primary_cluster["q1"]) == ["q0", "q1"]
        assert identities(pair.secondary) == ["secondary0"]
