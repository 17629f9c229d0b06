"""What a whole process costs, from its start to its end: CPU time, and the most memory it had."""

import os
import resource
import subprocess
import sys
from statistics import median

import numpy as np
import pytest

from archredundancy.model import DbrType, Samples, start_of_year
from archredundancy.testing.embedded.apart import appliance_apart, type_info, write_years

PV = "B:WHOLE"
COUNT = 500_000
MANY = 10_000_000
#: int64 time, float64 value, int32 severity and status.
BYTES_A_SAMPLE = 24

OURS = """
import sys
from pathlib import Path
from archredundancy.model import Samples
from archredundancy.wire import ChunkReader, SampleBlock
reader = ChunkReader()
events = reader.feed(Path(sys.argv[1]).read_bytes()) + reader.close()
print(len(Samples.concatenate([event.samples for event in events if isinstance(event, SampleBlock)])))
"""
OPENED = """
import sys
import archredundancy as ar
print(ar.open_store(sys.argv[1]).load("B:WHOLE", "2024-01-01", "2025-01-01").sizes["time"])
"""
THEIRS = """
import sys
from pathlib import Path
from epicsarchiver.retrieval.dataframe import dataframe_from_events
from epicsarchiver.retrieval.pb import parse_pb_data
metadata, events = parse_pb_data(Path(sys.argv[1]).read_bytes())
print(len(dataframe_from_events(events, metadata)))
"""
PEAK = """
import sys
from archredundancy.client import HttpTransport, RetrievalClient
from archredundancy.model import TimeRange
from archredundancy.testing.memory import peak_memory
with HttpTransport() as transport:
    client = RetrievalClient(sys.argv[1] + "/retrieval", transport)
    client.ping()
    before = peak_memory()
    reading = client.read("B:WHOLE", TimeRange.parse("2024-01-01", "2025-01-01", now=0))
print(len(reading.samples), before, peak_memory())
"""
FETCH = """
import sys
from archredundancy.cli import main
sys.exit(main())
"""


def make_samples(count):
    """Samples at 1 Hz with jittered stamps."""
    generator = np.random.default_rng(7)
    times = start_of_year(2024) + 80 * 86_400 * 10**9 + np.arange(count) * 10**9 + generator.integers(0, 10**8, count)
    return Samples.build(DbrType.SCALAR_DOUBLE, times, np.cumsum(generator.standard_normal(count)))


def run(code, *arguments):
    """Run a program; return what it prints and its CPU seconds."""

    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    # More cores must not make numpy's start dearer.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return done.stdout, spent() - before


def cpu_seconds(rounds, code, *arguments):
    """Return the median CPU time of a program's runs."""
    return median(run(code, *arguments)[1] for _ in range(rounds))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A year's file of half a million samples."""
    (path,) = write_years(tmp_path_factory.mktemp("whole"), PV, make_samples(COUNT))
    return path


@pytest.mark.timeout(240)
def test_a_whole_process_against_epicsarchiver(file, goal):
    """A process that decodes a file takes a twentieth of one of epicsarchiver that makes its frame of it."""
    pytest.importorskip("epicsarchiver.retrieval.dataframe", reason="needs epicsarchiver-retrieval-client")
    assert run(OURS, file)[0] == run(THEIRS, file)[0] == f"{COUNT}\n"
    ours, theirs = cpu_seconds(5, OURS, file), cpu_seconds(1, THEIRS, file)
    remark = f"500 k: {ours:.2f} s, epicsarchiver {theirs:.1f} s"
    goal("whole process: time to epicsarchiver's", ours / theirs, at_most=0.05, remark=remark)
    assert run(OPENED, file.parents[2])[0] == f"{COUNT}\n"
    opened = cpu_seconds(3, OPENED, file.parents[2])
    goal("whole process to a Dataset, by open_store", opened / theirs, remark=f"{opened:.2f} s, with xarray's import")


@pytest.mark.timeout(240)
def test_peak_memory_of_a_long_reading(tmp_path, goal):
    """Reading ten million samples over HTTP takes their columns and at most 64 MiB, over what a process has before."""
    write_years(tmp_path, PV, make_samples(MANY))
    with appliance_apart("primary0", tmp_path, [type_info(PV)]) as url:
        count, before, peak = map(int, run(PEAK, url)[0].split())
    assert count == MANY
    output = MANY * BYTES_A_SAMPLE
    remark = f"peak {peak >> 20} MiB, output {output >> 20}, before {before >> 20}"
    goal(
        "memory: MiB over output and import, 10 M",
        (peak - before - output) / 2**20,
        at_most=64,
        remark=remark,
    )


@pytest.mark.timeout(240)
def test_fetching_an_hour(tmp_path, goal):
    """`archredundancy fetch` of an hour at 1 Hz from both sides takes about a second of CPU."""
    roots = [tmp_path / "primary0", tmp_path / "secondary0"]
    for root in roots:
        write_years(root, PV, make_samples(4 * 3600))
    with (
        appliance_apart("primary0", roots[0], [type_info(PV)]) as primary,
        appliance_apart("secondary0", roots[1], [type_info(PV)]) as secondary,
    ):
        asked = ["fetch", PV, "2024-03-21T01:00", "2024-03-21T02:00", "--primary", primary, "--secondary", secondary]
        lines = run(FETCH, *asked)[0].splitlines()
        seconds = cpu_seconds(5, FETCH, *asked)
    assert len(lines) == 3601 and lines[0] == "time,value,severity,status,origin"
    goal("archredundancy fetch of an hour, s", seconds, at_most=1.0, remark="3600 samples, both sides")
