"""Structures of pvAccess as JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archredundancy.appliance.messages.pva import structure_text

STRUCTURES = {
    "numbers": ("80 00 02 01 62 22 01 61 43  00000007 3ff8000000000000", '{"a":1.5,"b":7}'),
    "a float's digits": ("80 00 01 01 61 42  3dcccccd", '{"a":0.1}'),
    "text and truth": ("80 00 02 01 61 60 01 62 00  02 68 69 01", '{"a":"hi","b":true}'),
    "an array": ("80 00 01 01 61 29  03 0001 ffff 0003", '{"a":[1,-1,3]}'),
    "an array of structures": ("80 00 01 01 61 88 80 00 01 01 62 20  02 01 05 00", '{"a":[{"b":5},null]}'),
    "a union": ("80 00 01 01 61 81 00 01 01 62 20  00 05", '{"a":{"union":5}}'),
    "no choice": ("80 00 01 01 61 81 00 01 01 62 20  ff", '{"a":{"union":null}}'),
    "anything": ("80 00 01 01 61 82  20 05", '{"a":{"any":5}}'),
    "a type told before": (
        "80 00 02 01 61 fd 0001 80 00 01 01 62 20 01 63 fe 0001  05 06",
        '{"a":{"b":5},"c":{"b":6}}',
    ),
}


@pytest.mark.parametrize(("content", "text"), STRUCTURES.values(), ids=STRUCTURES)
def test_structures_are_written_by_name(content, text):
    """Members come in the order of their names, whatever their own."""
    assert structure_text(bytes.fromhex(content)) == text


@pytest.mark.parametrize(
    "content", ["", "80", "8000 ff", "fe 0007", "88" * 5000, "80 00 01 01 61 81 00 01 01 62 20 05"]
)
def test_what_is_no_structure_is_empty(content):
    """Bytes that end too early, refer to nothing, or are too deep."""
    assert structure_text(bytes.fromhex(content)) == "{}"


@given(st.binary(max_size=40).map(lambda rest: b"\x80\x00\x02\x01a" + rest))
def test_any_bytes_give_text(content):
    """No bytes end in an exception."""
    assert structure_text(content).startswith(("{", "["))
