"""A long span in pieces: together they are the whole, each within its memory."""

import gc
import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest

import archredundancy as ar
from archredundancy.client import RetrievalClient, StreamReply
from archredundancy.errors import InputError, TooLargeError, UnknownPVError
from archredundancy.model import DbrType, Samples, from_dataset, parse_time
from archredundancy.pair.pieces import load_pieces
from archredundancy.segments import Segments
from archredundancy.testing import assert_samples_equal
from archredundancy.wire import ChunkHeader, encode_chunk

SPAN = ("2026-10-01T00:00:00.5Z", "2026-10-04")


def known(trees, cluster):
    """Return where a cluster's answers can be relied upon, over all trees."""
    pairs = [
        (int(start), int(end))
        for tree in trees
        for name, start, end in zip(*(tree["known"][name].values for name in ("cluster", "start", "end")), strict=True)
        if name == cluster
    ]
    return Segments.of(*pairs)


def test_the_pieces_together_are_what_load_gives(pair):
    """Samples of both sides, their union, conflicts and known intervals; the pieces follow on one another."""
    pieces = list(pair.iter_load("DEMO:CURRENT", *SPAN, memory=4 << 20))
    whole = pair.load("DEMO:CURRENT", *SPAN)
    assert len(pieces) > 10
    for child in ("primary", "secondary", "merged"):
        together = Samples.concatenate([from_dataset(piece[child].to_dataset()) for piece in pieces])
        assert_samples_equal(together, from_dataset(whole[child].to_dataset()))
    for child, name in (("merged", "origin"), ("conflicts", "time")):
        together = np.concatenate([piece[child][name].values for piece in pieces])
        assert np.array_equal(together, whole[child][name].values)
    for cluster in ("primary", "secondary"):
        assert known(pieces, cluster) == known([whole], cluster)
    edges = [(piece.attrs["query_start"], piece.attrs["query_end"]) for piece in pieces]
    assert edges[0][0] == whole.attrs["query_start"]
    assert edges[-1][1] == whole.attrs["query_end"]
    assert [start for start, _ in edges[1:]] == [end for _, end in edges[:-1]]


@pytest.mark.parametrize("kind", list(DbrType), ids=lambda kind: kind.name)
def test_every_type_comes_in_pieces(pair, kind):
    """All 60 samples of each type, some at a time."""
    pv = f"DEMO:TYPE:{kind.name}"
    asked = ar.TimeRange.parse("2026-11-01", "2026-11-02", now=0)
    pieces = list(load_pieces(lambda piece: pair._load(pv, piece), asked, memory=64 << 12))
    times = np.concatenate([piece["merged"].time.values for piece in pieces])
    assert np.array_equal(times, pair.load(pv, "2026-11-01", "2026-11-02")["merged"].time.values)


def test_an_empty_range_has_no_pieces(pair):
    """Nothing is asked for nothing."""
    assert list(pair.iter_load("DEMO:CURRENT", SPAN[1], SPAN[1])) == []


def test_what_cannot_be_read_at_all_is_an_error(pair):
    """An unknown name, too little memory for anything, and too little for one second."""
    with pytest.raises(UnknownPVError, match="NO:SUCH"):
        next(pair.iter_load("NO:SUCH", *SPAN))
    with pytest.raises(InputError, match="memory=1000 is not possible; give a whole number of bytes, at least 1048576"):
        pair.iter_load("DEMO:CURRENT", *SPAN, memory=1000)
    with pytest.raises(InputError, match="memory='256 MB' is not possible"):
        pair.iter_load("DEMO:CURRENT", *SPAN, memory="256 MB")
    asked = ar.TimeRange.parse(*SPAN, now=0)
    with pytest.raises(TooLargeError, match="alone takes more than memory=64 bytes; give more"):
        next(load_pieces(lambda piece: pair._load("DEMO:CURRENT", piece), asked, memory=64))


class Endless:
    """A cluster that stores a sample every 10 ms, for ever, numbered; it answers bit by bit."""

    def __init__(self, offset):
        self.offset = offset

    @contextmanager
    def stream(self, url, params=(), *, timeout=None):
        """Answer as the appliance does: the sample before `from` first, `to` inclusive."""
        start, end = (parse_time(dict(params)[name], now=0) for name in ("from", "to"))
        yield StreamReply(200, {}, self.blocks(start // 10**7 - 1, end // 10**7))

    def blocks(self, first, last):
        """Yield a header and lines."""
        for row in range(first, last + 1, 36000):
            numbers = np.arange(row, min(row + 36000, last + 1))
            samples = Samples.build(DbrType.SCALAR_SHORT, numbers * 10**7 + self.offset, numbers % 7)
            text = encode_chunk(ChunkHeader(dbr_type=DbrType.SCALAR_SHORT, pv="X", year=2026, headers=()), samples)
            yield text if row == first else text[text.index(b"\n") + 1 :]


@pytest.mark.parametrize("offset", [0, 5 * 10**6], ids=["equal", "interleaved"])
def test_memory_stays_within_the_budget(offset):
    """Whether the sides hold the same samples, or each lacks all of the other's."""
    sides = [
        ar.Cluster(name, {"": RetrievalClient("http://x", Endless(shift), name)})
        for name, shift in (("primary", 0), ("secondary", offset))
    ]
    budget, count = 32 << 20, 0
    with ar.ClusterPair(*sides) as endless:
        endless.load("X", "2026-03-01T00:00:00", "2026-03-01T00:00:10")  # imports what is needed
        gc.collect()
        tracemalloc.start()
        for piece in endless.iter_load("X", "2026-03-01", "2026-03-01T00:20", memory=budget):
            count += piece["merged"].sizes["time"]
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 20 * 60 * 100 * (2 if offset else 1)
    assert peak < budget


def test_a_large_file_comes_in_pieces(tmp_path):
    """Two folders with one file each, which as a whole takes more than may be used at a time."""
    time = parse_time("2026-01-01", now=0) + np.arange(50_000) * 10**9
    for name in ("primary", "secondary"):
        path = tmp_path / name / "lts" / "A" / "B:2026.pb"
        path.parent.mkdir(parents=True)
        header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="A:B", year=2026)
        path.write_bytes(encode_chunk(header, Samples.build(DbrType.SCALAR_DOUBLE, time, np.arange(50_000))))
    with ar.ClusterPair(*(ar.open_store(tmp_path / name) for name in ("primary", "secondary"))) as pair:
        pieces = [piece["merged"] for piece in pair.iter_load("A:B", "2026-01-01", "2026-01-02", memory=8 << 20)]
    assert len(pieces) > 10
    assert np.array_equal(np.concatenate([piece.value.values for piece in pieces]), np.arange(50_000))
