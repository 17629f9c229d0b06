"""The coverage picture: both sides' states and who has what, as hand-written SVG without libraries or scripts."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from archredundancy.coverage.palette import (
    STATE_LOOKS,
    WHO_LOOKS,
    Look,
    Painting,
    coverage_layers,
    drawn_stretches,
    who_layers,
)
from archredundancy.coverage.ticks import round_times, tick_labels
from archredundancy.model import TimeRange
from archredundancy.segments import Segments

if TYPE_CHECKING:
    from archredundancy.coverage.overview import Overview

__all__ = ["coverage_svg"]

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 900, 96, 44, 10, 27, 19
#: Bars that fit beside each other: an outage is drawn at least three pixels wide, so that none can hide.
BARS = (WIDTH - LEFT - RIGHT) // 3
#: Pixels from which on a bar is hatched; in narrower ones the white would hide the colour.
HATCHED = 7
TICKS = 7

_HATCHINGS = {
    "rise": "M-1,1L1,-1M0,7L7,0M6,8L8,6",
    "fall": "M-1,6L1,8M0,0L7,7M6,-1L8,1",
    "cross": "M0,0L7,7M0,7L7,0",
    "dots": "M2,3.5h2",
}
_PATTERNS = "".join(
    f'<pattern id="{name}" width="7" height="7" patternUnits="userSpaceOnUse">'
    f'<path d="{path}" stroke="#fff" stroke-width="1.3"/></pattern>'
    for name, path in _HATCHINGS.items()
)
_STYLE = 'font-family="sans-serif" font-size="12" fill="#333"'


def coverage_svg(comparison: Overview) -> str:
    """Return the picture of a comparison as an SVG document, text.

    Rows: primary, secondary, and who has what; below them a time axis and a legend of what occurs. Each row has at most
    as many shapes as fit beside each other, however many stretches there are; narrow outages are widened to be seen.
    """
    rows = (
        (comparison.primary.cluster, coverage_layers(comparison.primary)),
        (comparison.secondary.cluster, coverage_layers(comparison.secondary)),
        ("who has it", who_layers(comparison.who)),
    )
    below = TOP + len(rows) * ROW
    height = below + 86
    used = {look for _, layers in rows for look, _ in layers}
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">'
        f"<title>{escape(comparison.pv)}: coverage</title><defs>{_PATTERNS}</defs>"
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
        + "".join(
            _row(TOP + number * ROW, label, layers, comparison.asked) for number, (label, layers) in enumerate(rows)
        )
        + _axis(comparison.asked, below)
        + _legend(below + 46, "a side is", [look for look in STATE_LOOKS.values() if look in used])
        + _legend(below + 66, "it is with", [look for look in WHO_LOOKS.values() if look in used])
        + "</svg>"
    )


def _x(times: Iterable[int], window: TimeRange) -> list[float]:
    """Return pixels of times, ns."""
    scale = (WIDTH - LEFT - RIGHT) / max(window.duration, 1)
    return [LEFT + (int(time) - window.start) * scale for time in times]


def _row(top: int, label: str, layers: Painting, window: TimeRange) -> str:
    text = f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end" {_STYLE}>{escape(label)}</text>'
    return text + "".join(_bars(top, look, segments, window) for look, segments in layers)


def _bars(top: int, look: Look, segments: Segments, window: TimeRange) -> str:
    """Return one path for all bars of a look, and its hatching over those that are wide enough for it."""
    start, end = drawn_stretches(segments, window, BARS)
    edges = list(zip(_x(start, window), _x(end, window), strict=True))
    hatched = [(left, right) for left, right in edges if look.hatching and right - left > HATCHED]
    shapes = ((edges, look.colour), (hatched, f"url(#{look.hatching})"))
    return "".join(
        '<path d="'
        + "".join(f"M{left:.1f},{top}H{right:.1f}v{BAR}H{left:.1f}z" for left, right in bars)
        + f'" fill="{fill}"/>'
        for bars, fill in shapes
        if bars
    )


def _axis(window: TimeRange, y: int) -> str:
    """Return the time axis, its round times and their labels, in UTC."""
    times = round_times(window, TICKS).tolist()
    parts = [
        f'<path d="M{LEFT},{y}H{WIDTH - RIGHT}" stroke="#333"/>',
        f'<text x="{LEFT - 42}" y="{y + 18}" text-anchor="end" {_STYLE}>UTC</text>',
    ]
    for x, lines in zip(_x(times, window), tick_labels(times), strict=True):
        parts.append(f'<path d="M{x:.1f},{y}v5" stroke="#333"/>')
        parts += [
            f'<text x="{x:.1f}" y="{y + 18 + 14 * number}" text-anchor="middle" {_STYLE}>{line}</text>'
            for number, line in enumerate(lines)
            if line
        ]
    return "".join(parts)


def _legend(y: int, heading: str, looks: Iterable[Look]) -> str:
    parts, x = [f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end" {_STYLE}>{heading}</text>'], LEFT
    for look in looks:
        box = f'<rect x="{x}" y="{y}" width="18" height="13"'
        parts.append(f'{box} fill="{look.colour}"/>')
        if look.hatching:
            parts.append(f'{box} fill="url(#{look.hatching})"/>')
        parts.append(f'<text x="{x + 23}" y="{y + 11}" {_STYLE}>{look.label}</text>')
        x += 44 + 7 * len(look.label)
    return "".join(parts)
