"""What the site file says of a cluster, and whom is asked because of it."""

import json
from pathlib import Path

import pytest

from archredundancy.client import Reply, locate_cluster, open_transport, retrieval_url_of
from archredundancy.errors import ConnectionFailed, InputError, NotReadyError, ReplyError, SiteError
from archredundancy.site import ClusterSettings, HeaderValue, MemberUrls

REFUSED = ConnectionFailed("refused", url="http://down")


def network(*identities, at="http://host", told="http://localhost:17668/retrieval", pings=()):
    """Return a network with one cluster, whose first member answers at a URL."""
    members = [{"identity": each, "mgmtURL": "http://inside", "dataRetrievalURL": told} for each in identities]
    replies = {f"{at}/mgmt/bpl/getApplianceInfo": members[:1], f"{at}/mgmt/bpl/getAppliancesInCluster": members}

    def answer(url, params):
        if url in pings:
            return b"Pong"
        if url.startswith("http://down"):
            return REFUSED
        if url.startswith("http://starting"):
            return Reply(503, {}, b"")
        found = replies.get(url)
        if found is None:
            return Reply(404, {}, b"")
        return json.dumps(found[0] if url.endswith("Info") else found).encode()

    return answer


@pytest.fixture
def locate(fakes):
    """Return a function that locates a cluster of settings in a network."""
    return lambda answer, **settings: locate_cluster(ClusterSettings(**settings), fakes.FakeTransport(answer))


@pytest.mark.parametrize("retrieval", ["https://data", "https://data/retrieval", "https://data/retrieval/"])
def test_a_url_of_the_site_file_goes_before_what_the_member_says(locate, retrieval):
    """The only member is asked for data where the file says, whether or not the URL is written to its end."""
    address = locate(network("p0"), management="http://host", retrieval=retrieval)
    assert address.management_url == "http://host/mgmt/bpl"
    assert address.retrieval_urls == {"p0": "https://data/retrieval"}


def test_members_are_asked_where_the_site_file_says(locate):
    """Each by its identity, the one that answered first; one that is down is left out."""
    members = {name: MemberUrls(retrieval=f"https://proxy/{name}") for name in ("one", "two", "gone")}
    address = locate(network("two", "one"), management="http://host", members=members)
    assert list(address.retrieval_urls.items()) == [
        ("two", "https://proxy/two/retrieval"),
        ("one", "https://proxy/one/retrieval"),
    ]


def test_a_member_that_the_site_file_leaves_out_is_asked_where_it_says(locate):
    """Unless that address works on its own host only."""
    members = {"one": MemberUrls(retrieval="https://proxy/1")}
    address = locate(network("one", "two", told="http://two/retrieval"), management="http://host", members=members)
    assert address.retrieval_urls == {"one": "https://proxy/1/retrieval", "two": "http://two/retrieval"}
    with pytest.raises(ReplyError, match="of 'two'; name the retrieval URL of each member"):
        locate(network("one", "two"), management="http://host", members=members)


@pytest.mark.parametrize("members", [{}, {"one": MemberUrls(retrieval="https://proxy/1")}])
def test_one_url_does_not_swallow_several_members(locate, members):
    """A cluster's retrieval URL stands for a member only where there is one."""
    with pytest.raises(SiteError, match=r"cannot stand for .*two of a cluster of 2 members"):
        locate(network("one", "two"), management="http://host", retrieval="http://data", members=members)
    both = {name: MemberUrls(retrieval=f"http://{name}") for name in ("one", "two")}
    address = locate(network("one", "two"), management="http://host", retrieval="http://data", members=both)
    assert address.retrieval_urls == {"one": "http://one/retrieval", "two": "http://two/retrieval"}


@pytest.mark.parametrize("dead", ["http://down", "http://starting"])
def test_management_of_another_member_stands_in(locate, dead):
    """A cluster lives on when the member asked first does not; if none answers, the last failure is told."""
    members = {"one": MemberUrls(management="http://host")}
    assert locate(network("one"), management=dead, members=members).management_url == "http://host/mgmt/bpl"
    with pytest.raises((ConnectionFailed, NotReadyError)):
        locate(network("one"), management="http://down", members={"one": MemberUrls(management=dead)})


def test_management_that_is_named_is_not_done_without(locate):
    """Though retrieval would answer: the file says that there is more to be known."""
    with pytest.raises(ConnectionFailed):
        locate(network(pings={"http://data/retrieval/ping"}), management="http://down", retrieval="http://data")


def test_retrieval_alone_will_do(locate):
    """It has to answer as such; members that are named are taken as they are."""
    answer = network(pings={"http://data/retrieval/ping"})
    address = locate(answer, retrieval="http://data")
    assert (address.management_url, address.retrieval_urls) == (None, {"": "http://data/retrieval"})
    address = locate(answer, members={"one": MemberUrls(retrieval="http://1")})
    assert (address.management_url, address.retrieval_urls) == (None, {"one": "http://1/retrieval"})
    with pytest.raises(InputError, match="no archiver appliance at http://other: /retrieval does not answer as one;"):
        locate(answer, retrieval="http://other")
    with pytest.raises(ConnectionFailed):
        locate(answer, retrieval="http://down")


def test_a_url_is_located_as_before(fakes):
    """Without settings, what a URL stands for is found out."""
    address = locate_cluster("host", fakes.FakeTransport(network("p0")))
    assert address.retrieval_urls == {"p0": "http://host:17668/retrieval"}
    assert retrieval_url_of("http://s:17668/retrieval") == "http://s:17668/retrieval"


def test_a_transport_is_made_as_the_file_says(monkeypatch):
    """With its time-out, and with headers whose values come from the environment."""
    monkeypatch.setenv("TOKEN", "secret")
    headers = {"X": HeaderValue(variable="TOKEN"), "Y": HeaderValue(literal="y")}
    with open_transport(ClusterSettings(headers=headers, timeout=2.5), 1) as transport:
        assert transport.timeout == 2.5
        assert "secret" not in repr(transport)


def test_a_transport_needs_all_that_is_named(monkeypatch, tmp_path):
    """A variable that is not set, and a CA file that holds no certificates, are told before anything is asked."""
    monkeypatch.delenv("TOKEN", raising=False)
    with pytest.raises(InputError, match="variable TOKEN, which is not set"):
        open_transport(ClusterSettings(headers={"X": HeaderValue(variable="TOKEN")}), 1)
    empty = tmp_path / "ca.pem"
    empty.write_text("no certificate")
    for path in (empty, Path("/no/such.pem")):
        with pytest.raises(InputError, match=f"{path} cannot be used for certificates"):
            open_transport(ClusterSettings(ca_file=path), 1)
