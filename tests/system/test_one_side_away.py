"""A pair of which one cluster does not answer, over the network."""

import socket

import pytest

import archredundancy as ar
from archredundancy.errors import ConnectionFailed
from archredundancy.model import FailureKind

SPAN = ("2024-03-01", "2024-03-02")
STAMPS = ["2024-03-01T01:00", "2024-03-01T02:00"]


@pytest.fixture
def nobody():
    """A URL at which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


@pytest.fixture(params=["primary", "secondary"])
def half(request, bench, nobody):
    """A pair of which one side is away, with the names of the present and the absent one."""
    bench.primary.add(LTS="MONTH")
    bench.primary.write(*STAMPS)
    away = request.param
    urls = {"primary": bench.primary.appliance.url, "secondary": bench.primary.appliance.url, away: nobody}
    with pytest.warns(UserWarning, match="only one cluster of the pair can be read: cannot connect"):
        pair = ar.ClusterPair(**urls)
    with pair:
        yield pair, {"primary": "secondary", "secondary": "primary"}[away], away


def test_the_other_side_is_read_all_the_same(half):
    """What the absent one has is not known, with the reason; it is no unknown PV."""
    pair, present, away = half
    tree = pair.load("X:Y", *SPAN)
    assert [tree[name].sizes["time"] for name in (present, away, "merged")] == [2, 0, 2]
    assert f"{away}: 2024-03-01" in tree.attrs["not_read"][0]
    assert "did not answer when the pair was opened (cannot connect" in tree.attrs["not_read"][0]
    assert set(tree["known"].cluster.values) <= {present}
    evidence = pair.survey("X:Y", *SPAN)
    assert [each.kind for each in getattr(evidence, away).reading.failures] == [FailureKind.UNREACHABLE]
    trees = pair.load_many(["X:Y"], *SPAN, progress=False)
    assert trees["X:Y"][present].sizes["time"] == 2


def test_what_needs_the_absent_one_is_an_error_with_its_reason(half):
    """Names of both, its operators, its client."""
    pair, present, away = half
    assert pair.search("*", where=present) == ["X:Y"]
    for ask in (
        lambda: pair.search("*"),
        lambda: getattr(pair, away).load("X:Y", *SPAN, operator="mean", bin="1h"),
        lambda: getattr(pair, away).retrieval,
    ):
        with pytest.raises(ConnectionFailed, match="cannot connect"):
            ask()


def test_a_plan_is_refused(half):
    """Without one of the two nobody knows what a merge would do."""
    pair, _, _ = half
    assert pair.plan_merge("X:Y").status == "refused"


def test_two_that_are_away_are_an_error(nobody):
    """Nothing at all could be read."""
    with pytest.raises(ConnectionFailed, match="cannot connect"):
        ar.ClusterPair(primary=nobody, secondary=f"{nobody}/spare")
