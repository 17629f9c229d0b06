"""Wire: the fast reader against its slow twin, and back to the bytes it came from."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.errors import WireError
from archredundancy.model import DbrType, Samples
from archredundancy.testing import assert_samples_equal, decode_lines_slowly, read_stream_slowly
from archredundancy.testing.generated.strategies import (
    damaged,
    headers_strategy,
    odd_lines,
    pieces_of,
    samples_strategy,
)
from archredundancy.wire import (
    ChunkReader,
    ChunkStarted,
    SampleBlock,
    decode_columns,
    encode_chunk,
    encode_samples,
    escape,
    read_chunks,
    unescape,
)

YEAR = 2024
every_type = pytest.mark.parametrize("dbr_type", DbrType, ids=lambda member: member.name)


def chunk_bytes(dbr_type, year=YEAR):
    """Chunks as the appliance sends them."""
    return st.tuples(headers_strategy(dbr_type, year), samples_strategy(dbr_type, year=year, max_size=8)).map(
        lambda case: encode_chunk(*case)
    )


def streams(dbr_type):
    """Whole answers: some chunks of this type, or of another, with blank lines between."""
    chunk = chunk_bytes(dbr_type) | chunk_bytes(DbrType.SCALAR_INT, 2025)
    return st.lists(chunk, max_size=4).map(b"\n".join)


def fast(dbr_type, block):
    """What `decode_columns` says of a block, in the form of the slow twin."""
    samples, damages = decode_columns(dbr_type, YEAR, block)
    return samples, [(damage.offset, damage.length) for damage in damages]


def assert_same_block(dbr_type, block):
    """Fast and slow agree on every sample and on every unreadable line."""
    (samples, lost), (slow_samples, slow_lost) = fast(dbr_type, block), decode_lines_slowly(dbr_type, YEAR, block)
    assert lost == slow_lost
    assert_samples_equal(samples, slow_samples)


def outline(events):
    """Events without the division into blocks: headers with offsets, samples of each chunk joined, damages in order."""
    chunks, damages = [], []
    for event in events:
        if isinstance(event, ChunkStarted):
            chunks.append((event.header, event.offset, []))
        elif isinstance(event, SampleBlock):
            chunks[-1][2].append(event.samples)
        else:
            damages.append(event)
    joined = [
        (header, offset, Samples.concatenate([Samples.empty(header.dbr_type), *blocks]))
        for header, offset, blocks in chunks
    ]
    return joined, sorted(damages, key=lambda damage: damage.offset)


def assert_same_outline(ours, theirs):
    """Two outlines are equal to the last bit."""
    assert ours[1] == theirs[1]
    assert [chunk[:2] for chunk in ours[0]] == [chunk[:2] for chunk in theirs[0]]
    for (*_, mine), (*_, other) in zip(ours[0], theirs[0], strict=True):
        assert_samples_equal(mine, other)


def read_whole(data):
    """Outline of a stream given in one piece."""
    reader = ChunkReader()
    return outline(reader.feed(data) + reader.close())


@every_type
@settings(max_examples=15)
@given(data=st.data())
def test_samples_survive_the_way_to_bytes_and_back(dbr_type, data):
    """Decoding what was encoded gives the same samples, to the last bit, and no damage; the slow twin agrees."""
    samples = data.draw(samples_strategy(dbr_type, year=YEAR))
    block = encode_samples(samples)
    decoded, lost = fast(dbr_type, block)
    assert not lost
    assert_samples_equal(decoded, samples)
    assert_same_block(dbr_type, block)


@every_type
@settings(max_examples=25)
@given(data=st.data())
def test_odd_lines_are_read_as_the_slow_twin_reads_them(dbr_type, data):
    """Legal but unusual lines, and nearly legal ones, never slip through the fast path with another meaning."""
    assert_same_block(dbr_type, data.draw(odd_lines(dbr_type)))


@every_type
@settings(max_examples=25)
@given(data=st.data())
def test_damaged_lines_are_read_as_the_slow_twin_reads_them(dbr_type, data):
    """With bytes changed, lost and put in, fast and slow still agree on what is a sample and what is damage."""
    lines = samples_strategy(dbr_type, year=YEAR, max_size=6).map(encode_samples)
    block = data.draw(damaged(lines))
    assert_same_block(dbr_type, block[: block.rfind(b"\n") + 1])


@every_type
@settings(max_examples=8)
@given(data=st.data())
def test_it_does_not_matter_how_a_stream_is_cut(dbr_type, data):
    """Whole, in any pieces, or byte by byte: a stream has the same chunks, samples and damages."""
    stream = data.draw(streams(dbr_type) | damaged(streams(dbr_type)))
    whole = read_whole(stream)
    for pieces in (data.draw(pieces_of(stream)), [bytes([byte]) for byte in stream]):
        reader = ChunkReader()
        events = [event for piece in pieces for event in reader.feed(piece)]
        assert_same_outline(outline(events + reader.close()), whole)


@every_type
@settings(max_examples=12)
@given(data=st.data())
def test_streams_have_the_chunks_that_the_slow_twin_finds(dbr_type, data):
    """Headers, their offsets and samples and all unreadable places are those of the slow twin, also with damage."""
    stream = data.draw(streams(dbr_type) | damaged(streams(dbr_type)))
    chunks, damages = read_whole(stream)
    slow_chunks, lost = read_stream_slowly(stream)
    found = [(c.dbr_type, c.pv, c.year, c.element_count, c.headers, c.offset) for c in slow_chunks]
    assert [(h.dbr_type, h.pv, h.year, h.element_count, h.headers, offset) for h, offset, _ in chunks] == found
    for (header, _, samples), slow in zip(chunks, slow_chunks, strict=True):
        lines = b"".join(slow.lines)
        start = slow.offset + stream[slow.offset :].index(b"\n") + 1
        if 1678 <= header.year <= 2126:
            slow_samples, slow_lost = decode_lines_slowly(header.dbr_type, header.year, lines)
            assert_samples_equal(samples, slow_samples)
            lost += [(start + offset, length) for offset, length in slow_lost]
        elif lines:
            lost.append((start, len(lines) - 1))
    assert [(damage.offset, damage.length) for damage in damages] == sorted(lost)


@settings(max_examples=120)
@given(stream=st.binary(max_size=200) | damaged(streams(DbrType.SCALAR_DOUBLE)))
def test_any_bytes_give_events_or_a_wire_error(stream):
    """Nothing but `WireError` is ever raised, by a strict reader, at the first place where others report damage."""
    damages = read_whole(stream)[1]
    if not damages:
        read_chunks(stream, strict=True)
        return
    with pytest.raises(WireError, match=r"at byte \d+") as caught:
        read_chunks(stream, strict=True)
    assert caught.value.offset == damages[0].offset


@given(message=st.binary(max_size=60))
def test_escapes_are_undone(message):
    """An escaped message holds no line end, no carriage return, and everything that the message held."""
    line = escape(message)
    assert b"\n" not in line
    assert b"\r" not in line
    assert unescape(line) == message


@every_type
@settings(max_examples=15)
@given(data=st.data())
def test_a_stream_is_written_as_it_was_read(dbr_type, data):
    """Encoding the chunks of an undamaged stream, with blank lines between, gives its bytes."""
    stream = data.draw(streams(dbr_type))
    assert b"\n".join(encode_chunk(chunk.header, chunk.samples) for chunk in read_chunks(stream)) == stream
