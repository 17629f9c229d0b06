"""What an operator types, and which addresses come of it."""

import json

import pytest

from archredundancy.client import ClusterAddress, Reply, resolve_cluster
from archredundancy.errors import (
    ConnectionFailed,
    InputError,
    NotReadyError,
    ReadTimeout,
    ReplyError,
)

LOGIN_PAGE = b"<html>please log in</html>"


def member(identity, retrieval, management="http://inside:17665/mgmt/bpl"):
    return {"identity": identity, "mgmtURL": management, "dataRetrievalURL": retrieval}


def cluster(*members, base="http://host:17665"):
    """Return what a cluster answers below a base: the first member is the one asked."""
    replies = {
        f"{base}/mgmt/bpl/getApplianceInfo": members[0],
        f"{base}/mgmt/bpl/getAppliancesInCluster": list(members),
    }

    def answer(url, params):
        return json.dumps(replies[url]).encode() if url in replies else Reply(404, {}, b"")

    return answer


def data_only(*bases, beside=None):
    """Return what answers `Pong` below each base, and 404 or something else beside it."""
    pings = {f"{base}/ping" for base in bases}
    return lambda url, params: b"Pong" if url in pings else beside or Reply(404, {}, b"")


ONE = cluster(member("p0", "http://host:17668/retrieval"))
BEHIND = cluster(member("p0", "http://inside:17668/retrieval"), base="https://proxy/sr")


def beside(first, second):
    """Return the answers of one network, and those of another where the first knows nothing."""

    def answer(url, params):
        found = first(url, params)
        return second(url, params) if isinstance(found, Reply) else found

    return answer


@pytest.mark.parametrize(
    ("url", "answer", "management", "retrieval"),
    [
        ("http://host:17665", ONE, "http://host:17665/mgmt/bpl", {"p0": "http://host:17668/retrieval"}),
        ("http://host:17665/", ONE, "http://host:17665/mgmt/bpl", {"p0": "http://host:17668/retrieval"}),
        ("host:17665", ONE, "http://host:17665/mgmt/bpl", {"p0": "http://host:17668/retrieval"}),
        (" http://host:17665/mgmt ", ONE, "http://host:17665/mgmt/bpl", {"p0": "http://host:17668/retrieval"}),
        ("http://host:17665/mgmt/bpl/", ONE, "http://host:17665/mgmt/bpl", {"p0": "http://host:17668/retrieval"}),
        (
            "http://host:17665/mgmt/ui/index.html?x=1#top",
            ONE,
            "http://host:17665/mgmt/bpl",
            {"p0": "http://host:17668/retrieval"},
        ),
        (
            "http://host:17665",
            cluster(member("p0", "http://localhost:17668/retrieval")),
            "http://host:17665/mgmt/bpl",
            {"p0": "http://host:17668/retrieval"},
        ),
        (
            "http://host:17665",
            cluster(member("p0", "http://127.0.0.1:17668/retrieval/")),
            "http://host:17665/mgmt/bpl",
            {"p0": "http://host:17668/retrieval"},
        ),
        (
            "http://host:17665",
            cluster(member("p0", "http://archiver.inside.example.org/retrieval")),
            "http://host:17665/mgmt/bpl",
            {"p0": "http://host/retrieval"},
        ),
        (
            "http://[::1]:17665",
            cluster(member("p0", "http://localhost:17668/retrieval"), base="http://[::1]:17665"),
            "http://[::1]:17665/mgmt/bpl",
            {"p0": "http://[::1]:17668/retrieval"},
        ),
        (
            "http://me:secret@host:17665",
            cluster(member("p0", "http://localhost:17668/retrieval"), base="http://me:secret@host:17665"),
            "http://me:secret@host:17665/mgmt/bpl",
            {"p0": "http://me:secret@host:17668/retrieval"},
        ),
        (
            "https://proxy/sr/mgmt/bpl",
            beside(BEHIND, data_only("https://proxy/sr/retrieval")),
            "https://proxy/sr/mgmt/bpl",
            {"p0": "https://proxy/sr/retrieval"},
        ),
        ("https://proxy/sr", BEHIND, "https://proxy/sr/mgmt/bpl", {"p0": "http://proxy:17668/retrieval"}),
        (
            "http://host:17668/retrieval",
            data_only("http://host:17668/retrieval"),
            None,
            {"": "http://host:17668/retrieval"},
        ),
        ("http://host:17668", data_only("http://host:17668/retrieval"), None, {"": "http://host:17668/retrieval"}),
        (
            "http://host:17668/retrieval/data/getData.raw?pv=X",
            data_only("http://host:17668/retrieval", beside=LOGIN_PAGE),
            None,
            {"": "http://host:17668/retrieval"},
        ),
        (
            "https://proxy/sr/retrieval",
            data_only("https://proxy/sr/retrieval"),
            None,
            {"": "https://proxy/sr/retrieval"},
        ),
        (
            "http://host:17665",
            cluster(member("q1", "http://other:17668/retrieval"), member("q0", "http://host:17668/retrieval")),
            "http://host:17665/mgmt/bpl",
            {"q1": "http://other:17668/retrieval", "q0": "http://host:17668/retrieval"},
        ),
        (
            "http://host:17665",
            cluster(member("q0", "http://host:17680/retrieval"), member("q1", "http://host:17690/retrieval")),
            "http://host:17665/mgmt/bpl",
            {"q0": "http://host:17680/retrieval", "q1": "http://host:17690/retrieval"},
        ),
        (
            "http://localhost:17665",
            cluster(
                member("q0", "http://127.0.0.1:17680/retrieval"),
                member("q1", "http://127.0.0.1:17690/retrieval"),
                base="http://localhost:17665",
            ),
            "http://localhost:17665/mgmt/bpl",
            {"q0": "http://127.0.0.1:17680/retrieval", "q1": "http://127.0.0.1:17690/retrieval"},
        ),
    ],
)
def test_urls_of_all_kinds_are_understood(fakes, url, answer, management, retrieval):
    """Bare hosts, calls, pages, reverse proxies, data only, one member or several: each gives the addresses to ask."""
    address = resolve_cluster(url, fakes.FakeTransport(answer))
    assert address == ClusterAddress(management_url=management, retrieval_urls=retrieval)
    assert list(address.retrieval_urls) == list(retrieval)


def test_members_that_only_know_themselves_as_localhost_are_refused(fakes):
    """One given host must not swallow several members."""
    answer = cluster(member("q0", "http://localhost:17680/retrieval"), member("q1", "http://localhost:17690/retrieval"))
    with pytest.raises(ReplyError, match=r"only work on their own host.*'q0'.*site file"):
        resolve_cluster("http://host:17665", fakes.FakeTransport(answer))


@pytest.mark.parametrize(
    "url", ["", "ftp://host", "http://", "http://host:port", "http://ho st", "http://[::1", "file:///lts"]
)
def test_what_is_no_url_is_refused_before_asking(fakes, url):
    """The message tells what a URL looks like; nothing is sent."""
    with pytest.raises(InputError, match="is not the URL of a cluster; give one such as http://host:17665"):
        resolve_cluster(url, fakes.FakeTransport(lambda url, params: pytest.fail("asked")))


def test_a_server_of_another_kind_is_told_from_an_appliance(fakes):
    """Something answers, but neither interface does."""
    with pytest.raises(InputError, match="no archiver appliance at http://host:80: neither"):
        resolve_cluster("http://host:80", fakes.FakeTransport(lambda url, params: LOGIN_PAGE))


def test_nobody_there_is_a_connection_error(fakes):
    """A refused connection is what it is, not a wrong URL."""
    refused = ConnectionFailed("cannot connect", url="http://host")
    with pytest.raises(ConnectionFailed, match="cannot connect"):
        resolve_cluster("http://host", fakes.FakeTransport(lambda url, params: refused))


def test_an_appliance_that_starts_is_not_taken_for_one_without_management(fakes):
    """503 is passed on, so that the caller waits instead of going on without configuration."""
    with pytest.raises(NotReadyError, match="starting"):
        resolve_cluster("http://host", fakes.FakeTransport(lambda url, params: Reply(503, {}, b"")))


def test_a_silent_management_interface_leaves_the_data(fakes):
    """Management may be behind a firewall that drops what it does not like."""

    def answer(url, params):
        return b"Pong" if url.endswith("/ping") else ReadTimeout("silent", url=url)

    address = resolve_cluster("http://host:17668", fakes.FakeTransport(answer))
    assert address.management_url is None
