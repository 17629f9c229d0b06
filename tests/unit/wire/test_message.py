"""Protobuf messages, field by field."""

import pytest

from archredundancy.wire.message import (
    FIXED32,
    FIXED64,
    LENGTH_DELIMITED,
    VARINT,
    Malformed,
    decode_text,
    encode_text,
    read_field_value,
    read_fields,
    read_packed_varints,
    signed32,
    unsigned32,
    unzigzag32,
    write_field_value,
    write_varint,
)

READABLE = {
    "nothing": ("", []),
    "varint": ("08 ac02", [(1, VARINT, 300)]),
    "varint of ten bytes": ("20 ffffffffffffffffff01", [(4, VARINT, 2**64 - 1)]),
    "varint with needless bytes": ("08 81808000", [(1, VARINT, 1)]),
    "fixed": ("19 0102030405060708 1d 01020304", [(3, FIXED64, bytes(range(1, 9))), (3, FIXED32, bytes(range(1, 5)))]),
    "bytes": ("1a 00 1a 02 6162", [(3, LENGTH_DELIMITED, b""), (3, LENGTH_DELIMITED, b"ab")]),
    "high field number": ("f80f 01", [(255, VARINT, 1)]),
    "a group is left out": ("08 01 53 08 02 54 10 03", [(1, VARINT, 1), (2, VARINT, 3)]),
    "groups in a group": ("53 5b 08 02 5c 54 10 03", [(2, VARINT, 3)]),
}
UNREADABLE = {
    "cut in a tag": ("88", "varint is cut"),
    "cut in a varint": ("08 80", "varint is cut"),
    "varint of eleven bytes": ("08 8080808080808080808001", "longer than ten bytes"),
    "cut in a fixed": ("19 01020304", "field 3 is cut: 8 bytes announced, 4 left"),
    "cut in bytes": ("1a 03 6162", "field 3 is cut: 3 bytes announced, 2 left"),
    "no bytes at all": ("1a", "varint is cut"),
    "field number 0": ("00 01", "a field has number 0"),
    "wire type 6": ("0e", "field 1 has the unknown wire type 6"),
    "wire type 7": ("0f", "field 1 has the unknown wire type 7"),
    "group without an end": ("53 08 01", "varint is cut"),
    "group without a start": ("54", "group 10 ends without a start"),
    "groups that cross": ("53 5b 54 5c", "group 10 ends inside another"),
}


@pytest.mark.parametrize(("message", "fields"), READABLE.values(), ids=READABLE)
def test_readable_messages(message, fields):
    """Fields come in stored order, unknown ones too, groups not."""
    assert list(read_fields(bytes.fromhex(message))) == fields


@pytest.mark.parametrize(("message", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_messages(message, reason):
    """Whatever is no message says why."""
    with pytest.raises(Malformed, match=reason):
        list(read_fields(bytes.fromhex(message)))


def test_32_bits_of_a_varint():
    """Numbers of 32 bits are the low bits of the varint, as int32 or zigzag: a negative severity has ten bytes."""
    assert [signed32(number) for number in (0, 2**31 - 1, 2**31, 2**32 + 5, 2**64 - 2)] == [
        0,
        2**31 - 1,
        -(2**31),
        5,
        -2,
    ]
    assert unsigned32(2**64 - 1) == 2**32 - 1
    assert [unzigzag32(number) for number in (12, 32, 9, 2**32 - 1, 2**32 + 2)] == [6, 16, -5, -(2**31), 1]
    assert write_varint(-2).hex() == "feffffffffffffffff01"


def test_packed_numbers():
    """Packed varints stand one after the other; a cut last one is an error."""
    assert read_packed_varints(bytes.fromhex("00 ac02 7f")) == [0, 300, 127]
    with pytest.raises(Malformed, match="varint is cut"):
        read_packed_varints(bytes.fromhex("00 ac"))


def test_field_values():
    """A field value is a name and a text; both must be there, and bytes that are not UTF-8 survive."""
    content = write_field_value(7, ("DESC", "5 \udcb5m"))
    assert content == b"\x3a\x0c\x0a\x04DESC\x12\x045 \xb5m"
    assert read_field_value(content[2:]) == ("DESC", "5 \udcb5m")
    assert encode_text(decode_text(b"\xff\x00ab")) == b"\xff\x00ab"
    with pytest.raises(Malformed, match="lacks its name or its text"):
        read_field_value(b"\x0a\x04DESC")
