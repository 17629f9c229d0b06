"""Reading over HTTP from embedded appliances in processes of their own, in CPU time of the client."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest

from archredundancy.client import HttpTransport, RetrievalClient
from archredundancy.model import DbrType, Samples, TimeRange, start_of_year
from archredundancy.pair import ClusterPair
from archredundancy.testing.embedded.apart import appliance_apart, type_info, write_years

COUNT = 500_000
PVS = 300
START = start_of_year(2024) + 80 * 86_400 * 10**9


def make_samples(count):
    """Samples at 1 Hz with jittered stamps."""
    generator = np.random.default_rng(7)
    times = START + np.arange(count) * 10**9 + generator.integers(0, 10**8, count)
    return Samples.build(DbrType.SCALAR_DOUBLE, times, np.cumsum(generator.standard_normal(count)))


def cpu_seconds(rounds, work):
    """Return the median CPU time of this process."""
    times = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return median(times)


@pytest.mark.timeout(240)
def test_end_to_end_against_epicsarchiver(tmp_path, goal):
    """From a name to columns over HTTP is at least 60 times as fast as epicsarchiver's `get_data`."""
    reason = "needs epicsarchiver-retrieval-client"
    peer = pytest.importorskip("epicsarchiver.retrieval.client.archiver_retrieval", reason=reason)
    samples = make_samples(COUNT)
    write_years(tmp_path, "B:ONE", samples)
    with appliance_apart("primary0", tmp_path, [type_info("B:ONE")]) as url, HttpTransport() as transport:
        client = RetrievalClient(f"{url}/retrieval", transport)
        asked = TimeRange.parse("2024-03-21", "2024-04-01", now=0)
        theirs = peer.ArchiverRetrieval("127.0.0.1", urlsplit(url).port)

        def get_data():
            return theirs.get_data("B:ONE", "2024-03-21 00:00", "2024-04-01 00:00")

        assert np.array_equal(client.read("B:ONE", asked).samples.value, samples.value)
        assert len(get_data()) == COUNT
        mine, other = cpu_seconds(9, lambda: client.read("B:ONE", asked)), cpu_seconds(1, get_data)
    remark = f"500 k: {mine * 1e3:.0f} ms, epicsarchiver {other:.1f} s"
    goal("over HTTP: times faster than epicsarchiver's get_data", other / mine, at_least=60, remark=remark)


@pytest.mark.timeout(600)
def test_many_pvs_are_listed_and_loaded(tmp_path, goal):
    """Hundreds of PVs of two clusters are found and loaded, each whole; the cost is told against bare requests."""
    names = [f"B:PV:{number:04}" for number in range(PVS)]
    roots = [tmp_path / "primary0", tmp_path / "secondary0"]
    few = make_samples(100)
    for name in names:
        for root in roots:
            write_years(root, name, few)
    infos = [type_info(name) for name in names]
    with (
        appliance_apart("primary0", roots[0], infos) as primary,
        appliance_apart("secondary0", roots[1], infos) as secondary,
    ):
        with ClusterPair(primary, secondary) as pair:
            before, wall = time.process_time(), time.perf_counter()
            trees = pair.load_many("B:PV:*", "2024-03-21", "2024-03-22", progress=False)
            mine, wall = time.process_time() - before, time.perf_counter() - wall
        assert list(trees) == names
        assert all(tree["merged"].sizes["time"] == 100 and not tree.attrs["not_read"] for tree in trees.values())
        bare = cpu_seconds(1, lambda: get_bare(names, primary, secondary))
    remark = f"{mine:.1f} s, {wall:.1f} s wall, bare {bare:.1f} s"
    goal(f"{PVS} PVs x 2 clusters: time to two bare httpx GETs a PV", mine / bare, remark=remark)


def get_bare(names, *urls):
    """Get the raw data of each PV from each cluster, once, by httpx alone."""
    paths = "/retrieval/data/getData.raw?from=2024-03-21T00:00:00.000Z&to=2024-03-22T00:00:00.000Z&pv="
    with httpx.Client() as client, ThreadPoolExecutor(8) as threads:
        sizes = list(
            threads.map(lambda url: len(client.get(url).content), [u + paths + n for u in urls for n in names])
        )
    assert min(sizes) > 100 * 15
