"""Streams of chunks."""

import pytest

from archredundancy.errors import InputError, WireError
from archredundancy.model import DbrType, Samples, start_of_year
from archredundancy.testing import assert_samples_equal
from archredundancy.wire import ChunkHeader, ChunkReader, ChunkStarted, Damage, SampleBlock, encode_chunk, read_chunks

SHORT, DOUBLE = DbrType.SCALAR_SHORT, DbrType.SCALAR_DOUBLE
BAD = b"\x00\n"


def header(dbr_type=SHORT, year=2024):
    """A header of a PV called X."""
    return ChunkHeader(dbr_type=dbr_type, pv="X", year=year)


def samples(*values, dbr_type=SHORT, year=2024):
    """Samples of the first nanoseconds of a year."""
    return Samples.build(dbr_type, [start_of_year(year) + row for row in range(len(values))], values)


def chunk(*values, dbr_type=SHORT, year=2024):
    """Bytes of a chunk."""
    return encode_chunk(header(dbr_type, year), samples(*values, dbr_type=dbr_type, year=year))


def outline(stream, **options):
    """What a reader sees, in few words: headers as type and year, blocks as values, damages as they are."""
    reader = ChunkReader(**options)
    words = []
    for event in reader.feed(stream) + reader.close():
        if isinstance(event, ChunkStarted):
            words.append((event.header.dbr_type, event.header.year))
        else:
            words.append(event.samples.value.tolist() if isinstance(event, SampleBlock) else event)
    return words


LAYOUTS = {
    "nothing": (b"", []),
    "blank lines only": (b"\n\n\n", []),
    "a file": (chunk(1, 2), [(SHORT, 2024), [1, 2]]),
    "an empty file": (chunk(), [(SHORT, 2024)]),
    "the same header again": (chunk() + b"\n" + chunk(1), [(SHORT, 2024), (SHORT, 2024), [1]]),
    "the same year in two chunks": (chunk(1) + b"\n" + chunk(2), [(SHORT, 2024), [1], (SHORT, 2024), [2]]),
    "blank lines around": (b"\n\n" + chunk(1) + b"\n\n\n" + chunk(2) + b"\n", [(SHORT, 2024), [1], (SHORT, 2024), [2]]),
    "a new type": (chunk(1) + b"\n" + chunk(1.5, dbr_type=DOUBLE), [(SHORT, 2024), [1], (DOUBLE, 2024), [1.5]]),
    "a new year": (chunk(1, year=2023) + b"\n" + chunk(2), [(SHORT, 2023), [1], (SHORT, 2024), [2]]),
    "year 0 and -1 without samples": (
        chunk() + b"\n" + header(year=0).encode() + b"\n" + header(year=-1).encode() + b"\n" + chunk(1),
        [(SHORT, 2024), (SHORT, 0), (SHORT, -1), (SHORT, 2024), [1]],
    ),
}


@pytest.mark.parametrize(("stream", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_layouts(stream, expected):
    """The layout of chunks is kept as it came."""
    assert outline(stream) == expected
    assert outline(stream, strict=True) == expected


def damaged_streams():
    """Streams with something unreadable: bytes and outline."""
    size = len(chunk(1))
    head = len(chunk())
    cut = "the last line has no line end: whoever wrote it was interrupted"
    lacks = "a header cannot be read: it lacks type, PV name or year"
    undated = "samples of the year 0 cannot be dated; allowed: 1678 to 2126"
    number = "a field has number 0"
    no_header = f"a header cannot be read: {number}"
    undated_chunk = header(year=0).encode() + chunk(1)[head:] * 2
    return {
        "a bad line": (chunk(1) + BAD + chunk(2)[head:], [(SHORT, 2024), [1, 2], Damage(size, 1, number)]),
        "only a bad line": (chunk() + BAD, [(SHORT, 2024), Damage(head, 1, number)]),
        "a cut line": (chunk(1, 2)[:-1], [(SHORT, 2024), [1], Damage(size, size - head - 1, cut)]),
        "a cut header": (chunk()[:-1], [Damage(0, head - 1, cut)]),
        "a bad header": (BAD + chunk(1), [Damage(0, 2 + size - 1, no_header)]),
        "a bad header, then a good one": (BAD + BAD + b"\n" + chunk(1), [Damage(0, 3, no_header), (SHORT, 2024), [1]]),
        "a bad header and a cut line": (BAD + b"abc", [Damage(0, 5, no_header)]),
        "lines without a header": (
            chunk(1) + b"\n" + chunk(2)[head:],
            [(SHORT, 2024), [1], Damage(size + 1, size - head - 1, lacks)],
        ),
        "samples of the year 0": (undated_chunk, [(SHORT, 0), Damage(head - 1, 2 * (size - head) - 1, undated)]),
        "an unknown type": (
            b"\x08\x0f" + chunk(1)[2:] + b"\n" + chunk(2),
            [
                Damage(0, size - 1, "a header cannot be read: payload type 15 is unknown; allowed: 0 to 14"),
                (SHORT, 2024),
                [2],
            ],
        ),
    }


@pytest.mark.parametrize(("stream", "expected"), damaged_streams().values(), ids=damaged_streams())
def test_damage_is_reported_and_reading_goes_on(stream, expected):
    """A bad line costs itself, a bad header its chunk; both are told with their place; a strict reader stops there."""
    assert outline(stream) == expected
    (damage,) = (word for word in expected if isinstance(word, Damage))
    with pytest.raises(WireError, match=f"at byte {damage.offset}"):
        outline(stream, strict=True)


def test_events_know_their_place():
    """Offsets count from the first byte of the stream."""
    stream = b"\n" + chunk(1) + b"\n" + chunk(2)
    reader = ChunkReader()
    offsets = [event.offset for event in reader.feed(stream) + reader.close()]
    assert offsets == [1, len(chunk()) + 1, len(chunk(1)) + 2, len(chunk(1)) + len(chunk()) + 2]


def test_a_large_stream_comes_out_as_it_goes_in():
    """Samples are not held back until the end: a reader that was fed several MiB has given nearly all of them."""
    stream = header().encode() + chunk(1)[len(chunk()) :] * 500_000
    reader = ChunkReader()
    before = reader.feed(stream)
    after = reader.close()
    counts = [len(event.samples) for event in before + after if isinstance(event, SampleBlock)]
    assert sum(counts) == 500_000
    assert len(counts) > 2
    assert sum(isinstance(event, SampleBlock) for event in after) == 1


def test_a_closed_reader_stays_closed():
    """Closing twice is harmless; feeding afterwards is a mistake."""
    reader = ChunkReader()
    reader.close()
    assert reader.close() == []
    with pytest.raises(InputError, match="the reader is closed"):
        reader.feed(b"x")


def test_read_chunks_joins_what_belongs_together():
    """One chunk for each header, with its samples, damages and place."""
    first, second, third = read_chunks(chunk(1) + BAD + b"\n" + chunk() + b"\n" + chunk(2, 3))
    assert_samples_equal(first.samples, samples(1))
    assert_samples_equal(second.samples, samples())
    assert_samples_equal(third.samples, samples(2, 3))
    assert [len(part.damages) for part in (first, second, third)] == [1, 0, 0]
    assert second.offset == len(chunk(1)) + 3


def test_read_chunks_wants_a_header_first():
    """Data that begin with something else, such as an error page, are refused; nothing at all is fine."""
    assert read_chunks(b"") == []
    with pytest.raises(WireError, match=r"a header cannot be read: .* \(at byte 0\)"):
        read_chunks(b"<html><body>404</body></html>\n")
