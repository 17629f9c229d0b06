"""How much memory loading takes beyond what it gives, seen from outside, in a process of its own."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, resource, sys
from contextlib import contextmanager

import numpy as np

import archredundancy as ar
from archredundancy.client import RetrievalClient, StreamReply
from archredundancy.model import DbrType, Samples, parse_time, start_of_year
from archredundancy.wire import ChunkHeader, encode_chunk


class Cluster:
    '''Stores a sample every 10 ms, for ever; answers in pieces, none of which is kept.'''

    @contextmanager
    def stream(self, url, params=(), *, timeout=None):
        start, end = (parse_time(dict(params)[name], now=0) for name in ("from", "to"))
        yield StreamReply(200, {}, self.blocks(start // 10**7, end // 10**7))

    def blocks(self, first, last):
        for year in (2025, 2026):
            begin, end = (start_of_year(each) // 10**7 for each in (year, year + 1))
            yield from self.chunk(year, max(first, begin), min(last + 1, end))

    def chunk(self, year, first, stop):
        header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="X", year=year, headers=())
        for row in range(first, stop, 3000):
            numbers = np.arange(row, min(row + 3000, stop))
            text = encode_chunk(header, Samples.build(DbrType.SCALAR_DOUBLE, numbers * 10**7, np.sin(numbers)))
            yield text if row == first else text[text.index(b"\\n") + 1 :]
        if first < stop:
            yield b"\\n"


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


names = ("primary", "secondary")
sides = [ar.Cluster(name, {"": RetrievalClient("http://x", Cluster(), name)}) for name in names]
with ar.ClusterPair(*sides) as pair:
    load = pair.load if sys.argv[1] == "pair" else pair.primary.load
    load("X", "2026-03-01T00:00:00", "2026-03-01T00:00:10")
    before = peak()
    loaded = load("X", *sys.argv[2:])
    print(json.dumps({"more": peak() - before, "output": loaded.nbytes, "not_read": loaded.attrs["not_read"]}))
"""


SPANS = {
    "one side": ("cluster", "2026-03-01", "2026-03-01T12:00"),
    "one side in two years": ("cluster", "2025-12-31T15:00", "2026-01-01T09:00"),
    "both sides": ("pair", "2026-03-01", "2026-03-01T12:00"),
}


@pytest.mark.slow
@pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)
def test_loading_takes_little_more_than_what_it_gives(span):
    """Millions of samples: the peak is at most 64 MiB above the process before plus the loaded data."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM, *span], capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout)
    assert not told["not_read"]
    assert told["output"] > 50e6
    assert told["more"] < told["output"] + (64 << 20), told
