"""Blocks of lines to samples."""

import numpy as np
import pytest

from archredundancy.errors import InputError, WireError
from archredundancy.model import DbrType, Extras, Samples, start_of_year
from archredundancy.testing import assert_samples_equal
from archredundancy.wire import Damage, decode_columns, encode_samples, escape
from archredundancy.wire.block import LineBlock
from archredundancy.wire.columns import read_columns

SHORT = DbrType.SCALAR_SHORT
YEAR = 2024
START = start_of_year(YEAR)
TIME = "0801 1002"  # one second and two nanoseconds into the year


def lines(*messages):
    """A block of lines; messages are given as hex, not escaped."""
    return b"".join(escape(bytes.fromhex(message)) + b"\n" for message in messages)


def decode(dbr_type, *messages):
    """Samples of messages given as hex, which must all be readable."""
    samples, damages = decode_columns(dbr_type, YEAR, lines(*messages))
    assert not damages
    return samples


USUAL_VALUES = {
    DbrType.SCALAR_STRING: [b"", b"on", b"a\nb\x1b\r "],
    DbrType.SCALAR_SHORT: [0, -1, 2**31 - 1],
    DbrType.SCALAR_FLOAT: [0.0, -0.0, np.nan],
    DbrType.SCALAR_ENUM: [0, 16, 65535],
    DbrType.SCALAR_BYTE: [0, 10, -1],
    DbrType.SCALAR_INT: [0, -(2**31), 2**31 - 1],
    DbrType.SCALAR_DOUBLE: [5e-324, np.inf, 1.5],
    DbrType.WAVEFORM_SHORT: [[1], [-300, 7], [2**31 - 1]],
    DbrType.WAVEFORM_FLOAT: [[1.5], [0.0, -0.0], [np.inf]],
    DbrType.WAVEFORM_ENUM: [[1], [3, 7], [65535]],
    DbrType.WAVEFORM_BYTE: [[], [1, 2], [10, 13, 27]],
    DbrType.WAVEFORM_INT: [[1], [10, 13], [-1]],
    DbrType.WAVEFORM_DOUBLE: [[1.5], [0.0, -0.0], [np.nan]],
    DbrType.V4_GENERIC_BYTES: [b"", b"\x00\x1b", b"x" * 200],
}


@pytest.mark.parametrize("dbr_type", USUAL_VALUES, ids=lambda member: member.name)
def test_usual_lines_take_the_fast_path(dbr_type):
    """Lines with time, value and a positive alarm are regular, with escapes or without: no Python loop touches them."""
    samples = Samples.build(
        dbr_type, [START + 20_971_520 * 10**9 + n for n in range(3)], USUAL_VALUES[dbr_type], [0, 3904, 3], [0, 0, 17]
    )
    block = encode_samples(samples)
    assert read_columns(dbr_type, LineBlock.split(block)).regular.all()
    assert_samples_equal(decode_columns(dbr_type, YEAR, block).samples, samples)


UNUSUAL = {
    "fields out of order": "1806 1002 0801",
    "value twice, the last one wins": "0801 1002 1804 1806",
    "value of another wire type beside it": "0801 1002 1d00000000 1806",
    "unknown field": "0801 1002 1806 f80f01",
    "unknown group": "0801 1002 1806 f30f 0801 f40f",
    "needless bytes": "0881808000 1002 18868000",
    "nine bytes of seconds": "08818080808080808000 1002 1806",
    "value of 36 bits, the low 32 count": "0801 1002 188680808010",
    "severity and status swapped": "0801 1002 1806 2800 2000",
    "explicit zeros": "0801 1002 1806 2000 2800",
    "empty user tag, unknown here": "0801 1002 1806 4800",
}


@pytest.mark.parametrize("line", UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_lines_mean_the_same(line):
    """Whatever protobuf allows is read: each of these lines is the value 3 at one second and two nanoseconds."""
    assert_samples_equal(decode(SHORT, line), Samples.build(SHORT, [START + 10**9 + 2], [3]))


DAMAGED = {
    "empty line": ("", "lacks its time"),
    "no seconds": ("1002 1806", "lacks its time"),
    "no nanoseconds": ("0801 1806", "lacks its time"),
    "no value": ("0801 1002", "lacks its SCALAR_SHORT value"),
    "value of another type": ("0801 1002 1900000000 00000000", "lacks its SCALAR_SHORT value"),
    "packed value": ("0801 1002 1a0106", "lacks its SCALAR_SHORT value"),
    "cut in the value": ("0801 1002 1886", "varint is cut"),
    "cut in the severity": ("0801 1002 1806 20", "varint is cut"),
    "nine bytes of seconds before what looks like a tag": ("08818080808080808010 05 1806", "field has number 0"),
    "a zero behind": ("0801 1002 1806 00", "field has number 0"),
    "field value without text": ("0801 1002 1806 3a03 0a0158", "lacks its name or its text"),
}


@pytest.mark.parametrize(("line", "reason"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_line_is_reported_and_its_neighbours_are_read(line, reason):
    """Damage has offset and length of the line, without its line end; samples before and after it stay."""
    good = "0801 1002 1806"
    samples, damages = decode_columns(SHORT, YEAR, lines(good, line, good), offset=100)
    assert samples.value.tolist() == [3, 3]
    (damage,) = damages
    assert (damage.offset, damage.length) == (107, len(escape(bytes.fromhex(line))))
    assert reason in damage.reason


def test_offsets_count_escapes():
    """Places are told in the bytes as they came, escapes included."""
    samples, damages = decode_columns(SHORT, YEAR, lines("0801 1002 180a", "0801 1002 180a", "00"))
    assert samples.value.tolist() == [5, 5]
    assert damages == (Damage(16, 1, "a field has number 0"),)


@pytest.mark.parametrize(
    "line",
    [b"\x1b", b"\x1b\x1b", b"\x08\x1b\x1b\x01", b"\x08\x01\x10\x02\x18\x1b\x06", b"\x08\x01\x10\x02\x18\x06\x1b"],
)
def test_an_escape_that_does_not_exist_is_damage_of_its_own_line(line):
    """A wrong escape makes its line unreadable and shifts nothing in the lines around it."""
    good = lines("0801 1002 180a")
    samples, damages = decode_columns(SHORT, YEAR, good + line + b"\n" + good)
    assert samples.value.tolist() == [5, 5]
    assert [(damage.offset, damage.length) for damage in damages] == [(len(good), len(line))]
    assert "is no escape" in damages[0].reason


def test_a_scalar_byte_has_one_byte():
    """No byte, or more than one, is no value; the appliance would fail or take the first."""
    samples, damages = decode_columns(
        DbrType.SCALAR_BYTE, YEAR, lines(f"{TIME} 1a00", f"{TIME} 1a0180", f"{TIME} 1a021011")
    )
    assert samples.value.tolist() == [-128]
    assert [damage.reason for damage in damages] == [
        f"a SCALAR_BYTE value has {n} bytes; it must have 1" for n in (0, 2)
    ]


def test_a_waveform_may_be_empty_packed_or_not():
    """Without the field a waveform is empty; elements may come packed, one by one, or both."""
    samples = decode(
        DbrType.WAVEFORM_SHORT,
        TIME,
        f"{TIME} 1a00",
        f"{TIME} 1a020204",
        f"{TIME} 1802 1804",
        f"{TIME} 1a010218041a0106",
    )
    assert [row.tolist() for row in samples.value.rows()] == [[], [], [1, 2], [1, 2], [1, 2, 3]]
    samples = decode(DbrType.WAVEFORM_INT, f"{TIME} 1a0400000001", f"{TIME} 1d00000001 1a0400000002")
    assert [row.tolist() for row in samples.value.rows()] == [[2**24], [2**24, 2**25]]


def test_bytes_that_are_not_there_are_damage():
    """A string that announces more bytes than its line has is no string, also if it has none at all."""
    block = lines(f"{TIME} 1a05", f"{TIME} 1a026f6e", f"{TIME} 1a0361")
    samples, damages = decode_columns(DbrType.SCALAR_STRING, YEAR, block)
    assert samples.value.to_bytes() == [b"on"]
    assert [damage.reason for damage in damages] == [
        "field 3 is cut: 5 bytes announced, 0 left",
        "field 3 is cut: 3 bytes announced, 1 left",
    ]


def test_packed_numbers_count_with_their_low_32_bits():
    """Packed varints may have ten bytes, of which 32 bits count; one of eleven makes its line unreadable."""
    good, too_long = f"{TIME} 1a0c 02 86808080808080808001 06", f"{TIME} 1a0c 02 8680808080808080808001"
    samples, damages = decode_columns(DbrType.WAVEFORM_SHORT, YEAR, lines(good, too_long, good))
    assert [row.tolist() for row in samples.value.rows()] == [[1, 3, 3]] * 2
    assert [damage.reason for damage in damages] == ["a varint is cut or longer than ten bytes"]


@pytest.mark.parametrize(
    ("dbr_type", "body"),
    [
        (DbrType.WAVEFORM_DOUBLE, "1a0700000000000000"),
        (DbrType.WAVEFORM_FLOAT, "1a0100"),
        (DbrType.WAVEFORM_ENUM, "1a020280"),
    ],
    ids=["double", "float", "enum"],
)
def test_packed_elements_that_are_cut_are_damage(dbr_type, body):
    """A body that does not divide into elements is no waveform, and leaves the next one alone."""
    good = decode(dbr_type, TIME)
    samples, damages = decode_columns(dbr_type, YEAR, lines(f"{TIME} {body}", TIME))
    assert len(damages) == 1
    assert_samples_equal(samples, good)


def test_nanoseconds_run_over():
    """Nanoseconds of 1e9 and more, which old data have, count on into the next seconds."""
    samples = decode(SHORT, "0801 1080a8d6b907 1806")  # 2e9
    assert samples.time.tolist() == [START + 3 * 10**9]


def test_extras():
    """Field values, repeat count, change mark and user tag are kept where a sample has them."""
    field = "3a080a01411203621b63"
    samples = decode(
        DbrType.V4_GENERIC_BYTES, f"{TIME} 1a00", f"{TIME} 1a00 3007 {field} 4000 4805", f"{TIME} 1a00 4001"
    )
    entries = [(1, (("A", "b\x1bc"),), 7, 0, 5), (2, (), -1, 1, -1)]
    assert_samples_equal(
        samples, Samples.build(samples.dbr_type, samples.time, samples.value, extras=Extras.build(entries))
    )


def test_negative_alarms():
    """Archives hold severity -1 and status -2, ten bytes each."""
    samples = decode(SHORT, f"{TIME} 1806 20ffffffffffffffffff01 28feffffffffffffffff01")
    assert (samples.severity.tolist(), samples.status.tolist()) == ([-1], [-2])


def test_no_lines_are_no_samples():
    """An empty block is fine for every type."""
    for dbr_type in DbrType:
        assert_samples_equal(decode_columns(dbr_type, YEAR, b"").samples, Samples.empty(dbr_type))


@pytest.mark.parametrize("year", [1678, 1969, 2126])
def test_years_that_can_be_told(year):
    """The largest seconds and nanoseconds still fit int64 in the first and the last year."""
    samples, _ = decode_columns(SHORT, year, lines("08ffffffff0f 10ffffffff0f 1806"))
    assert samples.time.tolist() == [start_of_year(year) + (2**32 - 1) * (10**9 + 1)]


@pytest.mark.parametrize("year", [-1, 0, 1677, 2127, 2**31 - 1])
def test_years_that_cannot_be_told(year):
    """Samples of other years are refused as a whole, since nobody could say when they were."""
    with pytest.raises(WireError, match=f"samples of the year {year} cannot be dated; allowed: 1678 to 2126"):
        decode_columns(SHORT, year, lines(f"{TIME} 1806"))


def test_half_a_line_is_the_callers_mistake():
    """A block must hold whole lines."""
    with pytest.raises(InputError, match="ends in the middle of a line"):
        decode_columns(SHORT, YEAR, b"\x08")
