"""What was done with real appliances from first to last (appliance.md A.7 and K), done with the embedded one."""

import json
import threading
import time
from http.client import HTTPConnection
from itertools import pairwise
from urllib.parse import quote, urlencode

import pytest

from archredundancy.appliance import AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.model import DbrType, Extras, Samples, parse_time
from archredundancy.relay import serve_relay
from archredundancy.wire import read_chunks

DOUBLE = DbrType.SCALAR_DOUBLE
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_MONTH"
TIMES = ["2023-12-31T23:59:59.5", "2024-01-10", "2024-02-10", "2024-03-31T23:59:59.999999999"]


def samples(*times, **columns):
    """Return samples with the values 0, 1, 2 and so on."""
    return Samples.build(DOUBLE, [parse_time(text, now=0) for text in times], list(range(len(times))), **columns)


def ignore(_request):
    """Take no notice of a request to a relay."""


def run_import(side, relay, pv="X:Y"):
    """Import all that a relay has of a PV into its LTS."""
    source = urlencode({"name": "O", "rawURL": f"{relay.url}/data/getData.raw", "skipExternalServers": "true"})
    window = {"from": "2020-01-01T00:00:00.000Z", "to": "2026-01-01T00:00:00.000Z"}
    said = side.call("importDataFromPlugin", pv=pv, src=f"pbraw://localhost?{source}", dest="LTS", **window)
    assert said == {"pvName": pv, "status": "ok"}


def everywhere(side):
    """Return all times of the PV, over the years."""
    return side.times("2020-01-01", "2026-01-01")


def test_an_import_asks_once_and_writes_all_partitions(bench):
    """One request for the whole range; years and partitions are made as needed (A.7)."""
    asked = []
    bench.primary.add()
    with serve_relay({"X:Y": samples(*TIMES)}, on_request=asked.append) as relay:
        run_import(bench.primary, relay)
    assert [one.request for one in asked] == ["data"]
    assert sorted(bench.primary.files()) == ["LTS 2023_12", "LTS 2024_01", "LTS 2024_02", "LTS 2024_03"]


def test_a_scratch_pv_lives_by_stock_calls(bench):
    """Made paused, filled from a relay, read, deleted with its files, and unknown again (A.7)."""
    side = bench.primary
    info = {"pvName": "X:Y", "DBRType": "DBR_SCALAR_DOUBLE", "dataStores": [LTS], "applianceIdentity": "primary0"}
    path = "/mgmt/bpl/putPVTypeInfo?pv=X:Y&override=true&createnew=true"
    assert side.ask(path, "POST", json.dumps(info), {"Content-Type": "application/json"})[0] == 200
    assert side.call("getPVStatus")[0]["status"] == "Paused"
    with serve_relay({"X:Y": samples(*TIMES)}, on_request=ignore) as relay:
        run_import(side, relay)
    assert everywhere(side) == TIMES
    assert side.call("deletePV", deleteData="true") == {"validation": "", "status": "ok"}
    assert side.files() == {}
    assert side.call("getPVStatus")[0]["status"] == "Not being archived"
    assert side.ask("/retrieval/data/getData.raw", pv="X:Y")[0] == 404


@pytest.fixture
def union():
    """The union of what two sides have, with attributes that merges lose."""
    return samples(*TIMES, extras=Extras.build([(1, (), 3, 1, -1), (2, (("HIHI", "1"),), -1, -1, -1)]))


def attributes(side):
    """Return the extras in all files of the PV, in order."""
    chunks = [chunk for _, data in sorted(side.files().items()) for chunk in read_chunks(data)]
    return [int(count) for chunk in chunks for count in chunk.samples.extras.repeat_count]


def test_a_repair_on_another_root_loses_nothing(bench, union):
    """The old root stays as it was, and switching back shows it (A.7)."""
    side = bench.primary
    side.add()
    side.write(TIMES[1])
    side.call("modifyStoreURLForPV", storage="LTS", plugin_url=LTS.replace("FOLDER}", "FOLDER}_rebuilt_1"))
    assert everywhere(side) == []
    with serve_relay({"X:Y": union}, on_request=ignore) as relay:
        run_import(side, relay)
    assert everywhere(side) == TIMES
    side.call("modifyStoreURLForPV", storage="LTS", plugin_url=LTS)
    assert everywhere(side) == [TIMES[1]]


def test_a_repair_may_end_on_the_own_root(bench, union):
    """changeStore moves the old files to a backup; the import keeps repeat counts and the like (A.7)."""
    side = bench.primary
    side.add()
    side.write(TIMES[1])
    backup = LTS.replace("FOLDER}", "FOLDER}_backup")
    assert side.call("changeStore", storage="LTS", newbackend=backup)["status"] == "ok"
    side.call("modifyStoreURLForPV", storage="LTS", plugin_url=LTS)
    assert everywhere(side) == []
    with serve_relay({"X:Y": union}, on_request=ignore) as relay:
        run_import(side, relay)
    assert (everywhere(side), attributes(side)) == (TIMES, [3, -1])
    side.call("modifyStoreURLForPV", storage="LTS", plugin_url=backup)
    assert everywhere(side) == [TIMES[1]]


def test_rubbish_as_a_new_backend_breaks_the_type_info(bench):
    """The reply is "ok", later calls fail, and a saved copy mends it (A.7)."""
    side = bench.primary
    side.add()
    saved = side.call("getPVTypeInfo")
    assert side.call("changeStore", storage="LTS", newbackend="rubbish")["status"] == "ok"
    assert side.ask("/mgmt/bpl/getStoresForPV", pv="X:Y")[0] == 500
    path = "/mgmt/bpl/putPVTypeInfo?pv=X:Y&override=true"
    assert side.ask(path, "POST", json.dumps(saved), {"Content-Type": "application/json"})[0] == 200
    assert list(side.call("getStoresForPV")) == ["LTS"]


def test_a_merge_goes_on_when_its_client_has_gone(bench):
    """A file lies beside the first one all the while, then all partitions appear at once (A.7)."""
    side = bench.primary
    side.add()
    side.write("2024-01-01", "2024-02-01")
    before = side.files()
    waiting, going_on = threading.Event(), threading.Event()
    planned = samples("2024-01-15", "2024-02-15")

    def hold(request):
        if request.request == "data" and request.start > parse_time("2024-02-01", now=0) - 1:
            waiting.set()
            assert going_on.wait(20)

    with serve_relay({"X:Y": planned}, on_request=hold) as relay:
        connection = HTTPConnection(side.appliance.url.removeprefix("http://"), timeout=30)
        connection.request("GET", f"/mgmt/bpl/mergeInData?pv=X:Y&storage=LTS&other={quote(relay.url, safe='')}")
        assert waiting.wait(20)
        connection.close()
        left = {name for name in side.files() if "_tmp_" in name}
        assert {name: data for name, data in side.files().items() if name not in left} == before
        assert len(left) == 1
        going_on.set()
        deadline = time.monotonic() + 20
        while len(side.times()) < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
    assert side.stored() == {"LTS 2024_01": ["2024-01-01", "2024-01-15"], "LTS 2024_02": ["2024-02-01", "2024-02-15"]}


def test_the_hole_of_a_pause_is_filled_from_the_other_side(tmp_path):
    """Pause, consolidate, merge, resume: no sample is missing up to the merge, the next one says startup (K d1b)."""
    from tests.system.conftest import Side

    start = parse_time("2026-01-01T10:00:00", now=0)
    clock = SettableClock(start)
    counting = Periodic(value=lambda moment: moment // 10**9 % 1000)
    ioc = SimulatedIoc([SimulatedPv(name="X:Y", series=counting)], clock=clock)
    with AppliancePair(tmp_path, clock=clock, source=ioc, lag=0.0) as pair:
        primary, secondary = Side(pair.primary), Side(pair.secondary)
        for side in (primary, secondary):
            side.add(paused=False, STS="HOUR&consolidateOnShutdown=true", MTS="DAY", LTS="YEAR")
        clock.advance(60)
        primary.call("pauseArchivingPV")
        clock.advance(60)
        primary.call("consolidateDataForPV", storage="LTS")
        assert primary.merge(secondary) == (200, {"status": "ok"})
        primary.call("resumeArchivingPV")
        clock.advance(60)
        pair.primary.engine.flush()
        times = [parse_time(text, now=0) for text in primary.times("2026-01-01", "2026-01-02")]
        assert len(times) > 150
        assert max(second - first for first, second in pairwise(times)) <= 10**9
        (last,) = [chunk for name, data in primary.files().items() if "STS" in name for chunk in read_chunks(data)]
        assert ("startup", "true") in last.samples.extras.fields[0]
