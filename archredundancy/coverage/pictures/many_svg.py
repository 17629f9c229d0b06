"""The picture of many PVs over time, as hand-written SVG around an image."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.pictures.many import ManyRows, Rows, image_note, worst_image
from archredundancy.display.looks import Look
from archredundancy.display.png import indexed_png
from archredundancy.display.svg_parts import SIGN, WIDTH, Frame, axis, document, legend, text, width_of
from archredundancy.display.texts import shortened

__all__ = ["many_svg"]

_TOP, _TALLEST, _ROW, _NAME = 44, 560, 16, 14
#: Columns and rows of the image: a point is about three pixels wide and high.
_BINS, _LINES = 200, 180
_RIGHT, _LONGEST, _SHORTEST = WIDTH - 40, 35, 8


def many_svg(rows: Rows, *, show: str = "who", beside: Sequence[str] = ()) -> str:
    """Return the picture of many PVs over time as an SVG document, text: each point shows the worst in its bin.

    Parameters
    ----------
    rows : iterable of (str, Coverage, Coverage)
        Name of a PV, and its coverage at the primary and at the secondary; from the top, so give the worst first.
    show : {"who", "primary", "secondary"}, optional
        Who has what, or the states of one side.
    beside : sequence of str, optional
        A text for each row, written at its right.

    Returns
    -------
    str
        Shorter than 60 kB, however many PVs and stretches there are; colours follow the light or dark scheme of where
        it is shown. There are no scripts.

    Raises
    ------
    InputError
        If there is no row, or none of any length; if `show` is none of these; or if `beside` has another number of
        texts.

    Notes
    -----
    As many names are written as have room. Cost: a pass over the stretches of all rows.
    """
    content = ManyRows.of(rows, show, beside)
    codes = worst_image(content.paintings, content.window, _BINS, _LINES)
    frame = Frame(content.window, left=14 + _room(content.names), right=_RIGHT - (_room(beside) if beside else 0))
    high = min(_ROW * len(content.names), _TALLEST)
    below = _TOP + high + 3
    note = image_note(content.window, codes.shape, len(content.names))
    used = [look for place, look in enumerate(content.looks) if (codes == place).any()]
    return document(
        f"{content.title}: {content.subject}",
        below + 72,
        text(8, 18, content.title, bold=True)
        + text(8, 36, f"{content.window}: {content.subject}. {note}")
        + _names(content, frame, high)
        + "".join(_image(frame, codes, content.looks, high, dark) for dark in (False, True))
        + axis(frame, below)
        + legend(frame, below + 48, "", used, hatched=False),
    )


def _room(texts: Sequence[str]) -> int:
    """Return how many pixels texts take, those too long being cut."""
    return int(max(_SHORTEST * SIGN, *(width_of(shortened(text, _LONGEST, middle=True)) for text in texts)))


def _image(frame: Frame, codes: npt.NDArray[np.int8], looks: Sequence[Look], high: int, dark: bool) -> str:
    """Return the image for light or for dark paper."""
    content = base64.b64encode(indexed_png(codes, [look.on(dark) for look in looks])).decode()
    return (
        f'<image class="{"n" if dark else "d"}" x="{frame.left}" y="{_TOP}" width="{frame.right - frame.left}" '
        f'height="{high}" preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{content}"/>'
    )


def _names(content: ManyRows, frame: Frame, high: int) -> str:
    """Return the names of as many rows as have room, and what stands beside them."""
    count = len(content.names)
    step = max(math.ceil(count * _NAME / high), 1)
    parts = []
    for row in range(0, count, step):
        y = _TOP + (row + 0.5) * high / count + 4
        parts.append(text(frame.left - 8, y, shortened(content.names[row], _LONGEST, middle=True), "end"))
        if content.beside:
            parts.append(text(frame.right + 6, y, shortened(content.beside[row], _LONGEST)))
    return "".join(parts)
