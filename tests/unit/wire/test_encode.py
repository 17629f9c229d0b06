"""Samples to lines and chunks."""

import numpy as np
import pytest

from archredundancy.errors import InputError
from archredundancy.model import DbrType, Extras, Ragged, Samples, start_of_year
from archredundancy.testing import assert_samples_equal
from archredundancy.wire import ChunkHeader, decode_columns, encode_chunk, encode_samples, escape

START = start_of_year(2024)
BYTES_OF_ONE_SAMPLE = {
    DbrType.SCALAR_STRING: (b"on", "1a026f6e"),
    DbrType.SCALAR_SHORT: (-1, "1801"),
    DbrType.SCALAR_FLOAT: (1.5, "1d0000c03f"),
    DbrType.SCALAR_ENUM: (65535, "18feff07"),
    DbrType.SCALAR_BYTE: (-128, "1a0180"),
    DbrType.SCALAR_INT: (-2, "1dfeffffff"),
    DbrType.SCALAR_DOUBLE: (-0.0, "190000000000000080"),
    DbrType.WAVEFORM_STRING: ([b"a", b""], "1a0161 1a00"),
    DbrType.WAVEFORM_SHORT: ([1, -300], "1a0302d704"),
    DbrType.WAVEFORM_FLOAT: ([], ""),
    DbrType.WAVEFORM_ENUM: ([0], "1a0100"),
    DbrType.WAVEFORM_BYTE: ([], "1a00"),
    DbrType.WAVEFORM_INT: ([1, 2], "1a080100000002000000"),
    DbrType.WAVEFORM_DOUBLE: ([2.0], "1a080000000000000040"),
    DbrType.V4_GENERIC_BYTES: (b"\n\x1b", "1a020a1b"),
}


@pytest.mark.parametrize("dbr_type", DbrType, ids=lambda member: member.name)
def test_one_sample_of_each_type(dbr_type):
    """Fields come in order of number; the value is written as EPICSEvent.proto says; zero alarms are left out."""
    value, content = BYTES_OF_ONE_SAMPLE[dbr_type]
    samples = Samples.build(dbr_type, [START + 300 * 10**9 + 7], [value], [2], [0])
    assert encode_samples(samples) == escape(bytes.fromhex(f"08ac02 1007 {content} 2002")) + b"\n"


def test_extras_are_written_where_a_sample_has_them():
    """Lines with and without extras stand in order, alarms and extras behind the value."""
    extras = Extras.build([(1, (("A", "b"),), 7, 0, -1), (2, (), -1, 1, -1), (4, (("C", ""),), -1, -1, -1)])
    samples = Samples.build(
        DbrType.SCALAR_SHORT, START + np.arange(5), range(5), [0, 0, 3, -1, 0], [0, 0, 0, 0, 17], extras
    )
    expected = [
        "0800 1000 1800",
        "0800 1001 1802 3007 3a060a0141120162 4000",
        "0800 1002 1804 2003 4001",
        "0800 1003 1806 20ffffffffffffffffff01",
        "0800 1004 1808 2811 3a050a01431200",
    ]
    assert encode_samples(samples) == b"".join(escape(bytes.fromhex(message)) + b"\n" for message in expected)


@pytest.mark.parametrize("dbr_type", [DbrType.SCALAR_DOUBLE, DbrType.WAVEFORM_SHORT], ids=lambda member: member.name)
def test_many_samples_are_written_in_several_goes(dbr_type):
    """Where one go ends and the next begins nothing is lost, extras included."""
    count = 70_000
    values = np.arange(count) % 7
    extras = Extras.build([(row, (("N", str(row)),), -1, -1, -1) for row in (0, 32_767, 32_768, 65_536, count - 1)])
    value = values if dbr_type.is_numeric_scalar else Ragged(np.arange(count + 1), values.astype(np.int32))
    samples = Samples.build(dbr_type, START + np.arange(count) * 10**9, value, values == 3, values == 4, extras)
    assert_samples_equal(decode_columns(dbr_type, 2024, encode_samples(samples)).samples, samples)


def test_a_chunk_is_a_header_and_lines():
    """A chunk without samples is its header; there is no blank line at the end."""
    header = ChunkHeader(dbr_type=DbrType.SCALAR_SHORT, pv="X", year=2024)
    samples = Samples.build(DbrType.SCALAR_SHORT, [START], [3])
    assert encode_chunk(header, Samples.empty(DbrType.SCALAR_SHORT)) == header.encode()
    assert encode_chunk(header, samples) == header.encode() + bytes.fromhex("0800 1000 1806") + b"\n"


def test_a_chunk_does_not_mix_types():
    """Samples of another type than the header's are refused: the real appliance would damage the file."""
    header = ChunkHeader(dbr_type=DbrType.SCALAR_SHORT, pv="X", year=2024)
    with pytest.raises(InputError, match="a chunk of SCALAR_SHORT cannot hold samples of SCALAR_ENUM"):
        encode_chunk(header, Samples.empty(DbrType.SCALAR_ENUM))


def test_a_chunk_does_not_mix_years():
    """Lines do not say their year, so samples of another year than the header's, or of two years, are refused."""
    header = ChunkHeader(dbr_type=DbrType.SCALAR_SHORT, pv="X", year=2023)
    with pytest.raises(
        InputError, match=r"a chunk of the year 2023 cannot hold a sample of 2024-01-01T00:00:00.000000000Z"
    ):
        encode_chunk(header, Samples.build(DbrType.SCALAR_SHORT, [START], [3]))
    with pytest.raises(InputError, match="are of several years; encode each UTC year by itself"):
        encode_samples(Samples.build(DbrType.SCALAR_SHORT, [START, START - 1], [3, 4]))
