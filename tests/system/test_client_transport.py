"""HTTP over real sockets: what a server can do wrong, and which error of ours comes of it."""

import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from archredundancy.client import HttpTransport
from archredundancy.errors import ConnectionFailed, InputError, LengthError, ReadTimeout, ReplyError

#: 16 MiB of zeros, compressed a thousand times.
BOMB = gzip.compress(bytes(1 << 24))


class Handler(BaseHTTPRequestHandler):
    """Answers by the path; writes down the request line."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        self.server.seen.append((self.path, dict(self.headers)))
        path = self.path.partition("?")[0]
        answers = {
            "/moved": lambda: self.reply(302, b"", Location=self.server.target),
            "/silent": self.stall,
            "/stalls": lambda: (self.reply(200, b"half", length=8), self.stall()),
            "/short": lambda: (self.reply(200, b"half", length=8), self.hang_up()),
            "/long": lambda: self.reply(200, b"promised and more", length=8),
            "/long-after-news": lambda: (self.send_response_only(103), self.end_headers(), answers["/long"]()),
            "/smuggles": lambda: self.reply(200, b"promisedHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", length=8),
            "/chunks": lambda: self.chunked(b"5\r\nhello\r\n0\r\n\r\n"),
            "/bad-chunks": lambda: self.chunked(b"5\r\nhello\r\nxyz\r\n"),
            "/cut-chunks": lambda: (self.chunked(b"5\r\nhello\r\n"), self.hang_up()),
            "/rubbish": lambda: (self.wfile.write(b"this is not HTTP\r\n\r\n"), self.hang_up()),
            "/drips": lambda: (self.reply(200, b"", length=10**6), self.drip(b"x")),
            "/drips-headers": lambda: self.drip(b"X"),
            "/pours": lambda: (self.reply(200, b"", length=10**12), self.drip(bytes(1000), 0.005)),
            "/pours-headers": lambda: self.drip(b"X-More: 1\r\n", 0.005),
            "/slow": lambda: (self.reply(200, b"", length=8000), self.trickle(bytes(1000), 8)),
            "/bomb": lambda: self.reply(200, BOMB, **{"Content-Encoding": "gzip"}),
            "/plain": lambda: self.reply(200, b"fine", **{"Content-Encoding": "identity"}),
            "/large": lambda: self.reply(200, bytes(100_000)),
            "/drops-twice": lambda: self.hang_up() if len(self.server.seen) < 3 else self.reply(200, b"fine"),
            "/drops": self.hang_up,
            "/drops-once": lambda: self.hang_up() if len(self.server.seen) < 2 else self.reply(200, b"fine"),
        }
        if path.startswith("/status/"):
            self.reply(int(path.rpartition("/")[2]), b"body")
        else:
            answers.get(path, lambda: self.reply(200, b"fine"))()

    def do_POST(self) -> None:
        """Answer with what was sent, the first time perhaps by a redirect."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("?pv=X"):
            self.do_GET()
            return
        self.server.seen.append((self.path, dict(self.headers)))
        if self.path == "/moved-echo":
            self.reply(307, b"", Location="/echo")
        elif len(self.server.seen) == 1 and self.path == "/echo":
            self.hang_up()
        else:
            self.reply(200, body)

    def stall(self) -> None:
        """Say nothing until the test is over."""
        self.server.release.wait(5)
        self.hang_up()

    def drip(self, piece: bytes, pause: float = 0.1) -> None:
        """Send pieces until nobody listens; bytes, by default, much too slowly."""
        with contextlib.suppress(OSError):
            while not self.server.release.wait(pause):
                self.wfile.write(piece)
        self.hang_up()

    def trickle(self, piece: bytes, times: int) -> None:
        """Send pieces with pauses that are nearly too long."""
        for _ in range(times):
            self.server.release.wait(0.1)
            self.wfile.write(piece)

    def hang_up(self) -> None:
        """Close the connection after this request."""
        self.close_connection = True

    def reply(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        """Send an answer, with a length that need not be true."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def chunked(self, framing: bytes) -> None:
        """Send a body in chunks, framed as given."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(framing)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Lets more clients wait at its door than the usual five: on a busy host it is slow to open."""

    request_queue_size = 64


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """A server on a free port of the loopback."""
    server = Server(("127.0.0.1", 0), Handler)
    server.seen, server.release, server.target = [], threading.Event(), ""
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    """A transport that waits a tenth of a second for bytes."""
    with HttpTransport(timeout=0.15, headers={"X-Site": "sr"}) as transport:
        yield transport


@pytest.mark.parametrize("status", [200, 404, 500, 503])
def test_any_status_is_an_answer(server, transport, status):
    """What a status means is for others to say."""
    reply = transport.get(f"{server.url}/status/{status}")
    assert (reply.status, reply.body, reply.headers["content-length"]) == (status, b"body", "4")


def test_names_arrive_as_they_were_given(server, transport):
    """Every character that means something in a URL, or nothing in ASCII, is percent-encoded once."""
    transport.get(f"{server.url}/x", [("pv", "A#B&C+D{E} F/G[0]µ=%:?;,<>"), ("to", "2024-01-01T00:00:00.000Z")])
    query = "pv=A%23B%26C%2BD%7BE%7D%20F%2FG%5B0%5D%C2%B5%3D%25%3A%3F%3B%2C%3C%3E&to=2024-01-01T00%3A00%3A00.000Z"
    assert server.seen[0][0] == f"/x?{query}"


def test_headers_of_the_site_are_sent_and_no_compression_is_asked_for(server, transport):
    """Answers are wanted as they are: raw data do not shrink much, and servers make mistakes."""
    transport.get(f"{server.url}/x")
    headers = server.seen[0][1]
    assert (headers["X-Site"], headers["Accept-Encoding"]) == ("sr", "identity")


def test_environment_proxies_are_ignored(server, transport, monkeypatch):
    """A proxy named in the environment is not asked."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with HttpTransport() as fresh:
        assert fresh.get(f"{server.url}/x").body == b"fine"


def test_a_body_comes_in_pieces(server, transport):
    """Chunked framing is undone."""
    with transport.stream(f"{server.url}/chunks") as reply:
        assert (reply.status, b"".join(reply.blocks)) == (200, b"hello")


@pytest.mark.parametrize("path", ["/short", "/bad-chunks", "/cut-chunks", "/rubbish"])
def test_broken_framing_is_a_broken_connection(server, transport, path):
    """Fewer bytes than promised, chunks that are none, no HTTP at all: no answer."""
    with pytest.raises(ConnectionFailed, match=rf"the answer of {server.url}{path} broke off .*; try again") as caught:
        transport.get(f"{server.url}{path}", [("pv", "X")])
    assert not isinstance(caught.value, ReadTimeout)
    assert caught.value.url == f"{server.url}{path}?pv=X"


def test_what_came_before_a_break_is_handed_out(server, transport):
    """Bytes that arrived are good; the error comes after them."""
    with transport.stream(f"{server.url}/short") as reply:
        assert next(reply.blocks) == b"half"
        with pytest.raises(ConnectionFailed, match="broke off"):
            next(reply.blocks)


@pytest.mark.parametrize("path", ["/long", "/long-after-news"])
def test_a_body_longer_than_promised_is_no_whole_answer(server, transport, path):
    """What came up to the promise is handed out; then the error tells both lengths."""
    with transport.stream(f"{server.url}{path}") as reply:
        assert next(reply.blocks) == b"promised"
        with pytest.raises(LengthError, match=r"8 bytes were promised, and at least \d+ came.*check the reverse proxy"):
            next(reply.blocks)


def test_bytes_beyond_the_promise_are_not_taken_for_the_next_answer(server, transport):
    """Not even where they look like one; and the connection is not used again."""
    with pytest.raises(LengthError, match="longer than its Content-Length"):
        transport.get(f"{server.url}/smuggles")
    assert transport.get(f"{server.url}/x").body == b"fine"


def test_many_names_are_sent_as_json(server, transport):
    """In a body, which has no limit, once more where the connection broke before any answer."""
    names = [f"A:{n}µ" for n in range(10_000)]
    assert json.loads(transport.send_names(f"{server.url}/echo", names).body) == names
    assert transport.send_names(f"{server.url}/moved-echo", ["A"]).body == b'["A"]'
    assert server.seen[0][1]["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/silent", "/stalls"])
def test_silence_is_a_timeout(server, transport, path):
    """Before the answer or within it."""
    with pytest.raises(ReadTimeout, match=r"stayed silent for 0.15 s; .* longer timeout"):
        transport.get(f"{server.url}{path}")


@pytest.mark.parametrize("path", ["/drips", "/drips-headers"])
def test_a_server_that_drips_is_given_up(server, transport, path):
    """A byte now and then is no answer, however long it goes on; in the headers neither."""
    with pytest.raises(ReadTimeout, match=r"sends next to nothing, \d+ bytes in [\d.]+ s"):
        transport.get(f"{server.url}{path}", timeout=0.8)  # a busy computer may take a tenth of a second over a byte


@pytest.mark.parametrize(
    ("path", "body"), [("/drips", b"{}"), ("/drips-headers", None), ("/pours", None), ("/pours-headers", b"{}")]
)
def test_an_answer_to_a_command_has_a_time_for_all_of_it(server, transport, path, body):
    """However the bytes come; it has arrived, so nobody knows what was done. It is not sent again."""
    with pytest.raises(ReadTimeout, match=r"began to answer, and was not at the end of it after 0.5 s") as caught:
        transport.command(f"{server.url}{path}", [("pv", "X")], body=body, timeout=0.5)
    assert caught.value.sent and caught.value.url == f"{server.url}{path}?pv=X"
    assert len(server.seen) == 1


def test_a_slow_answer_to_a_command_is_waited_for(server, transport):
    """As long as all of it comes in the time that is given; silence is told as such."""
    assert transport.command(f"{server.url}/slow", timeout=30).body == bytes(8000)
    with pytest.raises(ReadTimeout, match=r"stayed silent for 0.05 s"):
        transport.command(f"{server.url}/silent", timeout=0.05)


def test_an_answer_to_a_command_has_a_limit(server, transport, monkeypatch):
    """It is held in memory; whoever sends more is no appliance."""
    monkeypatch.setattr("archredundancy.client.http.bodies._MOST_AT_ONCE", 50_000)
    with pytest.raises(ReplyError, match="is larger than 50000 bytes"):
        transport.command(f"{server.url}/large")


def test_a_slow_server_is_waited_for(server, transport):
    """The answer takes five times the time-out, each pause less."""
    assert transport.get(f"{server.url}/slow").body == bytes(8000)


def test_a_bomb_is_not_unpacked(server, transport):
    """What is compressed without being asked for is refused before its body is read."""
    with pytest.raises(ReplyError, match=r"answers with Content-Encoding 'gzip', .* turn compression off"):
        transport.get(f"{server.url}/bomb")
    assert transport.get(f"{server.url}/plain").body == b"fine"


def test_an_answer_taken_as_a_whole_has_a_limit(server, transport, monkeypatch):
    """It is held in memory; streams have no such limit."""
    monkeypatch.setattr("archredundancy.client.http.bodies._MOST_AT_ONCE", 50_000)
    with pytest.raises(ReplyError, match="is larger than 50000 bytes; ask for less"):
        transport.get(f"{server.url}/large")
    with transport.stream(f"{server.url}/large") as reply:
        assert sum(len(block) for block in reply.blocks) == 100_000


def test_a_request_may_have_its_own_timeout(server, transport):
    """Shorter, here, than the transport's."""
    with pytest.raises(ReadTimeout, match=r"silent for 0.05 s"):
        transport.get(f"{server.url}/silent", timeout=0.05)


def test_refused_is_told_with_host_and_port(transport):
    """Nobody listens; the message has neither password nor query."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(
        ConnectionFailed, match=f"cannot connect to http://127.0.0.1:{port}/x .*check host and port"
    ) as caught:
        transport.get(f"http://me:secret@127.0.0.1:{port}/x", [("pv", "X")])
    assert "secret" not in str(caught.value) + caught.value.url
    assert caught.value.__cause__ is not None


def test_a_server_that_drops_the_connection_is_asked_once_more(server, transport):
    """A kept connection may be closed at the moment of the next request; asking again is harmless."""
    assert transport.get(f"{server.url}/drops-once").body == b"fine"
    assert len(server.seen) == 2


def test_a_server_that_keeps_dropping_is_given_up(server, transport):
    """Four requests within a second or so, with growing pauses; then the error. A success meanwhile ends it."""
    assert transport.get(f"{server.url}/drops-twice").body == b"fine"
    assert len(server.seen) == 3
    with pytest.raises(ConnectionFailed, match="broke off"):
        transport.get(f"{server.url}/drops")
    assert len(server.seen) == 3 + 4


@pytest.mark.parametrize("target", ["/status/200", "{url}/status/200"])
def test_redirects_on_the_same_server_are_followed(server, transport, target):
    """Relative or absolute."""
    server.target = target.format(url=server.url)
    assert transport.get(f"{server.url}/moved").body == b"body"


@pytest.mark.parametrize(
    "target", ["http://elsewhere:17668/retrieval?pv=X", "http://127.0.0.1:1/x", "https://127.0.0.1/x?"]
)
def test_redirects_to_another_server_are_named_and_not_followed(server, transport, target):
    """Another host, and another port too: a member that passes requests on, or something that wants our headers."""
    server.target = target
    with pytest.raises(
        ReplyError, match=f"redirects to another server, {target.partition('?')[0]}, .*ask it directly"
    ) as caught:
        transport.get(f"{server.url}/moved")
    assert caught.value.status == 302


def test_a_circle_of_redirects_ends(server, transport):
    """Five are enough."""
    server.target = "/moved"
    with pytest.raises(ReplyError, match="redirects in a circle"):
        transport.get(f"{server.url}/moved")
    assert len(server.seen) == 5


@pytest.mark.parametrize(
    "url", ["host:17665", "http://", "file:///etc/passwd", "http://[::1", "http://127.0.0.1:99999999", "\x00"]
)
def test_what_is_no_url_is_an_input_error(transport, url):
    """Not a failure of any server."""
    with pytest.raises(InputError, match="is not a URL that can be asked"):
        transport.get(url)


def test_a_name_that_is_no_text_is_an_input_error(server, transport):
    """Undecodable bytes in a name cannot be percent-encoded; nothing is sent."""
    with pytest.raises(InputError, match=r"cannot be sent in a URL .*Unicode text"):
        transport.get(server.url, [("pv", "X:\udc80")])
    assert server.seen == []


def test_threads_share_a_transport(server, transport):
    """Each gets its own answer."""
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: transport.get(f"{server.url}/status/{200 + n % 3}").status, range(60)))
    assert replies == [200 + n % 3 for n in range(60)]


def test_a_closed_transport_says_so(server, transport):
    """Closing twice does no harm; asking afterwards is the caller's mistake."""
    transport.close()
    transport.close()
    with pytest.raises(InputError, match="has been closed; make a new one"):
        transport.get(server.url)


def test_a_body_left_half_read_leaves_the_transport_usable(server, transport):
    """Connections are given back or closed, whatever happens to the answer."""
    with transport.stream(f"{server.url}/chunks"):
        pass
    with pytest.raises(RuntimeError, match="mine"), transport.stream(f"{server.url}/chunks"):
        raise RuntimeError("mine")
    assert transport.get(f"{server.url}/x").body == b"fine"


def test_the_usual_certificates_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another transport takes those of the first: reading them costs more than many a request."""
    HttpTransport().close()
    monkeypatch.setattr("httpx.create_ssl_context", None)
    HttpTransport().close()
