"""Long answers go from files to clients without being held."""

import tracemalloc
from http.client import HTTPConnection
from urllib.parse import urlsplit

import numpy as np
import pytest

from archredundancy.appliance import Appliance
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, start_of_year
from archredundancy.wire import ChunkHeader, encode_chunk

LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"
WINDOW = "from=2024-01-01T00:00:00Z&to=2024-12-31T00:00:00Z"
COUNT, SIZE = 1600, 20_000
CALLS = {
    "getData.raw": "pv=A",
    "getData.json": "pv=A",
    "getData.qw": "pv=A",
    "getData.csv": "pv=A",
    "getData.txt": "pv=A",
    "getDataForPVs.json": "pv=A&pv=A",
    "getDataForPVs.raw": "pv=A&pv=A",
}


@pytest.fixture(scope="module")
def appliance(tmp_path_factory):
    """An appliance with a PV of 32 MB, in few samples, so that each takes little time."""
    times = start_of_year(2024) + np.arange(COUNT) * NS_PER_SECOND
    samples = Samples.build(DbrType.SCALAR_STRING, times, ["x" * SIZE] * COUNT)
    with Appliance("primary0", tmp_path_factory.mktemp("memory"), lag=0.0) as running:
        running.add_pv({"pvName": "A", "dataStores": [LTS], "paused": "true", "DBRType": "DBR_SCALAR_STRING"})
        header = ChunkHeader(dbr_type=samples.dbr_type, pv="A", year=2024)
        running.put_file("LTS", "A:2024.pb", encode_chunk(header, samples))
        yield running


@pytest.mark.parametrize(("call", "query"), CALLS.items())
def test_memory_stays_flat(appliance, call, query):
    """In each format, for one PV and for several, there is never more than a few blocks of the file in memory."""
    connection = HTTPConnection(urlsplit(appliance.url).netloc, timeout=30)
    tracemalloc.start()
    try:
        connection.request("GET", f"/retrieval/data/{call}?{query}&{WINDOW}")
        answer = connection.getresponse()
        length = 0
        while block := answer.read(1 << 16):
            length += len(block)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        connection.close()
    assert length > query.count("pv=") * COUNT * SIZE
    assert peak < COUNT * SIZE / 2
