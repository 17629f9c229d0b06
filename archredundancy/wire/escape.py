"""The escapes that keep a message on one line: 1B to 1B 01, 0A to 1B 02, 0D to 1B 03 (Java: `LineEscaper`)."""

from __future__ import annotations

from archredundancy.errors import WireError
from archredundancy.wire.message import Malformed

__all__ = ["escape", "unescape", "unescape_line"]

_PLAIN = {b"\x01": b"\x1b", b"\x02": b"\n", b"\x03": b"\r"}


def escape(message: bytes) -> bytes:
    r"""Return a message as it stands on a line.

    Examples
    --------
    >>> escape(b"a\nb")
    b'a\x1b\x02b'
    """
    # The escape character goes first: later it would hit the escapes just written.
    return message.replace(b"\x1b", b"\x1b\x01").replace(b"\n", b"\x1b\x02").replace(b"\r", b"\x1b\x03")


def unescape(line: bytes, *, offset: int = 0) -> bytes:
    r"""Return the message on a line, in one pass from left to right.

    Parameters
    ----------
    line : bytes
        A line without its line end. All bytes but escapes are data, white space included.
    offset : int
        Where the line starts, for the error.

    Returns
    -------
    bytes
        The message.

    Raises
    ------
    WireError
        If 1B is followed by anything but 01, 02 or 03, or by nothing. The appliance drops such a 1B and goes on; since
        no writer makes one, it is taken for damage here.

    Examples
    --------
    >>> unescape(b"\x1b\x01\x02")
    b'\x1b\x02'
    """
    try:
        return unescape_line(line)
    except Malformed as error:
        raise WireError(str(error), offset=offset) from None


def unescape_line(line: bytes) -> bytes:
    """Return the message on a line; `unescape` for callers that know the line's offset better.

    Raises
    ------
    Malformed
        If an escape does not exist.
    """
    first, *rest = line.split(b"\x1b")
    for part in rest:
        if part[:1] not in _PLAIN:
            raise Malformed(f"1b {part[:1].hex() or 'at the end'} is no escape; allowed: 1b 01, 1b 02, 1b 03")
    return b"".join([first, *(_PLAIN[part[:1]] + part[1:] for part in rest)])
