"""Well-formed bytes on which other clients of the appliance fail (seen in their code and by running them)."""

import numpy as np
import pytest

from archredundancy.model import DbrType, start_of_year
from archredundancy.wire import ChunkHeader, read_chunks

TIME = bytes.fromhex("0801 1002")


def chunk(dbr_type, *lines, year=2024):
    """A chunk of lines given after their time, as they stand on the wire."""
    return ChunkHeader(dbr_type=dbr_type, pv="X", year=year).encode() + b"".join(TIME + line + b"\n" for line in lines)


def values(data):
    """Values of all samples of a stream."""
    return [value for part in read_chunks(data, strict=True) for value in part.samples.value.tolist()]


@pytest.mark.parametrize(("last_byte", "value"), [(0x0C, 6), (0x20, 16), (0x09, -5), (0x0B, -6)])
def test_an_enum_that_ends_in_white_space(last_byte, value):
    """pyarchappl and aapy refuse the line, epicsarchiver-retrieval-client turns 6 into 5 at the end of a chunk."""
    data = chunk(DbrType.SCALAR_ENUM, b"\x18" + bytes([last_byte]))
    assert values(data) == [value]
    assert values(data + b"\n" + data) == [value, value]


@pytest.mark.parametrize("status", [9, 11, 12, 32])
def test_a_status_that_ends_in_white_space(status):
    """The same clients refuse status 9, 11 and 12, or turn them into 10."""
    (part,) = read_chunks(chunk(DbrType.SCALAR_SHORT, b"\x18\x02\x28" + bytes([status])), strict=True)
    assert part.samples.status.tolist() == [status]


@pytest.mark.parametrize("text", [b"ends in a space ", b"\t", b"\x0b\x0c", b" "])
def test_a_string_that_ends_in_white_space(text):
    """epicsarchiver-retrieval-client drops the sample."""
    (part,) = read_chunks(chunk(DbrType.SCALAR_STRING, b"\x1a" + bytes([len(text)]) + text), strict=True)
    assert part.samples.value.to_bytes() == [text]


def test_a_type_that_changes_inside_a_year():
    """epicsarchiver-retrieval-client and aapy read the integer 7 as 0.0: the first header's type wins there."""
    data = chunk(DbrType.SCALAR_DOUBLE, b"\x19" + np.float64(1.5).tobytes()) + b"\n"
    data += chunk(DbrType.SCALAR_INT, b"\x1d" + np.int32(7).tobytes())
    assert values(data) == [1.5, 7]


@pytest.mark.parametrize("dbr_type", [DbrType.SCALAR_ENUM, DbrType.SCALAR_SHORT], ids=lambda member: member.name)
def test_short_and_enum_have_32_bits(dbr_type):
    """aaclient writes 32 bits into arrays of 16: wrong values and heap corruption."""
    data = chunk(dbr_type, b"\x18\x00", b"\x18\x02", b"\x18\x04", b"\x18\xfe\xff\x07")
    assert values(data) == [0, 1, 2, 65535]


@pytest.mark.parametrize("data", [b"", chunk(DbrType.SCALAR_DOUBLE)], ids=["empty body", "header only"])
def test_no_samples(data):
    """aaclient raises ValueError, pyarchappl and bact-archiver UnboundLocalError."""
    assert values(data) == []


def test_a_waveform_that_changes_its_length():
    """bact-archiver reads stale memory, aapy broadcasts, aaclient pads without a length."""
    data = chunk(DbrType.WAVEFORM_INT, b"\x1a\x04" + bytes(4), b"\x1a\x0c" + bytes(12), b"", b"\x1a\x08" + bytes(8))
    (part,) = read_chunks(data, strict=True)
    assert part.samples.value.lengths.tolist() == [1, 3, 0, 2]


def test_two_years_in_one_answer():
    """bact-archiver stamps all samples with the last header's year."""
    data = (
        chunk(DbrType.SCALAR_SHORT, b"\x18\x02", year=2023)
        + b"\n"
        + chunk(DbrType.SCALAR_SHORT, b"\x18\x02", year=2024)
    )
    times = [part.samples.time[0] for part in read_chunks(data, strict=True)]
    assert times == [start_of_year(year) + 1_000_000_002 for year in (2023, 2024)]


@pytest.mark.parametrize(("nano", "field"), [(999_999_999, "10ff93ebdc03"), (123_456_789, "10959aef3a")])
def test_nanoseconds_are_exact(nano, field):
    """pyarchappl rounds and makes duplicates; arvpyf, archapp and siriuspy round."""
    line = bytes.fromhex(f"08e0d68d0e {field} 1802") + b"\n"
    (part,) = read_chunks(chunk(DbrType.SCALAR_SHORT) + line, strict=True)
    assert part.samples.time.tolist() == [start_of_year(2024) + 29_584_224 * 10**9 + nano]


def test_every_sample_has_an_escape_in_two_windows_of_the_year():
    """In autumn the last byte of the seconds is 0A or 0D; replacing in the wrong order corrupts them (aapy 59)."""
    line = bytes.fromhex("0880808 01b02 1002 181b02".replace(" ", ""))
    (part,) = read_chunks(chunk(DbrType.SCALAR_SHORT) + line + b"\n", strict=True)
    assert part.samples.time.tolist() == [start_of_year(2024) + 20_971_520 * 10**9 + 2]
    assert part.samples.value.tolist() == [5]
