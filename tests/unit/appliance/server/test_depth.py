"""How many appliances a request has come through, and the threads that are kept for deeper ones."""

import asyncio
import threading

import pytest

from archredundancy.appliance.server.depth import (
    DEEPEST,
    CountedRequests,
    LayeredThreads,
    depth_of_request,
    header_for_next,
    is_too_deep,
)


def depth_with(*headers):
    """Depth of a request with these headers, and the header that it would send on."""
    seen = []

    async def application(_scope, _receive, _send):
        seen.append((depth_of_request(), *header_for_next().values()))

    asyncio.run(CountedRequests(application)({"type": "http", "headers": headers}, None, None))
    return seen[0]


@pytest.mark.parametrize(("text", "depth"), [(b"1", 1), (b"99", DEEPEST), (b"-1", 0), (b"x", 0), (b"9" * 99, 0)])
def test_the_depth_comes_from_the_header(text, depth):
    """Rubbish counts as a user's own request; more than the deepest is the deepest."""
    assert depth_with((b"x-archredundancy-depth", text)) == (depth, str(depth + 1))


def test_a_users_request_has_depth_0():
    """What it makes the appliance ask has depth 1."""
    assert depth_with() == (0, "1")


@pytest.mark.parametrize("depth", range(DEEPEST + 1))
def test_at_the_deepest_no_other_is_asked(depth, caplog):
    """The log says so, with the PV."""
    seen = []

    async def application(_scope, _receive, _send):
        seen.append(is_too_deep("X:Y"))

    headers = [(b"x-archredundancy-depth", str(depth).encode())]
    asyncio.run(CountedRequests(application)({"type": "http", "headers": headers}, None, None))
    assert seen == [depth == DEEPEST]
    assert ("X:Y" in caplog.text) is (depth == DEEPEST)


def test_deeper_requests_have_threads_of_their_own():
    """They run though all threads of users' requests wait."""
    waiting = threading.Event()

    async def at_depth(header):
        async def application(_scope, _receive, _send):
            await asyncio.to_thread(waiting.set if header else waiting.wait, *(() if header else (10,)))

        headers = [(b"x-archredundancy-depth", header)] if header else []
        await CountedRequests(application)({"type": "http", "headers": headers}, None, None)

    async def both():
        asyncio.get_running_loop().set_default_executor(LayeredThreads(1))
        await asyncio.gather(*(asyncio.create_task(at_depth(header)) for header in (b"", b"2")))

    asyncio.run(both())
    assert waiting.is_set()
