"""What the management of full running pairs was seen to do (appliance.md K), of the embedded one."""

import json

import pytest

from archredundancy.model import DbrType

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def side(bench):
    """The primary, archiving a PV with a sample in its first store."""
    bench.primary.add(paused=False, STS="HOUR&consolidateOnShutdown=true", MTS="DAY", LTS="YEAR")
    bench.primary.write("2024-06-01T00:00:00", store="STS")
    return bench.primary


def status(side, pv="X:Y"):
    """Return what getPVStatus says."""
    return side.call("getPVStatus", pv=pv)[0]["status"]


def test_a_pause_moves_on_what_a_shutdown_would(side):
    """The status is Paused, and the first store's files are in the second; a resume has its status at once (K d1)."""
    assert side.call("pauseArchivingPV") == {"pvName": "X:Y", "status": "ok"}
    assert (status(side), list(side.files())) == ("Paused", ["MTS 2024_06_01"])
    assert side.call("resumeArchivingPV") == {"pvName": "X:Y", "status": "ok"}
    assert status(side) == "Being archived"


def test_what_is_so_already_is_said_in_words(side):
    """Pausing a paused PV, resuming one that is not, and unknown ones (K d1)."""
    said = {"pvName": "X:Y", "validation": "PV X:Y is not paused"}
    assert side.call("resumeArchivingPV") == said
    side.call("pauseArchivingPV")
    assert side.call("pauseArchivingPV") == {"pvName": "X:Y", "validation": "PV X:Y is already paused"}
    unknown = "Trying to pause PV X:no that is not currently being archived or on an instance that is not active."
    assert side.call("pauseArchivingPV", pv="X:no") == {"pvName": "X:no", "validation": unknown}
    assert side.ask("/mgmt/bpl/pauseArchivingPV")[0] == 400


def test_one_known_pv_gives_an_object_several_a_list(side):
    """Whatever it was named by; a GET leaves unknown names of a list out, a POST reports them (K d1)."""
    assert side.call("pauseArchivingPV", pv="X:*") == {"pvName": "X:Y", "status": "ok"}
    assert side.call("resumeArchivingPV", pv="X:Y,X:no") == {"pvName": "X:Y", "status": "ok"}
    body = side.ask("/mgmt/bpl/pauseArchivingPV", "POST", '["X:Y","X:no"]', JSON)[1]
    assert [("status" in one, "validation" in one) for one in json.loads(body)] == [(True, False), (False, True)]
    side.add("X:other", paused=False)
    side.call("resumeArchivingPV")
    assert [one["pvName"] for one in side.call("pauseArchivingPV", pv="X:*")] == ["X:Y", "X:other"]


def test_a_post_without_a_type_fails(side):
    """Pausing and resuming by POST without a Content-Type is HTTP 500 (K details)."""
    assert side.ask("/mgmt/bpl/pauseArchivingPV", "POST", "X:Y")[0] == 500


def test_nothing_is_consolidated_into_a_black_hole(bench):
    """The reply is "ok", and all files stay (K f4)."""
    bench.primary.add(MTS="DAY", LTS="blackhole")
    bench.primary.write("2024-06-01", "2024-06-02", store="MTS")
    said = bench.primary.call("consolidateDataForPV", storage="LTS")
    assert said == {"status": "ok", "desc": "Successfully consolidated PV X:Y into LTS"}
    assert sorted(bench.primary.files()) == ["MTS 2024_06_01", "MTS 2024_06_02"]


def test_management_speaks_latin_1(side):
    """A name with µ comes as one byte (K details)."""
    side.add("X:µ")
    assert b"X:\xb5" in side.ask("/mgmt/bpl/getAllPVs")[1]


def test_details_of_odd_calls(bench, side):
    """Replies that are no JSON, or nothing, and parameters that are missing (K details)."""
    assert side.ask("/mgmt/bpl/unarchivedPVs", "POST", '["X:Y","none"]', JSON) == (200, b"[none]")
    assert side.ask("/mgmt/bpl/getMatchingPVsForThisAppliance")[0] == 500
    assert side.ask("/mgmt/bpl/archivePV")[0] == 500
    assert json.loads(side.ask("/mgmt/bpl/getApplianceInfo")[1])["identity"] == "primary0"
    assert side.ask("/retrieval/data/getData.raw?pv=a[0]")[0] == 400
    metrics = "/mgmt/bpl/getStorageMetricsForAppliance"
    assert bench.secondary.ask(metrics, appliance="secondary0") == (200, b"[]\n")
    side.call("pauseArchivingPV")
    assert side.ask("/retrieval/bpl/getMetadata", pv="X:Y") == (200, b"")


def test_json_turns_large_enums_and_empty_strings(bench):
    """Enums above 32767 become negative, and empty strings of a waveform are left out (K details)."""
    bench.primary.add(dbr_type=DbrType.SCALAR_ENUM)
    bench.primary.write("2024-06-01", dbr_type=DbrType.SCALAR_ENUM, values=[40000])
    assert b'"val": -25536' in bench.primary.get(form="json")
    bench.primary.add("X:words", DbrType.WAVEFORM_STRING)
    bench.primary.write("2024-06-01", pv="X:words", dbr_type=DbrType.WAVEFORM_STRING, values=[[b"a", b"", b"b"]])
    assert b'"val": ["a","b"]' in bench.primary.get(form="json", pv="X:words")


def test_get_data_at_time_knows_latin_1_only(bench):
    """Other characters become question marks (K details)."""
    bench.primary.add(dbr_type=DbrType.SCALAR_STRING)
    bench.primary.write("2024-06-01", dbr_type=DbrType.SCALAR_STRING, values=["中".encode()])
    path = "/retrieval/data/getDataAtTime?at=2024-06-01T00:00:00.000Z"
    assert b'"val":"?"' in bench.primary.ask(path, "POST", '["X:Y"]', JSON)[1]


def test_requests_for_samples_are_counted(side):
    """The details of a PV tell how often and when it was asked for, and by how many (E)."""
    details = {one["name"]: one["value"] for one in side.call("getPVDetails")}
    assert (details["Number of Retrieval Requests"], details["Time of last Retrieval Request"]) == ("0", "Never")
    side.get()
    side.get(form="json")
    details = {one["name"]: one["value"] for one in side.call("getPVDetails")}
    assert (details["Number of Retrieval Requests"], details["Number of unique users"]) == ("2", "1")
    assert details["Time of last Retrieval Request"].endswith(" UTC")
