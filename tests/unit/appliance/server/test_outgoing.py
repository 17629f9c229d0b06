"""Connections to other appliances, and how a stop ends them."""

import asyncio
import socket
from http.client import HTTPConnection
from threading import Thread

import pytest

from archredundancy.appliance.server.outgoing import NotedCalls, OutgoingCalls, connected, noted


@pytest.fixture
def partner():
    """A partner that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def answer_with(work, calls):
    """Let work be done for a request of an appliance."""

    async def application(_scope, _receive, _send):
        await asyncio.to_thread(work)

    messages = [{"type": "http.request"}, {"type": "http.disconnect"}]

    async def receive():
        return messages.pop(0)

    asyncio.run(NotedCalls(application, calls)({"type": "http"}, receive, None))


def ask(partner, told):
    """Return the work of asking the partner; what comes of it is told."""

    def work():
        connection = HTTPConnection(*partner.getsockname())
        try:
            with connected(connection):
                connection.request("GET", "/")
                connection.getresponse()
        except OSError as failure:
            told.append(type(failure).__name__)
        finally:
            connection.close()

    return work


def test_a_call_that_waits_is_broken_off(partner):
    """Whoever waits is told that there is no answer; nobody may call afterwards."""
    calls, told = OutgoingCalls(), []
    thread = Thread(target=answer_with, args=(ask(partner, told), calls))
    thread.start()
    accepted, _ = partner.accept()
    accepted.recv(4)
    calls.break_off()
    thread.join(10)
    accepted.close()
    assert told == ["RemoteDisconnected"]
    with noted(calls):
        ask(partner, told)()
    assert told[1:] == ["ConnectionAbortedError"]


def test_who_is_dead_answers_nothing():
    """A request that is read before its connection is broken off waits for that."""
    calls, told = OutgoingCalls(), []
    calls.break_off()
    answer_with(lambda: told.append("answered"), calls)
    assert told == []


def test_outside_of_requests_nothing_is_noted(partner):
    """ETL asks without an appliance that answers."""
    connection = HTTPConnection(*partner.getsockname())
    with connected(connection):
        assert connection.sock is not None
    connection.close()
