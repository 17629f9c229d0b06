"""The relay gives exactly what is planned, to nobody who does not know its path, and only while it lasts."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import uvicorn

from archredundancy.client import HttpTransport, RetrievalClient
from archredundancy.errors import CommitError, ConnectionFailed, InputError
from archredundancy.model import DbrType, Samples, TimeRange, parse_time
from archredundancy.relay import Relay, RelayRequest, serve_relay
from archredundancy.testing import assert_samples_equal
from archredundancy.wire import read_chunks

START = parse_time("2024-05-01", now=0)
SAMPLES = Samples.build(DbrType.SCALAR_DOUBLE, [START, START + 10**9, START + 2 * 10**9], [1, 2, 3])
MAY = [("from", "2024-05-01T00:00:00.000Z"), ("to", "2024-05-31T23:59:59.000Z"), ("skipExternalServers", "true")]
JUNE = [("from", "2024-06-01T00:00:00.000Z"), ("to", "2024-06-30T23:59:59.000Z"), ("skipExternalServers", "true")]


@pytest.fixture
def told() -> list[RelayRequest]:
    return []


@pytest.fixture
def relay(told: list[RelayRequest]) -> Iterator[Relay]:
    with serve_relay({"A:B": SAMPLES}, on_request=told.append) as relay:
        yield relay


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    with HttpTransport(timeout=10) as transport:
        yield transport


def test_it_answers_pings(relay: Relay, transport: HttpTransport, told: list[RelayRequest]) -> None:
    """`addExternalArchiverServer` asks for a ping and wants Pong."""
    assert RetrievalClient(relay.url, transport).ping()
    assert [request.request for request in told] == ["ping"]


def test_a_merge_finds_what_it_asks_for(relay: Relay, transport: HttpTransport, told: list[RelayRequest]) -> None:
    """Counts and samples of the planned range, 0 and nothing elsewhere; each request is told with times and number."""
    url = f"{relay.url}/data/getData.raw"
    replies = [transport.get(url, [("pv", pv), *when]) for pv in ("ncount(A:B)", "A:B") for when in (MAY, JUNE)]
    assert {reply.status for reply in replies} == {200}
    bodies = [read_chunks(reply.body) for reply in replies]
    assert [chunks[-1].samples.value.tolist() for chunks in bodies[:2]] == [[3], [0]]  # type: ignore[union-attr]
    assert_samples_equal(bodies[2][-1].samples, SAMPLES)
    assert bodies[3] == []
    assert [(request.request, request.pv, request.count) for request in told] == [
        ("ncount", "A:B", 3),
        ("ncount", "A:B", 0),
        ("data", "A:B", 3),
        ("data", "A:B", 0),
    ]
    assert told[0].start == START and told[0].end == parse_time("2024-05-31T23:59:59", now=0)


def test_our_own_client_reads_it(relay: Relay, transport: HttpTransport) -> None:
    """What it sends is an answer like any other."""
    url = f"{relay.url}"
    asked = TimeRange(start=START, end=START + 3 * 10**9)
    chunks = [event for event in RetrievalClient(url, transport).raw_chunks("A:B", asked) if hasattr(event, "samples")]
    assert_samples_equal(chunks[0].samples, SAMPLES)


@pytest.mark.parametrize("pv", ["A:C", "ncount(A:C)", "mean_60(A:B)", "a:b", ""])
def test_other_pvs_are_not_here(pv: str, relay: Relay, transport: HttpTransport, told: list[RelayRequest]) -> None:
    """Any name but a planned one is 404, operators other than ncount included."""
    assert transport.get(f"{relay.url}/data/getData.raw", [("pv", pv), *MAY]).status == 404
    assert told == [RelayRequest(request="refused")]


@pytest.mark.parametrize(
    "path", ["", "/", "/retrieval", "/retrieval/ping", "/bpl/ping", "/data/getData.json", "/data/getDataForPVs.raw"]
)
def test_other_paths_are_not_here(path: str, relay: Relay, transport: HttpTransport, told: list[RelayRequest]) -> None:
    """Without the token there is nothing, and with it nothing but ping and raw data."""
    root = relay.url.removesuffix("/retrieval").rpartition("/")[0]
    url = f"{relay.url}{path}" if path.startswith(("/data", "/bpl")) else f"{root}{path}"
    assert transport.get(url, MAY).status == 404
    assert [request.request for request in told] == ["refused"]


def test_no_two_paths_are_alike() -> None:
    """The token is long, and another one each time."""
    urls = []
    for _ in range(3):
        with serve_relay({}, on_request=lambda request: None) as relay:
            urls.append(relay.url.split("/")[3])
    assert len(set(urls)) == 3 and min(map(len, urls)) >= 32


def test_what_cannot_be_recorded_is_not_served(transport: HttpTransport) -> None:
    """When the journal cannot be written the answer is 500, which ends a merge with files untouched."""

    def fail(request: RelayRequest) -> None:
        raise OSError("no space left on device")

    with serve_relay({"A:B": SAMPLES}, on_request=fail) as relay:
        reply = transport.get(f"{relay.url}/data/getData.raw", [("pv", "A:B"), *MAY])
    assert reply.status == 500
    assert b"A:B" not in reply.body


def test_closed_it_is_gone(relay: Relay, transport: HttpTransport) -> None:
    """After `close` nobody is there; closing again does no harm."""
    relay.close()
    relay.close()
    with pytest.raises(ConnectionFailed):
        transport.get(f"{relay.url}/ping")


def test_closed_it_keeps_nobody_waiting(relay: Relay) -> None:
    """A client that is connected, and asks for nothing just now, is told."""
    port = urlsplit(relay.url).port
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while b"not here" not in answer:
            answer += client.recv(1000)
        relay.close()
        with suppress(ConnectionResetError):
            assert client.recv(1000) == b""


@pytest.mark.parametrize("interface", ["0.0.0.0", "::", ""])
def test_it_is_bound_to_a_stated_address(interface: str) -> None:
    """An address that means all of them is refused: it is none that the primary could connect to."""
    with pytest.raises(InputError, match="one of this host's own"):
        serve_relay({}, interface=interface, on_request=lambda request: None)


def test_it_is_found_behind_what_lies_between(transport: HttpTransport) -> None:
    """With a port and a base of its own it answers there, and gives others the address that they reach."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serve_relay({}, interface="127.0.0.1", port=port, base="https://gate/x/", on_request=print) as relay:
        assert relay.url.startswith("https://gate/x/") and relay.url.endswith("/retrieval")
        assert RetrievalClient(relay.url.replace("https://gate/x", f"http://127.0.0.1:{port}"), transport).ping()
    with serve_relay({}, interface="0.0.0.0", base="https://gate", on_request=print) as relay:
        assert relay.url.startswith("https://gate/")


def test_it_listens_on_loopback_by_default(relay: Relay) -> None:
    """Nobody outside this host can connect unless an interface is named."""
    assert relay.url.startswith("http://127.0.0.1:")
    assert "3 of A:B" in repr(relay)


def test_other_samples_can_be_offered_under_the_same_address(relay: Relay) -> None:
    """What is served is known only after the primary was asked whether it reaches the relay."""
    later = Samples.build(DbrType.SCALAR_DOUBLE, [START + 10**9, START + 5], [8, 9])
    relay.offer({"A:B": later})
    with HttpTransport() as transport:
        reading = RetrievalClient(relay.url, transport).raw_chunks("A:B", TimeRange(start=START, end=START + 10**10))
        times = [int(time) for event in reading if hasattr(event, "samples") for time in event.samples.time]
    assert times == [START + 5, START + 10**9]


def test_a_relay_that_does_not_come_up_in_time_ends_when_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says that nothing was changed; neither a thread nor a port is left behind."""
    ports = []

    async def come_up_late(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        ports.append(sockets[0].getsockname()[1])
        await asyncio.sleep(0.3)
        await uvicorn.Server.startup(server, sockets)

    monkeypatch.setattr("archredundancy.relay.server._Server.startup", come_up_late)
    monkeypatch.setattr("archredundancy.relay.server._START_SECONDS", 0.1)
    with pytest.raises(CommitError, match=r"did not start within .* nothing was changed"):
        serve_relay({}, on_request=lambda _request: None)
    (port,) = ports
    for thread in threading.enumerate():
        if thread.name == f"relay-{port}":
            thread.join(10)
            assert not thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
