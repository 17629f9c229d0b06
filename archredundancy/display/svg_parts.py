"""The hand-written SVG that pictures here are made of: style for light and dark, hatchings, time axis, legend."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from archredundancy.display.looks import LOOKS, Look
from archredundancy.display.ticks import round_times, tick_labels
from archredundancy.model import TimeRange

__all__ = [
    "SIGN",
    "WIDTH",
    "Frame",
    "axis",
    "class_of",
    "document",
    "legend",
    "number",
    "paragraph",
    "text",
    "width_of",
]

WIDTH = 900
#: Width of a sign of text, pixels: a little more than usual fonts take.
SIGN = 6.7
#: Width of a capital or a low line, of which names of PVs are made.
_CAPITAL = 8.5
#: Pixels from one round time to the next, at least.
_TICK = 80

_HATCHINGS = {
    "rise": "M-1,1L1,-1M0,7L7,0M6,8L8,6",
    "fall": "M-1,6L1,8M0,0L7,7M6,-1L8,1",
    "cross": "M0,0L7,7M0,7L7,0",
    "dots": "M2,3.5h2",
}
_PATTERNS = "".join(
    f'<pattern id="{name}" width="7" height="7" patternUnits="userSpaceOnUse"><path d="{path}" class="h"/></pattern>'
    for name, path in _HATCHINGS.items()
)
_CLASSES = {look: f"l{place}" for place, look in enumerate(LOOKS)}


def _style(dark: bool) -> str:
    paper, ink = ("#16191d", "#e4e6e8") if dark else ("#fff", "#222")
    fills = "".join(f".{name}{{fill:{look.on(dark)}}}" for look, name in _CLASSES.items())
    return f".p{{fill:{paper}}}.i,text{{fill:{ink}}}.k{{stroke:{ink}}}.h{{stroke:{paper};stroke-width:1.3}}{fills}"


_FONT = "text{font:12px sans-serif}.b{font-weight:bold}"
#: What is for dark paper alone (n), or for light paper alone (d).
_ONE_OF = ".n{display:none}", ".n{display:inline}.d{display:none}"
_STYLE = f"{_FONT}{_ONE_OF[0]}{_style(False)}@media(prefers-color-scheme:dark){{{_style(True)}{_ONE_OF[1]}}}"


def class_of(look: Look) -> str:
    """Return the class that fills a shape with the colour of a look, on light and dark paper."""
    return _CLASSES[look]


def document(title: str, height: int, body: str) -> str:
    """Return an SVG document, which follows the light or dark scheme of where it is shown."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><defs>{_PATTERNS}</defs>"
        f'<rect width="{WIDTH}" height="{height}" class="p"/>{body}</svg>'
    )


def number(value: float) -> str:
    """Return a coordinate with at most one digit after the point."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Frame:
    """Where the time axis begins and ends, pixels, and what time it shows."""

    window: TimeRange
    left: int = 124
    right: int = WIDTH - 40

    @property
    def across(self) -> int:
        """Signs of text that fit beside each other."""
        return int((self.right - self.left) / SIGN)

    def x(self, time: int) -> float:
        """Return the pixel of an instant, ns since 1970 UTC."""
        return self.left + (int(time) - self.window.start) * (self.right - self.left) / max(self.window.duration, 1)


def text(x: float, y: float, words: str, anchor: str = "", bold: bool = False) -> str:
    """Return a line of text that starts at x, or is centred there (`middle`), or ends there (`end`)."""
    place = f' text-anchor="{anchor}"' if anchor else ""
    weight = ' class="b"' if bold else ""
    return f'<text x="{number(x)}" y="{number(y)}"{place}{weight}>{escape(words)}</text>'


def width_of(words: str) -> float:
    """Return how wide words are, pixels, at most with usual fonts."""
    return sum(_CAPITAL if sign.isupper() or sign == "_" else SIGN for sign in words)


def axis(frame: Frame, y: int) -> str:
    """Return the time axis, its round times and their labels, in UTC; 36 pixels high."""
    times = round_times(frame.window, max((frame.right - frame.left) // _TICK, 3)).tolist()
    parts = [
        f'<path d="M{frame.left},{y}H{frame.right}" class="k"/>',
        text(frame.left - 42, y + 18, "UTC", "end"),
    ]
    for time, lines in zip(times, tick_labels(times), strict=True):
        x = frame.x(time)
        parts.append(f'<path d="M{number(x)},{y}v5" class="k"/>')
        parts += [text(x, y + 18 + 14 * row, line, "middle") for row, line in enumerate(lines) if line]
    return "".join(parts)


def legend(frame: Frame, y: int, heading: str, looks: Iterable[Look], *, hatched: bool = True) -> str:
    """Return a row that explains looks; 20 pixels high."""
    parts, x = [text(frame.left - 8, y + 11, heading, "end")], frame.left
    for look in looks:
        box = f'<rect x="{x}" y="{y}" width="18" height="13"'
        parts.append(f'{box} class="{class_of(look)}"/>')
        if look.hatching and hatched:
            parts.append(f'{box} fill="url(#{look.hatching})"/>')
        parts.append(text(x + 23, y + 11, look.label))
        x += 44 + 7 * len(look.label)
    return "".join(parts)


def paragraph(frame: Frame, y: int, words: str) -> tuple[str, int]:
    """Return words on as many lines as they need, and how many pixels high that is."""
    lines = textwrap.wrap(words, frame.across)
    return "".join(text(frame.left, y + 11 + 16 * row, line) for row, line in enumerate(lines)), 16 * len(lines)
