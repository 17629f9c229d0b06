"""Comparing many PVs at once, over the network."""

import re
import socket

import pytest

import archredundancy as ar
from archredundancy.client import HttpTransport, RetrievalClient
from archredundancy.errors import InputError

SPAN = ("2026-05-20", "2026-11-22T22:00:00Z")


def test_each_pv_is_told_as_compare_tells_it(pair):
    """The table has the very texts of single comparisons, whatever the type of the PV."""
    table = pair.compare_many("DEMO:*", *SPAN, progress=False)
    assert {each.pv for each in table} == set(pair.search("DEMO:*"))
    for each in table:
        assert repr(each) == repr(pair.compare(each.pv, *SPAN))


def test_what_expires_leads(pair):
    """The valve is dropped in two days; the beam current lacks more, and has time."""
    table = pair.compare_many(re.compile("DEMO:(CURRENT|VALVE)"), *SPAN, progress=False)
    assert [each.pv for each in table] == ["DEMO:VALVE", "DEMO:CURRENT"]
    assert [each.pv for each in table.expiring(within=7 * 86400)] == ["DEMO:VALVE"]


def test_a_bad_pv_costs_only_itself(pair):
    """A name nobody knows, and one that cannot be sent, are listed with reasons."""
    table = pair.compare_many(["NO:SUCH", "DEMO:VALVE", "NOT:\udc80:TEXT"], *SPAN, progress=False)
    assert [each.pv for each in table] == ["DEMO:VALVE"]
    assert [(each.pv, each.kind) for each in table.failed] == [("NO:SUCH", "unknown-pv"), ("NOT:\udc80:TEXT", "input")]


def test_a_cluster_that_is_gone_leaves_everything_undecided(pair):
    """Nothing is called complete because one side could not be asked."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/retrieval"
    with HttpTransport() as transport:
        away = ar.Cluster("secondary", {"": RetrievalClient(nobody, transport, "secondary")})
        with ar.ClusterPair(pair.primary, away, fixed_now=pair.fixed_now) as broken:
            table = broken.compare_many(["DEMO:TYPE:SCALAR_INT"], "2026-11-01", "2026-11-02", progress=False)
    assert not table.is_whole
    assert not table.needs_merge
    assert table[0].summary.undecided_seconds == 86400
    assert "Of 1 PV a part was not read." in table.to_json()["verdict"]


def test_mistakes_of_the_caller_are_errors_at_once(pair):
    """They are not results."""
    with pytest.raises(InputError, match="parallel=0 is not possible"):
        pair.compare_many("DEMO:*", *SPAN, parallel=0)
    with pytest.raises(InputError, match="yesterday"):
        pair.compare_many("DEMO:*", "yesterday")


def test_a_bar_shows_the_way(pair, capsys):
    """One step for each PV, on the error output."""
    pair.compare_many(["DEMO:VALVE", "NO:SUCH"], *SPAN)
    assert "2/2" in capsys.readouterr().err
