"""Embedded appliances over HTTP: start and stop, large answers, many clients, damage, bad input."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archredundancy.appliance import Appliance, AppliancePair
from archredundancy.errors import InputError, StoreError
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, chunk_key, start_of_year
from archredundancy.testing.embedded.asking import ask
from archredundancy.testing.generated.strategies import damaged, odd_lines
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

PV = "X:Y"
NEW_YEAR = start_of_year(2024)
YEAR = {"from": "2024-01-01T00:00:00Z", "to": "2024-12-31T00:00:00Z"}
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
JSON = {"Content-Type": "application/json"}


def file_of(times, pv=PV):
    """Return a PB file of 2024 with samples at these times."""
    samples = Samples.build(DbrType.SCALAR_DOUBLE, times, np.arange(len(times)))
    return encode_chunk(ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=pv, year=2024), samples)


def fill(appliance, *offsets, pv=PV):
    """Configure a PV, and store samples so many seconds after the start of 2024."""
    appliance.add_pv({"pvName": pv, "dataStores": [LTS], "paused": "true"})
    times = NEW_YEAR + np.array(offsets, np.int64) * NS_PER_SECOND
    appliance.put_file("LTS", f"{chunk_key(pv)}2024.pb", file_of(times, pv))


def raw_times(appliance, pv=PV):
    """Seconds after the start of 2024 of all samples in a raw answer."""
    status, body = ask(appliance, "/retrieval/data/getData.raw", pv=pv, **YEAR)
    assert status == 200
    return [int(time - NEW_YEAR) // NS_PER_SECOND for chunk in read_chunks(body) for time in chunk.samples.time]


@pytest.fixture
def appliance(tmp_path):
    """A running appliance."""
    with Appliance("primary0", tmp_path, lag=0.0) as running:
        yield running


def test_configuration_and_files_outlive_a_restart(tmp_path):
    """An appliance that is stopped and started answers as before, at the same port."""
    appliance = Appliance("primary0", tmp_path)
    with appliance:
        url = appliance.url
        fill(appliance, 1, 2, 3)
    with appliance:
        assert (appliance.url, raw_times(appliance)) == (url, [1, 2, 3])
    with Appliance("primary0", tmp_path) as another:
        assert raw_times(another) == [1, 2, 3]


def test_nothing_is_left_after_a_stop(tmp_path):
    """No thread runs on, and the port is free again."""
    before = set(threading.enumerate())
    with AppliancePair(tmp_path) as pair:
        ask(pair.primary, "/mgmt/bpl/getAllPVs")
        ports = [urlsplit(appliance.url).port for appliance in (pair.primary, pair.secondary)]
    assert set(threading.enumerate()) == before
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()


def test_a_pair_starts_whole_or_not_at_all(tmp_path):
    """If the second port is taken, the first appliance is stopped again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        pair = AppliancePair(tmp_path, secondary_port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            pair.start()
        with pytest.raises(InputError, match="'primary0' is not started"):
            pair.primary.type_info("X")


def test_an_appliance_is_started_once(appliance):
    """A second start is refused, and changes nothing."""
    with pytest.raises(InputError, match="started already"):
        appliance.start()
    assert ask(appliance, "/retrieval/ping") == (200, b"Pong\n")


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    """And the folder is free again."""
    with pytest.raises(InputError, match=f"{port} is no port; give one up to 65535"):
        Appliance("primary0", tmp_path, port=port).start()
    Appliance("primary0", tmp_path).start().stop()


def test_only_loopback_is_served(appliance):
    """The socket is bound to 127.0.0.1."""
    assert appliance.url.startswith("http://127.0.0.1:")
    assert appliance.management_url == f"{appliance.url}/mgmt/bpl"
    assert appliance.retrieval_url == f"{appliance.url}/retrieval"


def test_a_million_samples_come_as_they_are_stored(appliance):
    """The raw answer ends with the bytes of the file, within the time limit of a test by far."""
    fill(appliance, *range(1_000_000))
    stored = appliance.files()[f"lts/{chunk_key(PV)}2024.pb"]
    status, body = ask(appliance, "/retrieval/data/getData.raw", pv=PV, **YEAR)
    assert status == 200
    assert body.endswith(stored.partition(b"\n")[2])


def test_a_client_may_leave_in_mid_answer(appliance):
    """The next one is answered as if nothing had been."""
    fill(appliance, *range(500_000))
    connection = HTTPConnection(urlsplit(appliance.url).netloc, timeout=30)
    connection.request("GET", f"/retrieval/data/getData.raw?{urlencode({'pv': PV, **YEAR})}")
    answer = connection.getresponse()
    assert len(answer.read(10)) == 10
    answer.close()
    connection.close()
    assert len(raw_times(appliance)) == 500_000


def test_merging_and_reading_at_once_does_no_harm(tmp_path):
    """While a PV is merged again and again, readers see whole files, old or new, and at last the union."""
    with AppliancePair(tmp_path, lag=0.0) as pair:
        fill(pair.primary, *range(0, 2000, 2))
        fill(pair.secondary, *range(1, 2000, 2))
        parameters = {"pv": PV, "storage": "LTS", "other": pair.secondary.retrieval_url}
        with ThreadPoolExecutor(4) as pool:
            merges = [pool.submit(ask, pair.primary, "/mgmt/bpl/mergeInData", **parameters) for _ in range(3)]
            reads = [pool.submit(raw_times, pair.primary) for _ in range(20)]
        assert [merge.result()[0] for merge in merges] == [200] * 3
        assert {len(read.result()) for read in reads} <= {1000, 2000}
        assert raw_times(pair.primary) == list(range(2000))


def test_any_file_is_answered_for(appliance):
    """Whatever bytes a PB file holds, raw and JSON answers are HTTP 200."""
    fill(appliance, 1)
    header = file_of([NEW_YEAR]).partition(b"\n")[0] + b"\n"
    contents = st.sampled_from(DbrType).flatmap(odd_lines).map(lambda lines: header + lines)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(contents | damaged(contents) | st.binary(max_size=40))
    def answered(data):
        appliance.put_file("LTS", f"{chunk_key(PV)}2024.pb", data)
        for form in ("raw", "json"):
            assert ask(appliance, f"/retrieval/data/getData.{form}", pv=PV, **YEAR)[0] == 200

    answered()


BAD_REQUESTS = {
    "an unknown call": ("GET", "/mgmt/bpl/nosuch", 404),
    "another tree": ("GET", "/etc/passwd", 404),
    "above the root": ("GET", "/retrieval/data/../../etc/passwd", 400),
    "a method that nobody has": ("DELETE", "/mgmt/bpl/getAllPVs", 405),
    "posted data request": ("POST", "/retrieval/data/getData.raw", 400),
    "bare brackets": ("GET", "/retrieval/data/getData.raw?pv=a[0]", 400),
    "an unknown PV": ("GET", "/retrieval/data/getData.raw?pv=nosuch", 404),
    "a huge parameter": ("GET", f"/retrieval/data/getData.raw?pv={'x' * 60_000}", 404),
    "a broken pattern": ("GET", "/mgmt/bpl/getAllPVs?regex=(", 500),
    "a type info that is none": ("POST", "/mgmt/bpl/putPVTypeInfo?pv=A&createnew=true", 500),
}


@pytest.mark.parametrize(("method", "path", "status"), BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_bad_requests_get_a_page(appliance, method, path, status):
    """The answer is an error page with a status, never a traceback."""
    got, page = ask(appliance, path, method)
    assert got == status
    assert page.startswith(b"<!doctype html>")
    assert b"Traceback" not in page


OUTSIDE = {
    "a key that climbs": {"chunkKey": "../../outside:"},
    "an absolute key": {"chunkKey": "/outside:"},
    "a folder that climbs": {"dataStores": [LTS.replace("FOLDER}", "FOLDER}/..")]},
}


@pytest.mark.parametrize("changes", OUTSIDE.values(), ids=OUTSIDE)
def test_no_name_leads_out_of_the_root(appliance, tmp_path, changes):
    """Neither reads nor deletes reach a file outside the stores."""
    outside = tmp_path / "outside:2024.pb"
    outside.write_bytes(file_of([NEW_YEAR]))
    info = {"pvName": "outside", "dataStores": [LTS], "paused": "true", "applianceIdentity": "primary0"} | changes
    status, _ = ask(
        appliance, "/mgmt/bpl/putPVTypeInfo?pv=outside&createnew=true", "POST", json.dumps(info), headers=JSON
    )
    assert status == 200
    assert ask(appliance, "/retrieval/data/getData.raw", pv="outside", **YEAR) == (200, b"")
    assert ask(appliance, "/mgmt/bpl/deletePV", pv="outside", deleteData="true")[0] == 500
    assert outside.exists()


@pytest.mark.parametrize("path", ["../x.pb", "/x.pb", "a/../../x.pb"])
def test_files_are_put_inside_their_store(appliance, path):
    """A path that leaves the store is refused."""
    with pytest.raises(StoreError, match="leaves the store"):
        appliance.put_file("LTS", path, b"")


def test_a_flag_hides_a_store(appliance):
    """SKIP_LTS_FOR_RETRIEVAL takes the store out of all answers until it is set to false (appliance.md A.5)."""
    fill(appliance, 1, 2)
    for value, found in (("true", []), ("false", [1, 2])):
        ask(appliance, "/mgmt/bpl/setNamedFlag", name="SKIP_LTS_FOR_RETRIEVAL", value=value)
        assert raw_times(appliance) == found


def test_a_pause_reaches_the_engine_later(tmp_path):
    """Until then the status is neither of the two, and a merge is possible at once (appliance.md D.2 #8)."""
    with Appliance("primary0", tmp_path, lag=3600.0) as appliance:
        appliance.add_pv({"pvName": PV, "dataStores": [LTS]})
        statuses = [json.loads(ask(appliance, "/mgmt/bpl/getPVStatus", pv=PV)[1])[0]["status"]]
        assert ask(appliance, "/mgmt/bpl/pauseArchivingPV", pv=PV) == (200, b'{"pvName":"X:Y","status":"ok"}\n')
        statuses.append(json.loads(ask(appliance, "/mgmt/bpl/getPVStatus", pv=PV)[1])[0]["status"])
        assert statuses == ["Being archived", "Being archived"]
        assert appliance.type_info(PV).paused


def test_a_name_with_special_characters_is_found(appliance):
    """What URLs must encode, they may encode."""
    pv = "A:b{c}<0>"
    appliance.add_pv({"pvName": pv, "dataStores": [LTS]})
    assert ask(appliance, f"/retrieval/bpl/areWeArchivingPV?pv={quote(pv)}") == (200, b'{"status":"true"}\n')
