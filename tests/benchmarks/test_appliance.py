"""Raw retrieval of 10 M samples against a bare stream of the same file by one server process, taken in turns."""

import multiprocessing
import time
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import pytest

from archredundancy.model import DbrType, Samples
from archredundancy.testing.memory import peak_memory
from archredundancy.wire import ChunkHeader, encode_chunk

PV = "B:STREAM"
STORE = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
COUNT = 10_000_000
BLOCK = 1 << 20
#: More than a client that reads slowly may cost.
MEMORY = 64 << 20


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A year's file of 10 M samples at 1 Hz."""
    generator = np.random.default_rng(7)
    start = np.datetime64("2024-03-01", "ns").astype(np.int64)
    times = start + np.arange(COUNT) * 1_000_000_000 + generator.integers(0, 1_000_000, COUNT)
    content = Samples.build(DbrType.SCALAR_DOUBLE, times, generator.standard_normal(COUNT))
    path = tmp_path_factory.mktemp("stream") / "lts" / "B" / "STREAM:2024.pb"
    path.parent.mkdir(parents=True)
    path.write_bytes(encode_chunk(ChunkHeader(dbr_type=content.dbr_type, pv=PV, year=2024), content))
    return path


def serve(connection, root):
    """Serve the file as the appliance does and as it is; tell CPU time and peak memory whenever asked."""
    from starlette.responses import StreamingResponse
    from starlette.routing import Route, Router

    from archredundancy.appliance import Appliance
    from archredundancy.appliance.server.background import BackgroundServer

    async def blocks():
        with Path(root, "lts/B/STREAM:2024.pb").open("rb") as handle:
            while block := handle.read(BLOCK):
                yield block

    async def bare(_request):
        return StreamingResponse(blocks(), media_type="application/x-protobuf")

    server = BackgroundServer(Router([Route("/", bare)]))
    server.start()
    with Appliance("primary0", root) as appliance:
        appliance.add_pv({"pvName": PV, "dataStores": [STORE]})
        connection.send((f"127.0.0.1:{server.port}", appliance.url.removeprefix("http://")))
        while connection.recv():
            connection.send((time.process_time(), peak_memory()))
    server.stop()


@pytest.fixture(scope="module")
def server(file):
    """A process that serves the file, and a function that tells its CPU seconds and peak memory in bytes."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, str(file.parents[2])))
    process.start()
    there.close()

    def usage():
        here.send(True)
        return here.recv()

    yield *here.recv(), usage
    here.send(False)
    process.join()


def get(host, path):
    """Read an answer to its end; return its length and its last bytes."""
    connection = HTTPConnection(host, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    length, last = 0, b""
    while block := answer.read(BLOCK):
        length, last = length + len(block), block[-100:]
    connection.close()
    return length, last


RAW = f"/retrieval/data/getData.raw?pv={PV}&from=2024-01-01T00:00:00Z&to=2024-12-31T00:00:00Z"


@pytest.mark.timeout(240)
def test_raw_retrieval_is_half_as_fast_as_a_bare_stream(server, file, goal):
    """In CPU time and on the clock: lines go from the file into the answer as they are, and none of it is held."""
    bare, appliance, usage = server
    content, ending = file.stat().st_size, file.read_bytes()[-100:]
    spent = {bare: [], appliance: []}
    get(appliance, RAW.replace("to=2024-12", "to=2024-03"))
    get(bare, "/")
    _, memory = usage()
    for _ in range(5):
        for host, path in ((bare, "/"), (appliance, RAW)):
            before, wall = usage()[0], time.perf_counter()
            length, last = get(host, path)
            spent[host].append((usage()[0] - before, time.perf_counter() - wall))
            assert content <= length <= content + 200
            assert last == ending
    (theirs, their_wall), (mine, my_wall) = (np.median(spent[host], axis=0) for host in (bare, appliance))
    remark = f"10 M: {mine:.2f} s, bare {theirs:.2f} s"
    goal("embedded appliance, raw: time to that of a bare stream", mine / theirs, at_most=2, remark=remark)
    remark = f"{my_wall:.2f} s, bare {their_wall:.2f} s"
    goal("embedded appliance, raw: the same on the clock", my_wall / their_wall, at_most=2, remark=remark)
    assert usage()[1] - memory < MEMORY
