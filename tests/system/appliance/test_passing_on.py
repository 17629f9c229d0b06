"""Answers of other appliances, passed on as they come."""

import socket
import threading
from contextlib import contextmanager

import pytest

from archredundancy.appliance.remote.passing_on import open_answer
from archredundancy.appliance.server.replies import Refused


@contextmanager
def answering(reply):
    """Listen for one request, answer with bytes and hang up; yield the host and what is asked."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", asked
        thread.join()


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"", b"5\r\nde"])
def test_a_body_that_breaks_off_ends(end):
    """What has come is passed on; nothing tells that there should be more (appliance.md L 2g)."""
    with answering(CHUNKED + end) as (host, _):
        answer = open_answer(host, "/x?y=z")
        assert (answer.status, answer.media_type) == (200, "a/b")
        assert b"".join(answer.blocks) == (b"abcde" if end.startswith(b"5") else b"abc")


def test_the_target_goes_as_it_is():
    """Neither encoded nor decoded (appliance.md L 2)."""
    with answering(CHUNKED + b"0\r\n\r\n") as (host, asked):
        b"".join(open_answer(host, "/x?pv=a:b%2Bc&t=1+2").blocks)
    assert asked[0].startswith(b"GET /x?pv=a:b%2Bc&t=1+2 HTTP/1.1\r\n")


def test_a_body_is_posted():
    """As JSON."""
    with answering(CHUNKED + b"0\r\n\r\n") as (host, asked):
        b"".join(open_answer(host, "/x", b"{}").blocks)
    assert asked[0].startswith(b"POST /x ")
    assert b"Content-Type: application/json\r\n" in asked[0]


def test_nobody_listens():
    """500, in the words of the real one (appliance.md L 4)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Refused, match=rf"Connect to 127\.0\.0\.1:{port} \[/127\.0\.0\.1\] failed: Connection refused"):
        open_answer(f"127.0.0.1:{port}", "/x")


def test_there_is_no_answer():
    """A connection that is closed without a word is 500 too."""
    with answering(b"") as (host, _), pytest.raises(Refused, match="failed to respond: RemoteDisconnected"):
        open_answer(host, "/x")
