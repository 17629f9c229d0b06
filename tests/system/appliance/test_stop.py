"""Starting and stopping appliances, however busy they are: nothing is left over."""

import gc
import pathlib
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from archredundancy.appliance import Appliance, ApplianceCluster, Periodic, SimulatedIoc, SimulatedPv
from archredundancy.model import DbrType, Samples, parse_time
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk

PV = "X:Y"
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
RAW = f"/retrieval/data/getData.raw?pv={PV}&from=2024-01-01T00:00:00Z&to=2024-12-31T00:00:00Z"


def open_files():
    """Targets of the file descriptors of this process."""
    gc.collect()
    names = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            names.append(str(entry.readlink()))
        except FileNotFoundError:  # the one of the listing itself
            continue
    return sorted(name.partition(":[")[0] for name in names)


@contextmanager
def nothing_left():
    """Check that there are as many threads and descriptors afterwards as before."""
    threads, files = set(threading.enumerate()), open_files()
    yield
    assert set(threading.enumerate()) <= threads
    assert open_files() == files


def put_much(appliance):
    """Configure a PV with 20 MB of samples, more than all buffers on the way hold."""
    appliance.add_pv({"pvName": PV, "dataStores": [LTS], "paused": "true"})
    times = parse_time("2024-01-01", now=0) + np.arange(1_000_000, dtype=np.int64) * 1_000_000_000
    content = Samples.build(DbrType.SCALAR_DOUBLE, times, np.random.default_rng(1).standard_normal(len(times)))
    header = ChunkHeader(dbr_type=content.dbr_type, pv=PV, year=2024)
    appliance.put_file("LTS", "X/Y:2024.pb", encode_chunk(header, content))


@contextmanager
def begun(appliance, path):
    """Send a request, and keep its connection without reading the answer."""
    with socket.create_connection(("127.0.0.1", urlsplit(appliance.url).port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        yield connection


@pytest.mark.skipif(not pathlib.Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
@pytest.mark.parametrize("count", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_nothing_is_left_after_many_starts(tmp_path, count):
    """No thread, socket or descriptor, with an engine that archives and requests that were answered."""
    ioc = SimulatedIoc([SimulatedPv(name=PV, series=Periodic(value=float, period=0.1))])
    appliance = Appliance("primary0", tmp_path, source=ioc)
    with appliance:
        appliance.add_pv({"pvName": PV, "dataStores": [LTS]})
    with nothing_left():
        for _ in range(count):
            with appliance:
                assert ask(appliance, "/mgmt/bpl/getPVStatus")[0] == 200
                assert ask(appliance, RAW)[0] == 200
    assert PV in appliance.start().type_info(PV).pv
    appliance.stop()


def test_a_client_that_does_not_read_delays_a_stop_by_a_second(tmp_path):
    """Its connection is broken off then, and its file closed."""
    appliance = Appliance("primary0", tmp_path)
    with nothing_left():
        with appliance:
            put_much(appliance)
            with begun(appliance, RAW) as connection:
                connection.recv(100)
                start = time.monotonic()
                appliance.stop()
        assert time.monotonic() - start < 5


def test_a_partner_that_hangs_does_not_delay_a_stop_longer(tmp_path):
    """A merge that waits for it ends, and changes nothing (the real one would not end at all)."""
    appliance = Appliance("primary0", tmp_path)
    with nothing_left(), socket.create_server(("127.0.0.1", 0)) as partner:
        with appliance:
            put_much(appliance)
            before = appliance.files()
            other = f"http://127.0.0.1:{partner.getsockname()[1]}/retrieval"
            with begun(appliance, f"/mgmt/bpl/mergeInData?pv={PV}&storage=LTS&other={other}"):
                asking, _ = partner.accept()
                start = time.monotonic()
                appliance.stop()
                asking.close()
        assert time.monotonic() - start < 5
        assert appliance.files() == before


def test_an_owner_that_hangs_in_mid_answer_does_not_delay_a_stop_longer(tmp_path):
    """The member that passes the answer on breaks it off."""
    with nothing_left(), ApplianceCluster(tmp_path, identities=("q0", "q1")) as members:
        members["q1"].add_pv({"pvName": PV, "dataStores": [LTS], "paused": "true"})
        members["q1"].faults.switch_on("drip", "/retrieval/*", after_bytes=2, seconds=60)
        with begun(members["q0"], f"/retrieval/data/getData.json?pv={PV}") as connection:
            connection.recv(100)
            start = time.monotonic()
            members.stop()
        assert time.monotonic() - start < 20


def test_a_client_that_goes_away_ends_the_work(tmp_path):
    """The file is closed, and not read to its end."""
    with Appliance("primary0", tmp_path) as appliance:
        put_much(appliance)
        with begun(appliance, RAW) as connection:
            connection.recv(100)
            assert any("X/Y" in name for name in open_files())
        deadline = time.monotonic() + 10
        while any("X/Y" in name for name in open_files()):
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.slow
def test_clients_that_do_not_read_hold_nobody_up(tmp_path):
    """More of them than there are threads: the next one is answered at once."""
    with Appliance("primary0", tmp_path) as appliance:
        put_much(appliance)
        connections = []
        try:
            for _ in range(205):
                connection = socket.create_connection(("127.0.0.1", urlsplit(appliance.url).port), timeout=10)
                connections.append(connection)
                connection.sendall(f"GET {RAW} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                connection.recv(100)
            start = time.monotonic()
            assert ask(appliance, "/retrieval/ping")[0] == 200
            assert ask(appliance, RAW)[0] == 200
            assert time.monotonic() - start < 10
        finally:
            for connection in connections:
                connection.close()
