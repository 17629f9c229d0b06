"""Many clients that do everything to one PV at once: no file is damaged, and every request gets a proper answer."""

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from urllib.parse import quote

import pytest

from archredundancy.appliance import AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.model import DbrType, Samples, parse_time
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

PV = "X:Y"
STORES = [
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_5MIN&consolidateOnShutdown=true",
    "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR&hold=2&gather=1",
    "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_DAY",
]
START = parse_time("2024-05-01", now=0)
SECONDS = 2.0
WINDOW = {"from": "2024-04-20T00:00:00Z", "to": "2024-06-01T00:00:00Z"}


def put(appliance, offset):
    """Configure the PV, with ten days of samples that the other side does not have."""
    appliance.add_pv({"pvName": PV, "dataStores": STORES})
    for day in range(1, 11):
        times = [START - day * 86400 * 10**9 + (60 * n + offset) * 10**9 for n in range(200)]
        content = Samples.build(DbrType.SCALAR_DOUBLE, times, range(200))
        name = f"X/Y:2024_04_{31 - day:02}.pb"
        appliance.put_file("LTS", name, encode_chunk(ChunkHeader(dbr_type=content.dbr_type, pv=PV, year=2024), content))


@pytest.fixture
def busy(tmp_path):
    """A pair that archives while its clock is moved, and the clock."""
    clock = SettableClock(START)
    ioc = SimulatedIoc([SimulatedPv(name=PV, series=Periodic(value=float, period=5.0))], clock=clock)
    with AppliancePair(tmp_path, clock=clock, lag=0.0, source=ioc) as pair:
        put(pair.primary, 0)
        put(pair.secondary, 30)
        yield pair, clock


def manage(call, method="GET", **parameters):
    """Return a client's call of the management."""

    def go(pair):
        status, body = ask(pair.primary, f"/mgmt/bpl/{call}", method, pv=PV, **parameters)
        assert status in {200, 400, 404, 500}, body
        assert b"Traceback" not in body
        return body

    return go


def merge(pair):
    manage("mergeInData", storage="LTS", other=pair.secondary.retrieval_url)(pair)


def bring_in(pair):
    source = f"pbraw://localhost?name=O&rawURL={quote(pair.secondary.retrieval_url, safe='')}%2Fdata%2FgetData.raw"
    manage("importDataFromPlugin", src=source, dest="LTS", **WINDOW)(pair)


def read_raw(pair):
    """Read all; what comes is whole lines, in order of time within each file."""
    status, body = ask(pair.primary, "/retrieval/data/getData.raw", pv=PV, **WINDOW)
    assert status in {200, 404}
    if status == 200:
        check(body)


def read_json(pair):
    status, body = ask(pair.primary, "/retrieval/data/getData.json", pv=PV, **WINDOW)
    assert status in {200, 404}
    if status == 200:
        json.loads(body)


def check(content):
    """Decode bytes with the package's other codec, which takes no damage."""
    for chunk in read_chunks(content):
        times = chunk.samples.time
        assert (times[1:] > times[:-1]).all()


def delete_and_make(pair):
    """Delete the PV, files and all, and configure it again."""
    manage("deletePV", deleteData="true")(pair)
    info = json.dumps({"pvName": PV, "dataStores": STORES, "applianceIdentity": "primary0"})
    ask(pair.primary, "/mgmt/bpl/putPVTypeInfo", "POST", info, pv=PV, override="true", createnew="true")


CHANGES = [
    *[manage("pauseArchivingPV"), manage("resumeArchivingPV"), manage("consolidateDataForPV", storage="LTS")] * 2,
    *[merge, bring_in, merge],
    manage("changeArchivalParameters", samplingperiod="1.0", samplingmethod="MONITOR"),
    manage("modifyStoreURLForPV", storage="MTS", plugin_url=STORES[1]),
    manage("addAlias", aliasname="X:ALIAS"),
    manage("removeAlias", aliasname="X:ALIAS"),
]
READS = [
    *[read_raw, read_raw, read_json],
    *(manage(call) for call in ("getPVStatus", "getPVDetails", "getStoresForPV", "getAllPVs", "exportConfig")),
    *(manage(call) for call in ("getAllNamedFlags", "getTimeSpanReport", "getPausedPVsReport")),
    manage("setNamedFlag", name="SOME", value="true"),
]


def run(pair, clock, calls, clients):
    """Let clients call at random, and time pass, for some seconds."""
    end = time.monotonic() + SECONDS

    def client(seed):
        random = Random(seed)
        while time.monotonic() < end:
            random.choice(calls)(pair)

    def pass_time():
        while time.monotonic() < end:
            clock.advance(20.0)

    with ThreadPoolExecutor(clients + 1) as threads:
        for done in [threads.submit(pass_time), *(threads.submit(client, seed) for seed in range(clients))]:
            done.result()


def check_all(pair, caplog):
    """Check that nothing failed unforeseen, that all files are whole, and that the appliance goes on."""
    assert not [record.getMessage() for record in caplog.records if record.exc_info]
    for path, content in pair.primary.files().items():
        assert path.endswith(".pb"), "nothing half made is left"
        check(content)
    pair.primary.add_pv({"pvName": PV, "dataStores": STORES})
    assert manage("pauseArchivingPV")(pair) == b'{"pvName":"X:Y","status":"ok"}\n'


@pytest.mark.parametrize("deleted", [False, True], ids=["changed", "deleted and made again"])
def test_one_pv_is_changed_and_read_at_once(busy, caplog, deleted):
    """Paused, resumed, consolidated, merged, imported, deleted, archived, moved and read by 12 clients."""
    caplog.set_level(logging.ERROR, "archredundancy")
    pair, clock = busy
    run(pair, clock, CHANGES + READS + ([delete_and_make] * 2 if deleted else []), 12)
    check_all(pair, caplog)


def test_readers_of_a_paused_pv_lose_nothing_to_merges(busy, caplog):
    """While its files are replaced again and again, each raw answer has all that was there before."""
    caplog.set_level(logging.ERROR, "archredundancy")
    pair, _ = busy
    manage("pauseArchivingPV")(pair)
    _, body = ask(pair.primary, "/retrieval/data/getData.raw", pv=PV, **WINDOW)
    had = {int(time) for chunk in read_chunks(body) for time in chunk.samples.time}
    ended = threading.Event()

    def read():
        while not ended.is_set():
            _, body = ask(pair.primary, "/retrieval/data/getData.raw", pv=PV, **WINDOW)
            assert had <= {int(time) for chunk in read_chunks(body) for time in chunk.samples.time}

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read) for _ in range(4)]
        try:
            for _ in range(4):
                merge(pair)
        finally:
            ended.set()
        for reader in readers:
            reader.result()
    assert not [record.getMessage() for record in caplog.records if record.exc_info]
