"""Loading many PVs at once, over the network."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter

import pytest
import xarray as xr

import archredundancy as ar
from archredundancy.client import HttpTransport, RetrievalClient
from archredundancy.errors import InputError

SPAN = ("2026-11-01", "2026-11-02")


def test_a_glob_loads_what_both_know(pair):
    """Each PV comes as `load` gives it, in the order of names."""
    trees = pair.load_many("DEMO:TYPE:SCALAR_*", *SPAN, progress=False)
    assert list(trees) == pair.search("DEMO:TYPE:SCALAR_*")
    assert len(trees) == 7
    for pv, tree in trees.items():
        xr.testing.assert_identical(tree, pair.load(pv, *SPAN))


def test_a_regular_expression_matches_whole_names(pair):
    """As the appliance's own do."""
    trees = pair.load_many(re.compile(r"DEMO:TYPE:(SCALAR|WAVEFORM)_INT"), *SPAN, progress=False)
    assert list(trees) == ["DEMO:TYPE:SCALAR_INT", "DEMO:TYPE:WAVEFORM_INT"]


def test_a_pattern_that_nobody_matches_gives_nothing(pair, capsys):
    """As searching for it does, and without a bar."""
    assert pair.load_many("NO:SUCH:*", *SPAN) == {}
    assert capsys.readouterr().err == ""


def test_a_bad_pv_costs_only_itself(pair):
    """A name nobody knows, and one that cannot even be sent, are results with reasons."""
    names = ["DEMO:TYPE:SCALAR_INT", "NO:SUCH", "NOT:\udc80:TEXT", "DEMO:TYPE:SCALAR_ENUM"]
    trees = pair.load_many(names, *SPAN, progress=False)
    assert list(trees) == names
    assert [tree.attrs.get("failure_kind") for tree in trees.values()] == [None, "unknown-pv", "input", None]
    failed = trees["NO:SUCH"]
    assert "not known to have a PV 'NO:SUCH'" in failed.attrs["failure"]
    assert failed.attrs["not_read"][0].endswith(failed.attrs["failure"])
    assert failed.attrs["query_start"] == "2026-11-01T00:00:00.000000000Z"
    assert not failed.children


@pytest.fixture
def requests(monkeypatch):
    """The requests that are sent, by their calls."""
    seen = Counter()
    stream = HttpTransport.stream

    def counted(self, url, params=(), **options):
        seen[url.rpartition("/")[2]] += 1
        return stream(self, url, params, **options)

    monkeypatch.setattr(HttpTransport, "stream", counted)
    return seen


def test_no_request_is_sent_that_tells_nothing_new(pair, requests):
    """Of each cluster: one for the configuration, one for the samples, one that proves their end; labels of an enum."""
    names = ["DEMO:TYPE:SCALAR_INT", "DEMO:TYPE:SCALAR_DOUBLE", "DEMO:TYPE:SCALAR_ENUM"]
    pair.load_many(names, *SPAN, progress=False)
    assert requests == {"getPVTypeInfo": 3 * 2, "getData.raw": 3 * 2 * 2, "getMetadata": 2}


def test_names_are_those_of_one_cluster_of_both_or_of_any(pair, requests, monkeypatch):
    """By sets; a word that is none of these is refused before anybody is asked."""
    with pytest.raises(InputError, match="where='all' is not known; allowed: both, primary, secondary, any"):
        pair.search("DEMO:*", where="all")
    assert requests == {}
    monkeypatch.setattr(pair.primary.management, "all_pvs", lambda pattern: ["A", "B"])
    monkeypatch.setattr(pair.secondary.management, "all_pvs", lambda pattern: ["B", "C"])
    found = {where: pair.search("*", where=where) for where in ("primary", "secondary", "both", "any")}
    assert found == {"primary": ["A", "B"], "secondary": ["B", "C"], "both": ["B"], "any": ["A", "B", "C"]}


def test_a_cluster_that_is_gone_is_a_result_too(pair):
    """One side away: the other's samples, and why the rest is not known."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/retrieval"
    with HttpTransport() as transport:
        away = ar.Cluster("secondary", {"": RetrievalClient(nobody, transport, "secondary")})
        with ar.ClusterPair(pair.primary, away, fixed_now=pair.fixed_now) as broken:
            tree = broken.load_many(["DEMO:TYPE:SCALAR_INT"], *SPAN, progress=False)["DEMO:TYPE:SCALAR_INT"]
    assert [tree[name].sizes["time"] for name in ("primary", "secondary", "merged")] == [50, 0, 50]
    assert "cannot connect" in tree.attrs["not_read"][0]


def test_times_and_parallelism_that_cannot_be_used_are_errors_at_once(pair):
    """They are the caller's mistake, not that of a PV."""
    with pytest.raises(InputError, match="parallel=0 is not possible"):
        pair.load_many("DEMO:*", *SPAN, parallel=0)
    with pytest.raises(InputError, match="yesterday"):
        pair.load_many("DEMO:*", "yesterday")


def test_it_works_inside_a_running_loop(pair):
    """A notebook's cells run inside one."""

    async def cell():
        return pair.load_many("DEMO:VALVE", "2026-05-20", "2026-05-30", progress=False)

    assert asyncio.run(cell())["DEMO:VALVE"]["merged"].sizes["time"] > 0


def test_a_bar_shows_the_way(pair, capsys):
    """One step for each PV, on the error output."""
    pair.load_many(["DEMO:VALVE", "NO:SUCH"], "2026-05-20", "2026-05-30")
    assert "2/2" in capsys.readouterr().err


INTERRUPTED = """
import sys
import archredundancy as ar
from archredundancy.client import HttpTransport, RetrievalClient

transport = HttpTransport()
sides = [ar.Cluster(name, {{"": RetrievalClient("{url}", transport)}}) for name in ("primary", "secondary")]
with ar.ClusterPair(*sides) as pair:
    print("reading", flush=True)
    try:
        {call}
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.parametrize(
    "call",
    ['pair.load("X", "-1h")', 'pair.load_many([str(n) for n in range(100)], "-1h", progress=False)'],
    ids=["load", "load_many"],
)
def test_an_interrupt_stops_at_once(call):
    """Ctrl-C while both clusters are silent: the program goes on within a second or two, and can end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/retrieval"
        program = [sys.executable, "-c", INTERRUPTED.format(url=url, call=call)]
        with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            assert child.stdout.readline() == "reading\n"
            connection, _ = server.accept()
            began = time.monotonic()
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=20)
            took = time.monotonic() - began
            connection.close()
    assert (out, err, child.returncode) == ("interrupted\n", "", 0)
    assert took < 10  # the time-out is 60 s
