"""Calls of the embedded appliances' management, over HTTP."""

import json
from urllib.parse import urlencode

import pytest

from archredundancy.appliance import Appliance, SiteSettings
from archredundancy.model import DbrType, Samples, parse_time
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk


@pytest.fixture
def appliance(tmp_path):
    """A single running appliance."""
    with Appliance("primary0", tmp_path, lag=0.0) as started:
        yield started


def call(appliance, name, body=None, content_type=None, /, **parameters):
    """Return status and body of a call; with a body it is a POST."""
    headers = {"Content-Type": content_type} if content_type else {}
    method = "GET" if body is None else "POST"
    status, answer = ask(appliance, f"/mgmt/bpl/{name}?{urlencode(parameters)}", method, body, headers)
    return status, answer.decode("latin-1")


def asked(appliance, name, /, *arguments, **parameters):
    """Return the JSON of a call."""
    return json.loads(call(appliance, name, *arguments, **parameters)[1])


def test_a_request_is_pending_until_it_is_aborted(appliance):
    """Status, list and a second request know of it, also after a restart (`11_lifecycle`)."""
    assert (
        call(appliance, "archivePV", pv="A:B")[1]
        == '[\n{ "pvName": "A:B", "status": "Archive request submitted" }\n]\n'
    )
    appliance.stop()
    appliance.start()
    assert asked(appliance, "archivePV", pv="A:B.HIHI")[0]["status"] == "Already submitted"
    assert asked(appliance, "getPVStatus", pv="A:B") == [{"pvName": "A:B", "status": "Initial sampling"}]
    assert [row["currentState"] for row in asked(appliance, "getNeverConnectedPVsForThisAppliance")] == ["START"]
    assert asked(appliance, "abortArchivingPVForThisAppliance", pv="A:B")["status"] == "ok"
    assert asked(appliance, "getPVStatus", pv="A:B")[0]["status"] == "Not being archived"


def test_a_form_may_name_what_is_to_be_archived(appliance):
    """A POST of a form is read as the URL is."""
    form = "application/x-www-form-urlencoded"
    reply = asked(appliance, "archivePV", b"pv=A%3AB,C&samplingperiod=2", form)
    assert [row["pvName"] for row in reply] == ["A:B", "C"]


BROKEN_OFF = [
    (
        [{"pv": "A"}, {"pv": "bad name"}, {"pv": "C"}],
        '[\n{ "pvName": "A", "status": "Archive request submitted" }\n,\n',
    ),
    ([{"pv": "A", "samplingmethod": "nosuch"}], "[\n]\n"),
    ([{"pv": "A", "samplingperiod": "often"}, {}], "[\n,\n"),
]


@pytest.mark.parametrize(("entries", "reply"), BROKEN_OFF)
def test_a_reply_breaks_off_at_a_name_that_is_none(appliance, entries, reply):
    """The status is 200 by then; an entry that cannot be read is left out with its comma."""
    assert call(appliance, "archivePV", json.dumps(entries).encode(), "application/json") == (200, reply)


REFUSED = [
    ({"pv": "A", "samplingperiod": "often"}, None),
    ({"pv": "A", "samplingmethod": "monitor"}, None),
    ({"pv": "A", "appliance": "nosuch"}, None),
    ({}, b"{}"),
    ({}, b'["A"]'),
    ({}, b"rubbish"),
]


@pytest.mark.parametrize(("parameters", "body"), REFUSED)
def test_requests_that_cannot_be_read_are_errors(appliance, parameters, body):
    """500, and nothing is pending."""
    status, _ = call(appliance, "archivePV", body, "application/json" if body else None, **parameters)
    assert status == 500
    assert asked(appliance, "getNeverConnectedPVs") == []


def test_a_field_or_alias_is_added_to_what_is_archived(appliance):
    """A field that goes with the stream joins the PV's fields, another one is a PV of its own."""
    appliance.add_pv({"pvName": "A", "dataStores": [], "archiveFields": ["HIHI"]})
    body = json.dumps([{"pv": "A.LOLO", "alias": "a"}, {"pv": "A.HIHI"}, {"pv": "A.DESC"}]).encode()
    reply = asked(appliance, "archivePV", body, "application/json")
    assert [(row["pvName"], row["status"]) for row in reply] == [
        ("A", "Already submitted"),
        ("A", "Already submitted"),
        ("A.DESC", "Archive request submitted"),
    ]
    assert asked(appliance, "getPVTypeInfo", pv="a")["archiveFields"] == ["HIHI", "LOLO"]


def test_site_settings_name_files_and_set_flags(tmp_path):
    """Separators are the site's, flags come from its file at each start and are lost otherwise."""
    flags = tmp_path / "flags.properties"
    flags.write_text("SKIP_LTS_FOR_ETL=true\n")
    settings = SiteSettings(separators="[:{}]", named_flags=flags)
    with Appliance("primary0", tmp_path / "a", settings=settings) as appliance:
        appliance.add_pv({"pvName": "SR{C}I-1", "dataStores": []})
        assert appliance.type_info("SR{C}I-1").key == "SR/C/I-1:"
        asked(appliance, "setNamedFlag", name="other", value="true")
        assert asked(appliance, "getAllNamedFlags") == {"SKIP_LTS_FOR_ETL": True, "other": True}
        appliance.stop()
        appliance.start()
        assert appliance.type_info("SR{C}I-1").key == "SR/C/I-1:"
        assert asked(appliance, "getAllNamedFlags") == {"SKIP_LTS_FOR_ETL": True}


STORES = [
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR",
    "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_MONTH",
]
MOVED = STORES[1].replace("FOLDER}", "FOLDER}_moved")


@pytest.fixture
def filled(appliance):
    """A paused PV of six samples, two of them in the current hour."""
    samples = {"sts/A/B:2024_06_02_10.pb": ["2024-06-02T10:00", "2024-06-02T10:30"]}
    samples |= {f"lts/A/B:2024_0{month}.pb": [f"2024-0{month}-01", f"2024-0{month}-02"] for month in (4, 5)}
    appliance.clock = lambda: parse_time("2024-06-02T10:45", now=0)
    appliance.add_pv({"pvName": "A:B", "dataStores": STORES, "paused": "true"})
    for path, times in samples.items():
        store, _, name = path.partition("/")
        appliance.put_file(store.upper(), name, pb(times))
    return appliance


def pb(times, pv="A:B"):
    """Return a PB file."""
    stamps = [parse_time(time, now=0) for time in times]
    content = Samples.build(DbrType.SCALAR_DOUBLE, stamps, [1.5] * len(stamps))
    return encode_chunk(ChunkHeader(dbr_type=content.dbr_type, pv=pv, year=2024), content)


def count(appliance, pv="A:B"):
    """How many samples there are of a PV, as a client counts them; None if it is refused."""
    window = {"pv": pv, "from": "2024-01-01T00:00:00Z", "to": "2024-12-31T00:00:00Z"}
    status, body = ask(appliance, "/retrieval/data/getData.json", **window)
    return sum(len(chunk["data"]) for chunk in json.loads(body)) if status == 200 else None


def test_a_store_is_changed_and_changed_back(filled):
    """All files move, nothing is lost, and the URL is the new one (A.7, the scenario of ChangeStoreTest)."""
    for url, folder in ((MOVED, "lts_moved"), (STORES[1], "lts")):
        reply = asked(filled, "changeStore", pv="A:B", storage="LTS", newbackend=url)
        assert reply == {"status": "ok", "desc": "Successfully changed the storage for PV A:B into LTS"}
        assert asked(filled, "getStoresForPV", pv="A:B")["LTS"] == url
        assert sorted(path for path in filled.files() if "lts" in path) == [
            f"{folder}/A/B:2024_0{month}.pb" for month in (4, 5)
        ]
        assert count(filled) == 6


def test_a_backend_that_is_none_breaks_the_pv_until_it_is_mended(filled):
    """The reply is ok all the same; then calls answer 500 until `putPVTypeInfo` brings the saved type info back."""
    saved = call(filled, "getPVTypeInfo", pv="A:B")[1].encode("latin-1")
    assert asked(filled, "changeStore", pv="A:B", storage="LTS", newbackend="rubbish")["status"] == "ok"
    broken = ("getStoresForPV", "changeStore", "consolidateDataForPV", "mergeInData", "deletePV")
    extra = {"storage": "LTS", "newbackend": MOVED, "other": filled.retrieval_url, "deleteData": "true"}
    assert [call(filled, name, pv="A:B", **extra)[0] for name in broken] == [500] * 5
    assert not count(filled)
    assert call(filled, "putPVTypeInfo", saved, "application/json", pv="A:B", override="true")[0] == 200
    assert count(filled) == 6


VALIDATIONS = [
    ("changeStore", {"storage": "XTS", "newbackend": MOVED}, "Cannot find storage with name XTS for pv A:B"),
    ("renamePV", {"newname": "A:B"}, "While renaming PV  A:B to A:B, the new name  already exists "),
]


@pytest.mark.parametrize(("name", "parameters", "message"), VALIDATIONS)
def test_what_does_not_fit_is_said(filled, name, parameters, message):
    """With status 200 and a validation."""
    assert asked(filled, name, pv="A:B", **parameters) == {"validation": message}


RUNNING = [
    ("changeStore", {"storage": "LTS", "newbackend": MOVED}, "Need to pause PV before changing type for A:B"),
    ("changeTypeForPV", {"newtype": "DBR_SCALAR_INT"}, "Need to pause PV before changing type for A:B"),
    ("renamePV", {"newname": "C"}, "Need to pause PV before renaming A:B to C"),
]


@pytest.mark.parametrize(("name", "parameters", "message"), RUNNING)
def test_a_pv_that_is_archived_is_left_alone(filled, name, parameters, message):
    """It has to be paused first; and without a parameter, or for another PV, the status is 400."""
    asked(filled, "resumeArchivingPV", pv="A:B")
    assert asked(filled, name, pv="A:B", **parameters) == {"validation": message}
    assert call(filled, name, pv="A:B")[0] == 400
    assert call(filled, name, pv="none", **parameters)[0] == 400


def test_a_type_is_changed_in_all_stores(filled):
    """Every file is rewritten, and the type info says so; the time of its last change stays."""
    before = asked(filled, "getPVTypeInfo", pv="A:B")
    assert asked(filled, "changeTypeForPV", pv="A:B", newtype="DBR_SCALAR_INT") == {"status": "ok"}
    assert asked(filled, "getPVTypeInfo", pv="A:B") == before | {"DBRType": "DBR_SCALAR_INT"}
    assert {data[:2] for path, data in filled.files().items() if path.endswith(".pb")} == {b"\x08\x05"}
    assert count(filled) == 6


@pytest.mark.parametrize("newtype", ["rubbish", "SCALAR_INT", "DBR_WAVEFORM_INT"])
def test_a_type_that_cannot_be_is_an_error(filled, newtype):
    """500, and no file is changed."""
    before = {path: data for path, data in filled.files().items() if path.endswith(".pb")}
    assert call(filled, "changeTypeForPV", pv="A:B", newtype=newtype)[0] == 500
    assert {path: data for path, data in filled.files().items() if path.endswith(".pb")} == before


def test_a_renamed_pv_is_a_copy(filled):
    """Both are there, paused, with all samples; the copy's files have its own name in path and header."""
    reply = asked(filled, "renamePV", pv="A:B", newname="C:D")
    assert reply == {"status": "ok", "desc": "Successfully renamed PV A:B to C:D"}
    assert [count(filled, pv) for pv in ("A:B", "C:D")] == [6, 6]
    assert [row["status"] for row in asked(filled, "getPVStatus", pv="A:B,C:D")] == ["Paused", "Paused"]
    assert filled.files()["lts/C/D:2024_04.pb"].startswith(b"\x08\x06\x12\x03C:D")


def test_a_rename_that_fails_says_so(filled):
    """What was copied by then stays, as the real one leaves it."""
    filled.put_file("LTS", "A/B:2024_05.pb", b"junk\n")
    reply = asked(filled, "renamePV", pv="A:B", newname="C:D")
    assert reply["validation"].startswith("Exception while renaming PV  A:B to C:D ")
    assert "lts/C/D:2024_04.pb" in filled.files()


def test_rates_and_room_are_told(appliance):
    """Of stores that ETL works on; of PVs that are not paused, the largest first, by all their files."""
    for pv, paused, times in (("A", "false", 3), ("B", "false", 9), ("C", "true", 9)):
        appliance.add_pv({"pvName": pv, "dataStores": STORES, "paused": paused})
        appliance.put_file("LTS", f"{pv}:2024_05.pb", pb([f"2024-05-0{day}" for day in range(1, times + 1)], pv))
    appliance.put_file("LTS", "A:2024_05.firstSample", b"a cache counts too" * 60)
    consumed = asked(appliance, "getPVsByStorageConsumed")
    assert [row["pvName"] for row in consumed] == ["A", "B"]
    assert asked(appliance, "getPVsByStorageConsumed", limit=1) == consumed[:1]
    stores = asked(appliance, "getStorageMetricsForAppliance", appliance="primary0")
    assert [store["name"] for store in stores] == ["STS", "LTS"]
    assert stores[0]["time_copy_data_into_store"] == "NaN"
    (metrics,) = asked(appliance, "getApplianceMetrics")
    assert (metrics["pvCount"], metrics["status"], metrics["totalETLRuns(LTS)"]) == ("2", "Working", "0")
    assert asked(appliance, "getStorageMetrics")[0].keys() == metrics.keys()
    assert "MGMT_uptime" in asked(appliance, "getInstanceMetrics")[0]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("getStorageMetricsForAppliance", {"appliance": "nosuch"}), ("getPVsByStorageConsumed", {"limit": "many"})],
)
def test_metrics_of_nothing_are_an_error(appliance, name, parameters):
    """An appliance that is not known, or a limit that is no number: 500."""
    assert call(appliance, name, **parameters)[0] == 500


def test_only_pvs_that_were_changed_are_listed_as_modified(filled):
    """The latest change first; a PV that is as it was added is not listed."""
    filled.add_pv({"pvName": "C", "dataStores": STORES, "paused": "true"})
    assert asked(filled, "getRecentlyModifiedPVs") == []
    asked(filled, "resumeArchivingPV", pv="C")
    expected = [{"pvName": "C", "instance": "primary0", "modificationTime": "Jun/02/2024 10:45:00 UTC"}]
    assert asked(filled, "getRecentlyModifiedPVs") == expected


def test_a_configuration_goes_to_another_appliance(filled, tmp_path):
    """What one exports the other imports; a second time all its PVs are refused."""
    filled.add_pv({"pvName": "C", "dataStores": STORES})
    exported = call(filled, "exportConfig")[1].encode("latin-1")
    with Appliance("primary0", tmp_path / "other", lag=0.0) as other:
        assert asked(other, "importConfig", exported) == [{"appliance": "primary0", "errorPVs": []}]
        assert [row["status"] for row in asked(other, "getPVStatus", pv="A:B,C")] == ["Paused", "Being archived"]
        assert asked(other, "importConfig", exported) == [{"appliance": "primary0", "errorPVs": ["A:B", "C"]}]


def test_a_single_type_info_is_not_imported(filled, tmp_path):
    """Nor are those of an appliance that is not known; the reply is empty, and nobody is told."""
    single = call(filled, "exportConfig")[1].encode("latin-1")
    with Appliance("primary0", tmp_path / "other") as other:
        assert asked(other, "importConfig", single) == []
        foreign = single.replace(b"primary0", b"nosuch")
        assert asked(other, "importConfig", foreign[:-3] + b"," + foreign[2:]) == []
        assert asked(other, "getAllPVs") == []


@pytest.mark.parametrize("body", [b"rubbish", b"[1]", b"[{}]"])
def test_what_is_no_configuration_is_an_error(appliance, body):
    """500, and nothing is imported."""
    assert call(appliance, "importConfig", body)[0] == 500


def test_an_import_takes_only_the_members_own(appliance):
    """Another's PV is named among those with errors."""
    body = json.dumps([{"pvName": "A", "applianceIdentity": "other"}]).encode()
    assert asked(appliance, "importConfigForAppliance", body)["errorPVs"] == ["A"]


def test_a_status_is_asked_for_by_any_name(filled):
    """With a protocol, `.VAL`, or a field that is archived with the PV; the reply has the name that was asked for."""
    filled.add_pv({"pvName": "C", "dataStores": STORES, "paused": "true", "archiveFields": ["HIHI"]})
    names = ["C", "C.VAL", "pva://C", "C.HIHI", "C.LOLO"]
    rows = asked(filled, "getPVStatus", pv=",".join(names))
    assert [row["pvName"] for row in rows] == names
    assert [row.get("pvNameOnly") for row in rows] == ["C", "C", "C", "C", None]
    assert [row["pvName"] for row in asked(filled, "getPVStatus", regex="C|D")] == ["C"]
    assert len(asked(filled, "getPVStatus", limit=1)) == 1
    assert call(filled, "getPVStatus", regex="(")[0] == 500


def test_a_post_names_what_is_paused_without_globs(appliance):
    """A star in its list is an unknown name; an alias is answered by the PV's own name."""
    for pv in ("A", "B"):
        appliance.add_pv({"pvName": pv, "dataStores": STORES})
    asked(appliance, "addAlias", pv="A", aliasname="a")
    replies = asked(appliance, "pauseArchivingPV", b'["*", "a"]', "application/json")
    assert [(reply["pvName"], "validation" in reply) for reply in replies] == [("*", True), ("A", False)]
    assert asked(appliance, "getPausedPVsForThisAppliance") == ["A"]


def test_several_pvs_are_deleted_in_one_call(appliance):
    """By glob, comma or POST; each line of the reply is for one (`DeletePV`)."""
    for pv in ("A1", "A2", "B", "C", "D"):
        appliance.add_pv({"pvName": pv, "dataStores": STORES, "paused": str(pv != "B").lower()})
    assert asked(appliance, "deletePV", pv="A*,none") == {"validation": "\n\n", "status": "ok"}
    reply = asked(appliance, "deletePV", b'["B", "C"]', "application/json")
    assert reply == {
        "validation": "We will not stop archiving PV B if it is not paused. Please pause recording first.\n\n"
    }
    assert call(appliance, "deletePV", b'["D", "none"]', "application/json")[0] == 400
    assert call(appliance, "deletePV", b"pv=B")[0] == 500
    assert asked(appliance, "getAllPVs") == ["B"]


@pytest.mark.parametrize(("parameters", "status"), [({}, 404), ({"webapp": "rubbish"}, 500), ({"webapp": "ETL"}, 200)])
def test_a_part_may_say_that_it_is_ready(appliance, parameters, status):
    """The reply is empty; before the appliance is up there is none."""
    assert call(appliance, "webAppReady", **parameters)[0] == status


METHODS = [
    ("getAllPVs", b"", 404),
    ("mergeInData", b"", 404),
    ("putPVTypeInfo", None, 404),
    ("importConfig", None, 404),
    ("unarchivedPVs", None, 404),
    ("nosuch", None, 404),
    ("nosuch", b"", 404),
    ("getPVStatus", b"", 200),
]


@pytest.mark.parametrize(("name", "body", "status"), METHODS)
def test_a_call_has_its_methods(appliance, name, body, status):
    """Most are for GET, some for POST, few for both; the rest are not found (`mgmt.BPLServlet`)."""
    assert call(appliance, name, body)[0] == status


PARAMETERS = [
    ({"samplingperiod": "2"}, 200, "2.0", "MONITOR"),
    ({"samplingperiod": "0.5", "samplingmethod": "SCAN"}, 200, "0.5", "SCAN"),
    ({"samplingperiod": "often"}, 500, "1.0", "MONITOR"),
    ({"samplingperiod": "nan", "samplingmethod": "SCAN"}, 500, "1.0", "MONITOR"),
    ({"samplingperiod": "1e39"}, 500, "1.0", "MONITOR"),
    ({"samplingperiod": "2", "samplingmethod": "scan"}, 500, "1.0", "MONITOR"),
    ({"samplingmethod": "SCAN"}, 400, "1.0", "MONITOR"),
]


@pytest.mark.parametrize(("parameters", "status", "period", "method"), PARAMETERS)
def test_sampling_is_changed_as_said(filled, parameters, status, period, method):
    """A paused PV's reply is empty; what cannot be read changes nothing."""
    assert call(filled, "changeArchivalParameters", pv="A:B", **parameters)[0] == status
    info = asked(filled, "getPVTypeInfo", pv="A:B")
    assert (info["samplingPeriod"], info["samplingMethod"]) == (period, method)


def test_requests_for_samples_are_counted(filled):
    """`getPVDetails` tells those for the PV, the metrics those for all."""
    for _ in range(2):
        count(filled)
    rows = {
        row["name"]: row["value"] for row in asked(filled, "getPVDetails", pv="A:B") if row["source"] == "RETRIEVAL"
    }
    assert rows == {
        "Number of Retrieval Requests": "2",
        "Time of last Retrieval Request": "Jun/02/2024 10:45:00 UTC",
        "Number of unique users": "1",
    }
    (metrics,) = asked(filled, "getApplianceMetrics")
    assert rows.items() <= metrics.items()


@pytest.mark.parametrize("name", ["getPVsByStorageConsumed", "getEventRateReport", "getRecentlyAddedPVs"])
def test_a_limit_that_is_no_number_is_an_error(appliance, name):
    """As Java's exception leaves it: with status 500."""
    assert call(appliance, name, limit="1")[0] == 200
    assert call(appliance, name, limit="x")[0] == 500


def test_a_time_of_consolidation_that_is_none_is_an_error(filled):
    """With status 500; nothing moves."""
    before = filled.files()
    assert call(filled, "consolidateDataForPV", pv="A:B", storage="LTS", date="yesterday")[0] == 500
    assert filled.files() == before
