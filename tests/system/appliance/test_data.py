"""Calls below /retrieval/data, over HTTP: formats, several PVs, samples at a time (appliance.md B.1, B.7, K, L)."""

import json
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import numpy as np
import pytest

from archredundancy.appliance import Appliance
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, chunk_key, parse_time, start_of_year
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

NEW_YEAR = start_of_year(2024)
NOW = parse_time("2024-06-01", now=0)
YEAR = {"from": "2024-01-01T00:00:00Z", "to": "2024-12-31T00:00:00Z"}
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
MTS = "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def file_of(pv, seconds):
    """Return a PB file of 2024 with samples so many seconds after its start; their values are the seconds."""
    samples = Samples.build(DbrType.SCALAR_DOUBLE, NEW_YEAR + np.array(seconds, np.int64) * NS_PER_SECOND, seconds)
    return encode_chunk(ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=pv, year=2024), samples)


@pytest.fixture
def appliance(tmp_path):
    """An appliance with the PVs A, of two stores, and B, which also has an alias."""
    with Appliance("primary0", tmp_path, lag=0.0, clock=lambda: NOW) as running:
        for pv, stores in (("A", [MTS, LTS]), ("B", [LTS])):
            running.add_pv({"pvName": pv, "dataStores": stores, "paused": "true"})
        running.put_file("MTS", f"{chunk_key('A')}2024.pb", file_of("A", [30, 40]))
        running.put_file("LTS", f"{chunk_key('A')}2024.pb", file_of("A", [1, 2]))
        running.put_file("LTS", f"{chunk_key('B')}2024.pb", file_of("B", [5]))
        ask(running, "/mgmt/bpl/addAlias", pv="B", aliasname="other")
        yield running


def ask(appliance, path, method="GET", body=None, headers=None, **parameters):
    """Return status, Content-Type and body of an answer."""
    connection = HTTPConnection(urlsplit(appliance.url).netloc, timeout=30)
    try:
        query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
        connection.request(method, path + query, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type"), answer.read()
    finally:
        connection.close()


def data(appliance, call, *args, **kwargs):
    """Return status, Content-Type and body of a call below /retrieval/data."""
    return ask(appliance, f"/retrieval/data/{call}", *args, **kwargs)


TYPES = {
    "raw": "application/x-protobuf",
    "json": "application/json",
    "qw": "application/json",
    "jplot": "application/json",
    "csv": "text/csv",
    "txt": "text/plain",
    "flx": "text/xml",
    "svg": "image/svg+xml",
}


@pytest.mark.parametrize("form", TYPES)
def test_each_format_has_its_media_type(appliance, form):
    """The types are bare, also those of texts, and also where there is nothing to say."""
    status, media_type, body = data(appliance, f"getData.{form}", pv="B", **YEAR)
    assert (status, media_type) == (200, TYPES[form])
    assert body
    past = {"from": "2001-01-01T00:00:00Z", "to": "2001-01-02T00:00:00Z"}
    assert data(appliance, f"getData.{form}", pv="B", **past)[:2] == (200, TYPES[form])


def test_a_format_that_is_not_known_gets_nothing(appliance):
    """200 and an empty body, for mat too; no format at all is an error, and so is the pair of method and call."""
    assert data(appliance, "getData.nosuch", pv="B")[::2] == (200, b"")
    assert data(appliance, "getData.mat", pv="B")[::2] == (200, b"")
    assert data(appliance, "getData", pv="B")[0] == 500
    assert data(appliance, "getData.json", "POST", b"pv=B", FORM)[0] == 400
    assert data(appliance, "getDataAtTime", pv="B")[0] == 400


def test_text_names_the_files_it_reads(appliance):
    """The sample before the window is named by its store, if it comes from a file of its own."""
    late = {"from": "2025-01-01T00:00:00Z", "to": "2025-01-02T00:00:00Z"}
    _, _, body = data(appliance, "getData.txt", pv="B", **late)
    assert body.decode() == (
        "Beginning data for B\nData from stream Last known event from LTS from B:2024.pb\n"
        "Jan/01/2024 00:00:05 UTC\t5.0\t0\t0\t0\n"
    )


def values(body):
    """Return name and values of each PV in a JSON answer."""
    return [(one["meta"]["name"], [sample["val"] for sample in one["data"]]) for one in json.loads(body)]


def test_several_pvs_come_one_after_the_other(appliance):
    """Each as getData would give it, in the order asked for; one may come twice, and by its alias."""
    _, _, body = data(appliance, "getDataForPVs.json", pv=["other", "A", "B"], **YEAR)
    assert values(body) == [("other", [5.0]), ("A", [1.0, 2.0, 30.0, 40.0]), ("B", [5.0])]
    _, _, raw = data(appliance, "getDataForPVs.raw", pv=["B", "A"], **YEAR)
    chunks = [(chunk.header.pv, len(chunk.samples)) for chunk in read_chunks(raw) if len(chunk.samples)]
    assert chunks == [("B", 1), ("A", 2), ("A", 2)]


BODIES = {
    "form": (urlencode({"pv": "A,B"} | YEAR), FORM, {}),
    "form and query": (urlencode(YEAR), FORM, {"pv": "A,B"}),
    "json": ('["A", "B"]', {"Content-Type": "application/json"}, YEAR),
    "text": ("A\nB\n", {"Content-Type": "text/plain"}, YEAR),
}


@pytest.mark.parametrize(("body", "headers", "query"), BODIES.values(), ids=BODIES)
def test_a_post_may_name_pvs_in_three_ways(appliance, body, headers, query):
    """As JSON, as lines, or as a form, which may also have the other parameters."""
    _, _, answer = data(appliance, "getDataForPVs.json", "POST", body, headers, **query)
    assert [name for name, _ in values(answer)] == ["A", "B"]


def test_a_form_has_one_pv_parameter(appliance):
    """A `pv` that is repeated in a form is not read; names are separated by commas (golden 15_members_data)."""
    _, _, answer = data(
        appliance, "getDataForPVs.json", "POST", urlencode([("pv", "A"), ("pv", "B"), *YEAR.items()]), FORM
    )
    assert [name for name, _ in values(answer)] == ["A"]


REFUSED = {
    "an unknown PV": ("getDataForPVs.json", {"pv": ["A", "none"]}, 404),
    "another format": ("getDataForPVs.csv", {"pv": "A"}, 400),
    "no format": ("getDataForPVs", {"pv": "A"}, 500),
    "no PV": ("getDataForPVs.json", {}, 500),
    "a bad time": ("getDataForPVs.json", {"pv": "A", "from": "yesterday"}, 500),
    "the end first": ("getDataForPVs.json", {"pv": "A", "from": YEAR["to"], "to": YEAR["from"]}, 400),
    "a bad post-processor": ("getDataForPVs.json", {"pv": "firstSample_x(A)"}, 404),
}


@pytest.mark.parametrize(("call", "parameters", "status"), REFUSED.values(), ids=REFUSED)
def test_requests_for_several_pvs_may_be_refused(appliance, call, parameters, status):
    """Nothing is answered if anything is wrong."""
    assert data(appliance, call, **parameters)[0] == status


def test_a_post_without_pvs_is_an_error(appliance):
    """The real appliance divides by their number."""
    assert data(appliance, "getDataForPVs.json", "POST", "[]", {"Content-Type": "application/json"})[0] == 500


def test_damage_ends_an_answer_for_several_pvs(appliance):
    """What comes after a PV with a damaged file is not sent either, with 200."""
    appliance.put_file("MTS", f"{chunk_key('A')}2024.pb", b"damage")
    status, _, body = data(appliance, "getDataForPVs.json", pv=["B", "A", "B"], **YEAR)
    assert (status, values(body)) == (200, [("B", [5.0])])


def test_every_appliance_has_a_pv_to_try_the_connection(appliance):
    """ArchApplPingPV has ten raw samples at the start of this year, in any format, by any call."""
    for call in ("getData.json", "getDataForPVs.raw"):
        status, _, body = data(appliance, call, pv="ArchApplPingPV")
        (chunk,) = read_chunks(body)
        assert (status, chunk.header.pv, set(chunk.samples.time.tolist())) == (200, "ArchApplPingPV", {NEW_YEAR})
        assert chunk.samples.value.tolist() == [0.1 * number for number in range(10)]


def at(appliance, names, call="getDataAtTime", **parameters):
    """Return what there is at a time."""
    body = json.dumps(names)
    status, media_type, answer = data(appliance, call, "POST", body, {"Content-Type": "application/json"}, **parameters)
    assert (status, media_type) == (200, None)
    return json.loads(answer)


def test_samples_at_a_time_come_from_the_first_store_that_has_one(appliance):
    """PVs that are not known, or have nothing within the period and a month, are left out."""
    found = at(appliance, ["A", "B", "none"], at="2024-01-01T00:00:35Z")
    assert {pv: one["val"] for pv, one in found.items()} == {"A": 30.0, "B": 5.0}
    assert found["A"] == {
        "val": 30.0,
        "severity": 0,
        "nanos": 0,
        "meta": {"DBRType": "DBR_SCALAR_DOUBLE"},
        "secs": 1704067230,
        "fields": {},
        "status": 0,
    }
    assert at(appliance, ["A"], at="2024-01-01T00:00:20Z")["A"]["val"] == 2.0
    assert at(appliance, ["A"], at="2023-12-31T23:59:59Z") == {}


def test_the_present_is_the_default_time(appliance):
    """Without `at` the clock is asked; a file of a year is searched as a whole."""
    assert at(appliance, ["A"])["A"]["val"] == 40.0


def test_the_time_is_cut_to_milliseconds_between_members_only(appliance):
    """getDataAtTime misses a sample within the last millisecond; what members ask each other does not (L 2f)."""
    times = NEW_YEAR + np.array([5_000_000_000, 6_000_500_000])
    content = Samples.build(DbrType.SCALAR_DOUBLE, times, [5.0, 6.0])
    header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="B", year=2024)
    appliance.put_file("LTS", f"{chunk_key('B')}2024.pb", encode_chunk(header, content))
    moment = "2024-01-01T00:00:06.000500Z"
    assert at(appliance, ["B"], at=moment)["B"]["val"] == 5.0
    inner = at(appliance, ["B"], "getDataAtTimeForAppliance", at=moment)["B"]
    assert (inner["val"], "meta" in inner) == (6.0, False)


def test_an_alias_is_answered_by_its_real_name(appliance):
    """And then without the type, which is looked up by the name that was asked for."""
    found = at(appliance, ["other"], at="2024-01-01T00:01:00Z")
    assert list(found) == ["B"]
    assert "meta" not in found["B"]


def test_fields_archived_with_a_pv_give_its_sample(appliance):
    """A field that the PV's archiveFields have means the PV; others mean nothing, not even VAL."""
    info = {"pvName": "C", "dataStores": [LTS], "paused": "true", "archiveFields": ["HIHI"]}
    appliance.add_pv(info)
    appliance.put_file("LTS", f"{chunk_key('C')}2024.pb", file_of("C", [1]))
    assert list(at(appliance, ["C.HIHI", "B.HIHI", "A.VAL"], at="2024-01-01T00:01:00Z")) == ["C"]


def test_skipped_and_damaged_stores_hide_samples(appliance):
    """A named flag keeps a store out; a damaged file hides its PV, also what other stores have of it."""
    moment = "2024-01-01T00:00:35Z"
    ask(appliance, "/mgmt/bpl/setNamedFlag", name="SKIP_MTS_FOR_RETRIEVAL", value="true")
    assert at(appliance, ["A"], at=moment)["A"]["val"] == 2.0
    ask(appliance, "/mgmt/bpl/setNamedFlag", name="SKIP_MTS_FOR_RETRIEVAL", value="false")
    appliance.put_file("MTS", f"{chunk_key('A')}2024.pb", b"damage")
    assert list(at(appliance, ["A", "B"], at=moment)) == ["B"]


def test_periods_have_days_only(appliance):
    """Years and months are read but give nothing, since Java cannot take them off; what is no period is an error."""
    assert at(appliance, ["B"], at="2024-01-01T00:01:00Z", searchPeriod="P1W")
    assert at(appliance, ["B"], at="2024-01-01T00:01:00Z", searchPeriod="P1M") == {}
    json_type = {"Content-Type": "application/json"}
    for parameters in ({"searchPeriod": "PT1H"}, {"at": "now"}):
        assert data(appliance, "getDataAtTime", "POST", '["B"]', json_type, **parameters)[0] == 500


def register(appliance, url):
    """Let an appliance know another one."""
    ask(appliance, "/mgmt/bpl/addExternalArchiverServerArchives", channelarchiverserverurl=url, archives="pbraw")


@pytest.fixture
def other(tmp_path):
    """An appliance with newer samples of A than the other has, and with a PV of its own."""
    with Appliance("secondary0", tmp_path / "other", lag=0.0, clock=lambda: NOW) as running:
        for pv in ("A", "D"):
            running.add_pv({"pvName": pv, "dataStores": [LTS], "paused": "true"})
            running.put_file("LTS", f"{chunk_key(pv)}2024.pb", file_of(pv, [33]))
        yield running


def test_external_servers_know_more_pvs_at_a_time(appliance, other):
    """They are asked on demand, and only for PVs of which nothing was found, so a stale sample hides a newer one."""
    moment = {"at": "2024-01-01T00:00:35Z"}
    register(appliance, other.retrieval_url)
    assert list(at(appliance, ["A", "D"], **moment)) == ["A"]
    found = at(appliance, ["A", "D"], includeProxies="true", **moment)
    assert {pv: one["val"] for pv, one in found.items()} == {"A": 30.0, "D": 33.0}
    assert found["D"]["meta"] == {"DBRType": "DBR_SCALAR_DOUBLE"}


@pytest.mark.parametrize("url", ["{}?mergeDuringRetrieval=true", "http://127.0.0.1:9/retrieval"])
def test_servers_that_do_not_answer_change_nothing(appliance, other, url):
    """One that is merged while samples are read is asked at a path that is none (K, f2)."""
    register(appliance, url.format(other.retrieval_url))
    found = at(appliance, ["A", "D"], at="2024-01-01T00:00:35Z", includeProxies="true")
    assert list(found) == ["A"]


def test_a_retired_pv_is_read_from_the_stores_of_a_template(appliance):
    """Its files are there, though nothing is configured under its name any more."""
    appliance.put_file("LTS", f"{chunk_key('OLD:X')}2024.pb", file_of("OLD:X", [7]))
    parameters = {"pv": "OLD:X", "retiredPVTemplate": "B", **YEAR}
    assert values(data(appliance, "getData.json", **parameters)[2]) == [("OLD:X", [7.0])]
    assert values(data(appliance, "getDataForPVs.json", **parameters)[2]) == [("OLD:X", [7.0])]
    assert data(appliance, "getData.json", **parameters | {"retiredPVTemplate": "none"})[0] == 404


@pytest.mark.parametrize(
    ("path", "told"), [("/retrieval/data/getData.csv", b"30,"), ("/mgmt/bpl/getPVStatus", b'"pvName":"A"')]
)
def test_of_a_parameter_that_comes_twice_the_first_counts(appliance, path, told):
    """As a servlet's getParameter reads it; only getDataForPVs and getDataAtTime name a PV in each."""
    status, _, body = ask(appliance, path, pv=["A", "B"], **YEAR)
    assert status == 200
    assert told in body
    assert b'"B"' not in body
