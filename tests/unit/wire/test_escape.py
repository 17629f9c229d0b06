"""Escapes of line ends."""

import pytest

from archredundancy.errors import WireError
from archredundancy.wire import escape, unescape

PAIRS = {
    "nothing": (b"", b""),
    "plain": (b"abc", b"abc"),
    "escape": (b"\x1b", b"\x1b\x01"),
    "line feed": (b"\n", b"\x1b\x02"),
    "carriage return": (b"\r", b"\x1b\x03"),
    "what looks like an escape": (b"\x1b\x02", b"\x1b\x01\x02"),
    "escapes in a row": (b"\x1b\x1b\n\r", b"\x1b\x01\x1b\x01\x1b\x02\x1b\x03"),
    "other white space": (b" \t\x0b\x0c ", b" \t\x0b\x0c "),
}


@pytest.mark.parametrize(("message", "line"), PAIRS.values(), ids=PAIRS)
def test_a_message_and_its_line(message, line):
    """Three bytes are escaped, in one pass from left to right, and nothing is stripped."""
    assert escape(message) == line
    assert unescape(line) == message


@pytest.mark.parametrize("line", [b"\x1b", b"a\x1b", b"\x1b\x00", b"\x1b\x04", b"\x1b\x1b\x01", b"\x1b\x01\x1b"])
def test_escapes_that_do_not_exist(line):
    """What no writer makes is an error that says where the line is."""
    with pytest.raises(WireError, match=r"^1b .* is no escape; allowed: 1b 01, 1b 02, 1b 03 \(at byte 7\)$"):
        unescape(line, offset=7)
