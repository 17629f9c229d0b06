"""Lines of files: the appliance's own codec against the package's other one."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.appliance.messages.message import Header, decode_header, decode_sample, encode_header, encode_sample
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.model import DbrType
from archredundancy.testing.generated.strategies import headers_strategy, odd_lines, samples_strategy
from archredundancy.wire import ChunkHeader, encode_samples

YEAR = 2024
INTEGERS_OF_16_BITS = {DbrType.SCALAR_SHORT, DbrType.SCALAR_ENUM, DbrType.WAVEFORM_SHORT, DbrType.WAVEFORM_ENUM}
SAMPLES = st.sampled_from(DbrType).flatmap(lambda dbr_type: samples_strategy(dbr_type, year=YEAR, max_size=3))


def as_read(samples, row):
    """Return the value of a sample as the appliance reads it: integers of 16 bits, text with U+FFFD."""
    kind, value = samples.dbr_type, samples.value
    if kind is DbrType.WAVEFORM_STRING:
        return [text.decode(errors="replace") for text in value.to_strings()[row]]
    if kind.is_numeric_scalar:
        return cut(kind, value[row].item())
    content = value.rows()[row]
    if kind is DbrType.SCALAR_STRING:
        return content.tobytes().decode(errors="replace")
    if kind in (DbrType.WAVEFORM_BYTE, DbrType.V4_GENERIC_BYTES):
        return content.tobytes()
    return [cut(kind, element) for element in content.tolist()]


def cut(kind, number):
    """Return a number as its Java type holds it."""
    return (number + 0x8000) % 0x10000 - 0x8000 if kind in INTEGERS_OF_16_BITS else number


def same(mine, theirs):
    """Whether two values are equal, NaN and NaN included."""
    if isinstance(mine, list):
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    return mine == theirs or (isinstance(mine, float) and math.isnan(mine) and math.isnan(theirs))


@given(SAMPLES)
def test_samples_are_read_as_they_were_written(samples):
    """Of all 15 types, with alarms and fields: what the other codec wrote is read by this one."""
    for row, line in enumerate(encode_samples(samples).split(b"\n")[:-1]):
        sample = decode_sample(line, samples.dbr_type)
        assert sample.time(YEAR) == samples.time[row]
        assert (sample.severity, sample.status) == (samples.severity[row], samples.status[row])
        assert same(sample.value, as_read(samples, row))


@given(SAMPLES)
def test_a_copy_is_read_as_its_original(samples):
    """What a copy keeps, it keeps to the last bit, and a copy of a copy is the copy."""
    for line in encode_samples(samples).split(b"\n")[:-1]:
        original = decode_sample(line, samples.dbr_type)
        copy = encode_sample(original, samples.dbr_type)
        read = decode_sample(copy, samples.dbr_type)
        assert same(read.value, original.value)
        kept = replace(original, value=None, actual_change=original.actual_change and bool(original.fields))
        assert replace(read, value=None) == kept
        assert encode_sample(read, samples.dbr_type) == copy


def test_a_copy_loses_what_has_no_place_in_it():
    """Repeat count, user tag, and a field change without fields are gone (appliance.md K, b8)."""
    whole = bytes.fromhex("0801 1002 190000000000000840 3007 4001 4809")
    assert encode_sample(decode_sample(whole, DbrType.SCALAR_DOUBLE), DbrType.SCALAR_DOUBLE) == whole[:13]


@given(st.sampled_from(DbrType).flatmap(lambda kind: headers_strategy(kind, YEAR)))
def test_headers_are_read_and_written_as_the_other_codec_does(written):
    """Type, name, year, element count and fields come through both ways."""
    header = decode_header(written.encode().removesuffix(b"\n"))
    assert (header.dbr_type, header.pv, header.year) == (written.dbr_type, written.pv, YEAR)
    assert (header.element_count, header.fields) == (written.element_count, written.headers)
    assert ChunkHeader.parse(encode_header(header)) == written


DAMAGED_HEADERS = {
    "nothing": b"",
    "a sample": bytes.fromhex("0801 1002 190000000000000840"),
    "no year": encode_header(Header(dbr_type=DbrType.SCALAR_INT, pv="X", year=YEAR))[:-3],
    "an unknown type": b"\x08\x0f\x12\x01X\x18\xe8\x0f",
    "a year that no calendar has": b"\x08\x06\x12\x01X\x18\x00",
    "cut inside an escape": b"\x08\x06\x12\x01X\x18\xe8\x0f\x1b",
    "a field that is cut": b"\x08\x06\x12\x01X\x18\xe8\x0f\x7a\x03\x0a\x01Y",
}


@pytest.mark.parametrize("line", DAMAGED_HEADERS.values(), ids=DAMAGED_HEADERS)
def test_what_is_no_header_is_damage(line):
    """A first line without type, name or year, or with ones that do not exist, is no header."""
    with pytest.raises(DamagedLine, match=r"header|cut|field|end"):
        decode_header(line)


@pytest.mark.parametrize("missing", ["0801 190000000000000840", "1002 190000000000000840", "0801 1002"])
def test_second_nanosecond_and_value_are_needed(missing):
    """A line that lacks one of the three is no sample."""
    with pytest.raises(DamagedLine, match="missing"):
        decode_sample(bytes.fromhex(missing), DbrType.SCALAR_DOUBLE)


@settings(max_examples=40)
@given(
    st.sampled_from(DbrType).flatmap(lambda kind: st.tuples(st.just(kind), odd_lines(kind) | st.binary(max_size=60)))
)
def test_any_line_is_a_sample_or_damaged(case):
    """No bytes end in another exception, and a sample that is read can be written."""
    dbr_type, lines = case
    for line in lines.split(b"\n"):
        try:
            sample = decode_sample(line, dbr_type)
        except DamagedLine:
            continue
        encode_sample(sample, dbr_type)
