"""Names of the PVs of a cluster of two members, over the network."""

import pytest

import archredundancy as ar
from archredundancy.client import HttpTransport


@pytest.fixture
def cluster(members):
    """The cluster of q0 and q1, which archive A and B."""
    members.q0.add("A", LTS="MONTH")
    members.q1.add("B", LTS="MONTH")
    with HttpTransport(timeout=5.0) as transport:
        yield ar.Cluster.connect(members.q0.appliance.url, transport, "primary")


def test_a_member_that_is_down_keeps_its_names(members, cluster):
    """Retrieval leaves them out; to load what is then found fails with a reason (appliance.md L 4b)."""
    assert cluster.search() == cluster.retrieval.search("*") == ["A", "B"]
    members.cluster["q1"].stop()
    assert (cluster.search("*"), cluster.search("B*"), cluster.retrieval.search("*")) == (["A", "B"], ["B"], ["A"])
    loaded = cluster.load("B", "2024-01-01", "2024-02-01")
    assert "cannot connect" in loaded.attrs["not_read"][0]


def test_without_management_retrieval_is_asked(members):
    """Where it is all there is, and where management does not answer."""
    members.q0.add("A", LTS="MONTH")
    with HttpTransport(timeout=5.0) as transport:
        assert ar.Cluster.connect(members.q0.retrieval_url, transport, "primary").search() == ["A"]
        cluster = ar.Cluster.connect(members.q0.appliance.url, transport, "primary")
        members.q0.appliance.faults.switch_on("refused", "/mgmt/bpl/getAllPVs", times=9)
        assert cluster.search() == ["A"]
