"""Whatever is sent to an appliance, it answers soon, keeps to its root, and goes on."""

import json
import logging
import socket
from contextlib import suppress
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archredundancy.appliance import Appliance
from archredundancy.appliance.management.routes import _CALLS as MANAGEMENT
from archredundancy.appliance.retrieval.bpl import CALLS as RETRIEVAL
from archredundancy.model import DbrType, Samples, parse_time
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk

PV = "X:Y"
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
STS = "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR"
#: What a client may be told; 500 is what the real one says to most nonsense.
STATUSES = {200, 302, 400, 404, 405, 413, 500, 501, 503}

PATHS = [
    *(f"/mgmt/bpl/{call}" for call in sorted(MANAGEMENT)),
    *(f"/retrieval/bpl/{call}" for call in sorted(RETRIEVAL)),
    *(f"/retrieval/data/getData.{form}" for form in ("raw", "json", "csv", "txt", "qw", "jplot", "flx", "svg", "none")),
    *(f"/retrieval/data/{call}" for call in ("getDataForPVs.json", "getDataAtTime", "getDataAtTimeForAppliance", "")),
    *(
        "/retrieval/ping",
        "/mgmt/bpl/",
        "/mgmt/bpl/../../x",
        "/",
        "/retrieval/data/..%2f..%2fetc%2fpasswd",
        "//",
        "/%00",
    ),
]
NAMES = [
    "pv",
    "regex",
    "limit",
    "id",
    "from",
    "to",
    "pp",
    "usereduced",
    "donotchunk",
    "timeranges",
    "skipExternalServers",
    "ca_count",
    "fetchLatestMetadata",
    "at",
    "searchPeriod",
    "includeProxies",
    "storage",
    "other",
    "plugin_url",
    "newbackend",
    "src",
    "dest",
    "date",
    "deleteData",
    "override",
    "createnew",
    "samplingperiod",
    "samplingmethod",
    "policy",
    "alias",
    "aliasname",
    "newname",
    "newtype",
    "name",
    "value",
    "appliance",
    "controllingPV",
    "externalarchiverserverurl",
    "externalServerType",
    "channelarchiverserverurl",
    "archives",
]
#: What the calls want; each ignores what it does not know.
GOOD = {
    "pv": PV,
    "from": "2024-01-01T00:00:01Z",
    "to": "2024-01-01T00:00:03Z",
    "at": "2024-01-01T00:00:03Z",
    "storage": "LTS",
    "other": "http://127.0.0.1:1/retrieval",
    "plugin_url": LTS,
    "newbackend": LTS,
    "src": LTS,
    "dest": "LTS",
    "override": "true",
    "createnew": "true",
    "samplingperiod": "1.0",
    "aliasname": "X:ALIAS",
    "newname": "X:NEW",
    "newtype": "DBR_SCALAR_INT",
    "name": "FLAG",
    "value": "true",
    "channelarchiverserverurl": "http://127.0.0.1:1/retrieval",
    "archives": "pbraw",
    "externalarchiverserverurl": "http://127.0.0.1:1/retrieval",
    "externalServerType": "ARCHAPPL_PBRAW",
}
STORE_URLS = [
    LTS,
    STS,
    "blackhole://localhost?name=LTS",
    "pb://",
    "pb://localhost?name=LTS&rootFolder=/etc&partitionGranularity=x",
    "pb://localhost?name=LTS&rootFolder=../../out&partitionGranularity=PARTITION_YEAR",
    "pb://localhost?name=LTS&hold=x",
    "pb://localhost?name=LTS&rootFolder=/out&partitionGranularity=PARTITION_YEAR",
    "merge://localhost?name=M&dest=x&other=y",
    f"merge://localhost?name=M&dest={quote(LTS)}&other=pbraw",
    "pbraw://localhost?name=O&rawURL=ftp://x",
    "://",
    "\0",
]
VALUES = st.one_of(
    st.sampled_from(
        [
            PV,
            "X:Z",
            "nosuch",
            "*",
            "",
            "..",
            "../../etc/passwd",
            "/etc/passwd",
            ":etc:passwd",
            "..:..:etc:passwd",
            "a\0b",
            "mean(X:Y)",
            "mean_0(X:Y)",
            "mean_-1(X:Y)",
            "nth_0(X:Y)",
            "firstSample_99999999999999999999(X:Y)",
            "(((",
            "X:Y,X:Z",
            "%zz",
            "é\udcff",
            "true",
            "false",
            "0",
            "-1",
            "1e999",
            "NaN",
            "9" * 30,
            "9" * 5000,
            "x" * 5000,
            "LTS",
            "STS",
            "MONITOR",
            "SCAN",
            "2024-01-01T00:00:00Z",
            "2024-12-31T23:59:59.999999999Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01",
            "P1D",
            "P-9999999Y",
            "P99999999999999999999D",
            "mean_60",
            "count_0",
            "optimized_0",
            "optimized_-3",
            "deadBand_x",
            "ncount",
            "nth_x",
            "http://127.0.0.1:1/retrieval",
            "http://[",
            "http://127.0.0.1:99999",
            "[",
            "(?P<x",
            "DBR_SCALAR_INT",
            "DBR_NONE",
            *STORE_URLS,
        ]
    ),
    st.text(max_size=12),
)
INFOS = st.fixed_dictionaries(
    {},
    optional={
        "pvName": st.sampled_from([PV, "X:Z", "../x", 7, None]),
        "DBRType": st.sampled_from(["DBR_SCALAR_DOUBLE", "DBR_WAVEFORM_STRING", "x", 3]),
        "dataStores": st.lists(st.sampled_from([*STORE_URLS, 5, None]), max_size=2) | st.sampled_from(["x", 4, None]),
        "chunkKey": st.sampled_from(["X/Y:", "../../x:", "/etc/x:", "a\0:", "", 3]),
        "applianceIdentity": st.sampled_from(["primary0", "other", 3]),
        "elementCount": st.sampled_from(["1", "x", -1]),
        "precision": st.sampled_from(["1.0", "x", "Infinity"]),
        "paused": st.sampled_from(["true", "false", 1]),
    },
).map(json.dumps)
BODIES = st.one_of(
    st.none(),
    INFOS.map(str.encode),
    st.binary(max_size=40),
    st.sampled_from(
        [b"[]", b"{}", b"null", b'"x"', b"[1, null]", b'["X:Y"]', b'["\\ud800"]', b"pv=X:Y", b"X:Y\nX:Z", b"[" * 5000]
    ),
)
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET"] * 5 + ["POST"] * 5 + ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]),
        "path": st.sampled_from(PATHS),
        "parameters": st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
        "missing": st.sets(st.sampled_from(sorted(GOOD)), max_size=2),
        "body": BODIES,
        "kind": st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", ""]),
    }
)


def target_of(request):
    """Return the path and query of a request."""
    parameters = {name: text for name, text in GOOD.items() if name not in request["missing"]} | request["parameters"]
    query = "&".join(f"{name}={quote(value, safe='', errors='surrogateescape')}" for name, value in parameters.items())
    return request["path"] + (f"?{query}" if query else "")


def configure(appliance):
    """Give it a paused PV with some samples."""
    appliance.add_pv({"pvName": PV, "dataStores": [STS, LTS], "paused": "true"})
    content = Samples.build(
        DbrType.SCALAR_DOUBLE, [parse_time(f"2024-01-01T00:00:0{n}", now=0) for n in range(5)], range(5)
    )
    header = ChunkHeader(dbr_type=content.dbr_type, pv=PV, year=2024)
    appliance.put_file("LTS", "X/Y:2024.pb", encode_chunk(header, content))


def test_any_request_is_answered(tmp_path, caplog):
    """Each known call with any parameters: a known status, soon; nothing fails unforeseen, nothing outside changes."""
    caplog.set_level(logging.ERROR, "archredundancy.appliance.server")
    root, outside = tmp_path / "site" / "root", tmp_path / "site" / "x:2024.pb"
    with Appliance("primary0", root, lag=0.0) as appliance:
        outside.write_bytes(b"outside")

        @settings(max_examples=400, suppress_health_check=list(HealthCheck))
        @given(REQUESTS)
        def answered(request):
            configure(appliance)
            caplog.clear()
            headers = {"Content-Type": request["kind"]} if request["kind"] else {}
            status, page = ask(appliance, target_of(request), request["method"], request["body"], headers)
            assert status in STATUSES
            assert b"Traceback" not in page
            assert not [record.exc_info for record in caplog.records if record.exc_info]

        answered()
        assert ask(appliance, "/retrieval/ping") == (200, b"Pong\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == ["root", "x:2024.pb"]
    assert outside.read_bytes() == b"outside"


@pytest.fixture
def appliance(tmp_path):
    """A running appliance with a paused PV."""
    with Appliance("primary0", tmp_path / "root", lag=0.0) as running:
        configure(running)
        yield running


def send(appliance, data):
    """Send bytes as they are; return the status line of the answer, empty if there is none."""
    with socket.create_connection(("127.0.0.1", urlsplit(appliance.url).port), timeout=10) as connection:
        connection.sendall(data)
        return connection.makefile("rb").readline().decode("latin-1").strip()


RAW_REQUESTS = {
    "no HTTP": (b"hello\r\n\r\n", "400"),
    "a bad percent-escape in the path": (b"GET /mgmt/bpl/%zz HTTP/1.1\r\nHost: x\r\n\r\n", "404"),
    "a bad percent-escape in a parameter": (b"GET /mgmt/bpl/getPVStatus?pv=%zz HTTP/1.1\r\nHost: x\r\n\r\n", "200"),
    "bytes that are no UTF-8": (b"GET /mgmt/bpl/getPVTypeInfo?pv=%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n", "404"),
    "bare bytes": (b"GET /mgmt/bpl/getPVTypeInfo?pv=\xff HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
    "a NUL": (b"GET /mgmt/bpl/getPVTypeInfo?pv=%00 HTTP/1.1\r\nHost: x\r\n\r\n", "404"),
    "a target without end": (b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
    "a header without end": (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000, "400"),
    "no host": (b"GET /retrieval/ping HTTP/1.1\r\n\r\n", "400"),
    "a length that is none": (b"POST /mgmt/bpl/archivedPVs HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", "400"),
    "a chunk that is none": (
        b"POST /mgmt/bpl/archivedPVs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "400",
    ),
    "another site's URL": (b"GET http://example.org/retrieval/ping HTTP/1.1\r\nHost: example.org\r\n\r\n", "404"),
    "a method of its own": (b"BREW /retrieval/ping HTTP/1.1\r\nHost: x\r\n\r\n", "405"),
}


@pytest.mark.parametrize(("data", "status"), RAW_REQUESTS.values(), ids=RAW_REQUESTS)
def test_odd_bytes_get_a_status(appliance, data, status):
    """And the next client is answered."""
    assert send(appliance, data).split()[1:2] == [status]
    assert ask(appliance, "/retrieval/ping") == (200, b"Pong\n")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/mgmt/bpl/getAllPVs", "/retrieval/bpl/ping", "/retrieval/data/getData.raw?pv=X:Y"])
def test_other_methods_are_not_allowed(appliance, method, path):
    """405 with a page, as servlets answer; nothing is done."""
    status, page = ask(appliance, path, method)
    assert (status, f"HTTP method {method} is not supported".encode() in page) == (405, True)


def test_a_head_has_no_body(appliance):
    """Otherwise it is answered as a GET is."""
    for path in ("/mgmt/bpl/getAllPVs", "/retrieval/data/getData.raw?pv=X:Y&from=2024-01-01T00:00:00Z"):
        assert ask(appliance, path, "HEAD") == (200, b"")
    assert ask(appliance, "/retrieval/data/getData.raw?pv=nosuch", "HEAD") == (404, b"")


def test_what_is_allowed_can_be_asked(appliance):
    """OPTIONS is answered."""
    assert ask(appliance, "/mgmt/bpl/getAllPVs", "OPTIONS") == (200, b"")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_refused(appliance, chunked):
    """413 as soon as there is too much of it."""
    body = iter([b"[" + b" " * (1 << 20)] * 70) if chunked else b"[" + b" " * (70 << 20)
    connection = HTTPConnection(urlsplit(appliance.url).netloc, timeout=10)
    with suppress(ConnectionError):  # the answer may come before everything was sent
        connection.request("POST", "/mgmt/bpl/archivedPVs", body, {"Content-Type": "application/json"})
    assert connection.getresponse().status == 413
    connection.close()
    assert ask(appliance, "/retrieval/ping") == (200, b"Pong\n")


OUTSIDE = ["/out", "/etc", "//out", "/out/./x", "${HOME}", "${ARCHAPPL_LONG_TERM_FOLDER}_1"]


@pytest.mark.parametrize("folder", OUTSIDE)
def test_an_absolute_folder_is_taken_below_the_root(appliance, tmp_path, folder):
    """As a container would: samples are moved there and read from there."""
    url = f"pb://localhost?name=LTS&rootFolder={folder}&partitionGranularity=PARTITION_YEAR"
    appliance.add_pv({"pvName": PV, "dataStores": [STS, url], "paused": "true"})
    content = Samples.build(DbrType.SCALAR_DOUBLE, [parse_time("2024-01-01", now=0)], [1.0])
    file = encode_chunk(ChunkHeader(dbr_type=content.dbr_type, pv=PV, year=2024), content)
    appliance.put_file("STS", "X/Y:2024_01_01_00.pb", file)
    assert ask(appliance, f"/mgmt/bpl/consolidateDataForPV?pv={PV}&storage=LTS")[0] == 200
    window = "from=2024-01-01T00:00:00Z&to=2024-01-02T00:00:00Z"
    assert ask(appliance, f"/retrieval/data/getData.raw?pv={PV}&{window}")[1]
    moved = [path for path in appliance.files() if path.endswith("X/Y:2024.pb") and not path.startswith("lts/")]
    assert len(moved) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["root"]


CLIMBING = [
    {"chunkKey": "../../x:"},
    {"chunkKey": "/x:"},
    {"chunkKey": "a\0b:"},
    {"dataStores": [LTS.replace("FOLDER}", "FOLDER}/..")]},
    {"dataStores": ["pb://localhost?name=LTS&rootFolder=../..&partitionGranularity=PARTITION_YEAR"]},
]


@pytest.mark.parametrize("change", CLIMBING)
def test_no_path_climbs_out_of_the_root(appliance, tmp_path, change):
    """Neither reading, writing nor deleting finds a file outside, whatever the type info says."""
    outside = tmp_path / "x:2024.pb"
    outside.write_bytes(b"outside")
    info = {"pvName": "x", "dataStores": [LTS], "applianceIdentity": "primary0"} | change
    body = json.dumps(info).encode()
    assert ask(appliance, "/mgmt/bpl/putPVTypeInfo?pv=x&createnew=true", "POST", body)[0] == 200
    for call in (
        "retrieval/data/getData.raw?pv=x&from=2024-01-01T00:00:00Z",
        "mgmt/bpl/consolidateDataForPV?pv=x&storage=LTS",
        "mgmt/bpl/mergeInData?pv=x&storage=LTS&other=http://127.0.0.1:1/retrieval",
        "mgmt/bpl/deletePV?pv=x&deleteData=true",
    ):
        assert ask(appliance, f"/{call}")[0] in STATUSES
    assert outside.read_bytes() == b"outside"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["root", "x:2024.pb"]
