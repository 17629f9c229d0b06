"""A network of a few lines, and an archive of daily files that answers as the appliance does, damage included."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

from archredundancy.client import Reply, StreamReply
from archredundancy.model import DbrType, FailureKind, Granularity, Partition, Reading, Samples, parse_time, year_of
from archredundancy.wire import ChunkHeader, encode_chunk

PV = "X:Y"
RETRIEVAL_URL = "http://host:17668/retrieval"


def instant(text: str) -> int:
    """Return the instant that a text means, ns."""
    return parse_time(text, now=0)


class FakeTransport:
    """A network in which a function answers: with a body, a reply, or an exception to raise."""

    def __init__(self, answer: Callable[[str, dict[str, str]], object]) -> None:
        self.answer = answer
        self.requests: list[tuple[str, dict[str, str]]] = []

    def get(self, url, params=(), *, timeout=None) -> Reply:
        """Answer as a whole."""
        self.requests.append((url, dict(params)))
        found = self.answer(url, dict(params))
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Reply) else Reply(200, {}, found)

    def send_names(self, url, names) -> Reply:
        """Answer as a whole, with the names as parameters."""
        return self.get(url, [("names", ",".join(names))])

    @contextmanager
    def stream(self, url, params=(), *, timeout=None) -> Iterator[StreamReply]:
        """Answer in two pieces."""
        reply = self.get(url, params, timeout=timeout)
        middle = len(reply.body) // 2
        yield StreamReply(reply.status, reply.headers, iter([reply.body[:middle], reply.body[middle:]]))


def chunk(samples: Samples, year: int, **metadata: str) -> bytes:
    """Return one chunk of a raw answer."""
    header = ChunkHeader(dbr_type=samples.dbr_type, pv=PV, year=year, headers=tuple(metadata.items()))
    return encode_chunk(header, samples)


class DayArchive:
    """One PV in daily files, asked by getData.raw.

    As of the real one: `from` and `to` are inclusive, the sample at or before `from` comes first, each file is a chunk,
    a header comes first, and a damaged file empties every answer that touches it or looks back to it.
    """

    def __init__(self, *blocks: Samples) -> None:
        self.files: dict[int, Samples] = {}
        for block in blocks:
            for row in range(len(block)):
                day = Partition.holding(int(block.time[row]), Granularity.DAY).start
                one = block.slice(row, row + 1)
                self.files[day] = Samples.concatenate([self.files[day], one]) if day in self.files else one
        self.damaged: set[int] = set()
        self.most: int | None = None

    def answer(self, url: str, params: dict[str, str]) -> bytes:
        """Return the body for one request."""
        assert params["skipExternalServers"] == "true"
        start, end = instant(params["from"]), instant(params["to"])
        touched = [day for day in sorted(self.files) if day <= end and day + 86400 * 10**9 > start]
        earlier = [day for day in sorted(self.files) if day + 86400 * 10**9 <= start]
        if not any(int(self.files[day].time[0]) <= start for day in touched):
            touched = [*earlier[-1:], *touched]
        if self.damaged & set(touched):
            return b""
        return self._encode([self.files[day] for day in touched], start, end)

    def _encode(self, files: list[Samples], start: int, end: int) -> bytes:
        """Return the chunks; after `most` samples the answer ends, well terminated, as after an exception."""
        before = [int(file.time[file.time <= start].max()) for file in files if (file.time <= start).any()]
        first, left = max(before, default=start), self.most
        chunks = []
        for file in files:
            wanted = np.flatnonzero((file.time >= first) & (file.time <= end))[:left]
            left = None if left is None else left - len(wanted)
            if len(wanted):
                chunks.append(chunk(file.take(wanted), year_of(int(file.time[0])), EGU="mm"))
        if not chunks:
            return b""
        year = year_of(int(files[0].time[0]))
        return b"\n".join([chunk(Samples.empty(files[0].dbr_type), year, EGU="mm"), *chunks])


def hourly(start: str, count: int, dbr_type: DbrType = DbrType.SCALAR_DOUBLE, offset: int = 1) -> Samples:
    """Return samples at one nanosecond past each hour, with their number as value."""
    time = instant(start) + offset + np.arange(count, dtype=np.int64) * 3600 * 10**9
    return Samples.build(dbr_type, time, np.arange(count))


def kinds(reading: Reading) -> list[FailureKind]:
    """Return why parts of a reading failed, in order of time."""
    return [failure.kind for failure in reading.failures]


@pytest.fixture(scope="session")
def fakes() -> SimpleNamespace:
    """What tests of the client build their networks from."""
    return SimpleNamespace(
        PV=PV,
        RETRIEVAL_URL=RETRIEVAL_URL,
        instant=instant,
        FakeTransport=FakeTransport,
        chunk=chunk,
        DayArchive=DayArchive,
        hourly=hourly,
        kinds=kinds,
    )
