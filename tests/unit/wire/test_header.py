"""Headers of chunks and files."""

import pytest

from archredundancy.errors import WireError
from archredundancy.model import DbrType
from archredundancy.wire import ChunkHeader

MINIMAL = bytes.fromhex("0806 120158 18e80f")  # SCALAR_DOUBLE, X, 2024


def test_a_file_header():
    """Type, name and year are all that a file says."""
    header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv="X", year=2024)
    assert header.encode() == MINIMAL + b"\n"
    assert ChunkHeader.parse(MINIMAL) == ChunkHeader.parse(MINIMAL + b"\n") == header


def test_an_answer_header():
    """An answer adds element count and metadata, in this order; a name may need escapes and be no ASCII."""
    header = ChunkHeader(
        dbr_type=DbrType.WAVEFORM_BYTE,
        pv="A\n\N{MICRO SIGN}",
        year=-1,
        element_count=10,
        headers=(("EGU", "mA"), ("PREC", "3"), ("EGU", "again")),
    )
    assert b"\n" not in header.encode()[:-1]
    assert ChunkHeader.parse(header.encode()) == header


@pytest.mark.parametrize("year", [0, -1, 1, 2024, 2**31 - 1])
def test_any_year_is_read(year):
    """Chunks without samples come with years 0 and -1."""
    header = ChunkHeader(dbr_type=DbrType.SCALAR_ENUM, pv="X", year=year)
    assert ChunkHeader.parse(header.encode()).year == year


def test_fields_that_are_out_of_use_are_passed_over():
    """PayloadInfo once had limits and units in fields 5 to 14; they do not disturb."""
    unused = bytes.fromhex("29 0000000000000000 72 02 6d41")
    assert ChunkHeader.parse(MINIMAL + unused) == ChunkHeader.parse(MINIMAL)


UNREADABLE = {
    "empty": (b"", "lacks type, PV name or year"),
    "no type": (MINIMAL[2:], "lacks type, PV name or year"),
    "no year": (MINIMAL[:-3], "lacks type, PV name or year"),
    "no name": (MINIMAL[:2] + MINIMAL[-3:], "lacks type, PV name or year"),
    "unknown type": (b"\x08\x0f" + MINIMAL[2:], "payload type 15 is unknown; allowed: 0 to 14"),
    "cut": (MINIMAL[:-1], "a varint is cut"),
    "a bad escape": (MINIMAL + b"\x1b", "no escape"),
    "HTML": (b"<html><body>404</body></html>", "a header cannot be read"),
}


@pytest.mark.parametrize(("line", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_lines_that_are_no_header(line, reason):
    """The error says what is missing and where the line is."""
    with pytest.raises(WireError, match=f"{reason}.*at byte 40") as caught:
        ChunkHeader.parse(line, 40)
    assert caught.value.offset == 40
