"""Text from archives, made fit for a picture."""

from __future__ import annotations

from matplotlib.font_manager import FontProperties, findfont, get_font

from archredundancy.display.texts import shortened

__all__ = ["drawable"]

_LONGEST = 28


def drawable(text: str, longest: int = _LONGEST, *, middle: bool = False) -> str:
    r"""Return text as matplotlib can draw it: no formula, no sign that its font lacks, no line end, not too long.

    What is too long loses its end, or, since the names of many PVs differ at their ends, its `middle`.

    Examples
    --------
    >>> drawable("open\tor $closed$")
    'open\\tor \\$closed\\$'
    >>> drawable("SR:C01-MG{PS:QH1A}I:Sp1-SP", 11, middle=True)
    'SR:C0…p1-SP'
    """
    font = get_font(findfont(FontProperties()))
    seen = text if middle else text[: longest + 1]
    known = "".join(
        sign if sign.isprintable() and font.get_char_index(ord(sign)) else sign.encode("unicode_escape").decode()
        for sign in seen
    )
    return shortened(known, longest, middle=middle).replace("$", r"\$")
