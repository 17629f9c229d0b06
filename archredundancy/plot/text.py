"""Text from archives, made fit for a picture."""

from __future__ import annotations

from matplotlib.font_manager import FontProperties, findfont, get_font

__all__ = ["drawable"]

_LONGEST = 28


def drawable(text: str, longest: int = _LONGEST) -> str:
    r"""Return text as matplotlib can draw it: no formula, no sign that its font lacks, no line end, not too long.

    Examples
    --------
    >>> drawable("open\tor $closed$")
    'open\\tor \\$closed\\$'
    """
    font = get_font(findfont(FontProperties()))
    known = "".join(
        sign if sign.isprintable() and font.get_char_index(ord(sign)) else sign.encode("unicode_escape").decode()
        for sign in text[: longest + 1]
    )
    short = known if len(known) <= longest else f"{known[: longest - 1]}\u2026"
    return short.replace("$", r"\$")
