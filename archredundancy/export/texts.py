"""Texts where a format cannot hold each letter: escaped as in Python, and only in a variable that needs it."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["escape_texts", "unescape_text"]

_ESCAPE = re.compile(r"\\(\\|x[0-9a-f]{2})")


def escape_texts(texts: Sequence[str], forbidden: str) -> list[str] | None:
    r"""Return texts with backslashes and forbidden letters escaped; None if no text has a forbidden letter.

    Examples
    --------
    >>> print(escape_texts(["a\0", "b\\"], "\0"))
    ['a\\x00', 'b\\\\']
    """
    if not any(letter in text for text in texts for letter in forbidden):
        return None
    table = str.maketrans({"\\": r"\\"} | {letter: f"\\x{ord(letter):02x}" for letter in forbidden})
    return [text.translate(table) for text in texts]


def unescape_text(text: str) -> str:
    """Return the text behind an escaped one."""
    return _ESCAPE.sub(lambda found: "\\" if found[1] == "\\" else chr(int(found[1][1:], 16)), text)
