"""The coverage picture: both sides' states and who has what, as hand-written SVG without libraries or scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.pictures.annotations import (
    DENSE,
    Note,
    causes_inside,
    counts_in_bins,
    expiry_notes,
    explained_states,
    why_text,
)
from archredundancy.coverage.pictures.palette import STATE_LOOKS, WHO_LOOKS, coverage_layers, who_layers
from archredundancy.display.boxes import Boxes, bin_edges, boxes, is_dense
from archredundancy.display.painting import Painting
from archredundancy.display.svg_parts import SIGN, Frame, axis, class_of, document, legend, number, paragraph, text
from archredundancy.display.texts import shortened
from archredundancy.model import NEVER

if TYPE_CHECKING:
    from archredundancy.coverage.comparison.overview import Overview
    from archredundancy.coverage.tables.gaps import Gaps

__all__ = ["coverage_svg"]

TOP, ROW, BAR = 10, 27, 19
#: Bars that fit beside each other: an outage is drawn at least three pixels wide, so that none can hide.
BARS = 245
#: Pixels from which on a bar, or a run of bins, is hatched; in narrower ones the white would hide the colour.
_HATCHED, _HATCHED_BINS = 7, 50
_LONGEST_LABEL = 17

#: A label, and what draws the row, given its upper edge.
_Row = tuple[str, Callable[[int], str]]


def coverage_svg(overview: Overview, *, titled: bool = False) -> str:
    """Return the picture of a comparison as an SVG document, text.

    Rows: primary and secondary, with the dropouts and the enrichment of each, who has what, and until when the
    secondary keeps what only it has; below them a time axis and a legend of what occurs. Colours follow the light or
    dark scheme of where the picture is shown. Each row has at most as many shapes as fit beside each other, so the text
    is shorter than 60 kB however many stretches there are; narrow outages are widened to be seen.

    Parameters
    ----------
    overview : Overview
        Such as a `Comparison`.
    titled : bool, optional
        Whether the picture tells the PV and the range itself, for a file that stands alone.
    """
    frame = Frame(overview.asked)
    paintings = [coverage_layers(overview.primary), coverage_layers(overview.secondary), who_layers(overview.who)]
    rows = _rows(overview, paintings, frame)
    top = TOP + (22 if titled else 0)
    below = top + len(rows) * ROW
    heading = text(8, TOP + 12, f"{overview.pv}: {frame.window}", bold=True) if titled else ""
    words = why_text(explained_states((overview.primary, overview.secondary), frame.window))
    if any(is_dense(painting, frame.window, BARS) for painting in paintings):
        words = f"{words} {DENSE}"
    lines, high = paragraph(frame, below + 86, words)
    used = {look for painting in paintings for look, _ in painting}
    body = "".join(
        text(frame.left - 8, top + place * ROW + 14, shortened(label, _LONGEST_LABEL), "end") + draw(top + place * ROW)
        for place, (label, draw) in enumerate(rows)
    )
    return document(
        f"{overview.pv}: coverage",
        below + 86 + high + (6 if high else 0),
        heading
        + body
        + axis(frame, below)
        + legend(frame, below + 46, "a side is", [look for look in STATE_LOOKS.values() if look in used])
        + legend(frame, below + 66, "it is with", [look for look in WHO_LOOKS.values() if look in used])
        + lines,
    )


def _rows(overview: Overview, paintings: Sequence[Painting], frame: Frame) -> list[_Row]:
    rows: list[_Row] = []
    coverages = (overview.primary, overview.secondary)
    sides = zip(coverages, overview.dropouts, overview.enrichment, paintings[:2], strict=True)
    for coverage, dropouts, enrichment, painting in sides:
        rows.append(
            (coverage.cluster, partial(_states, painting, frame, causes_inside(coverage, frame.window, frame.across)))
        )
        for name, runs in (("dropouts", dropouts), ("enrichment", enrichment)):
            if len(runs.first):
                rows.append((f"{name} ({runs.total:,})", partial(_density, runs.first, runs.count, frame)))
    rows.append(("who has it", partial(_states, paintings[2], frame, [])))
    gaps = overview.gaps.of(overview.primary.cluster)
    if np.any(gaps.expires_at != NEVER):
        rows.append(("kept until", partial(_expiry, gaps, frame)))
    return rows


def _states(painting: Painting, frame: Frame, causes: Sequence[Note], top: int) -> str:
    """Return bars, with the causes that have room."""
    least = _HATCHED_BINS if is_dense(painting, frame.window, BARS) else _HATCHED
    bars = "".join(_bars(frame, top, group, least) for group in boxes(painting, frame.window, BARS))
    return bars + "".join(_on_paper(frame.x(note.at), top, note.text) for note in causes)


def _bars(frame: Frame, top: int, group: Boxes, least: float) -> str:
    """Return one path for all bars of a look, and its hatching over those that are wide enough for it."""
    edges = [
        (frame.x(start), frame.x(end), BAR * height)
        for start, end, height in zip(group.start.tolist(), group.end.tolist(), group.height.tolist(), strict=True)
    ]
    hatched = [bar for bar in edges if group.look.hatching and bar[1] - bar[0] > least]
    shapes = ((edges, f'class="{class_of(group.look)}"'), (hatched, f'fill="url(#{group.look.hatching})"'))
    return "".join(f'<path d="{_boxes(top, bars)}" {fill}/>' for bars, fill in shapes if bars)


def _boxes(top: int, bars: Iterable[tuple[float, float, float]]) -> str:
    """Return a path of rectangles that stand on the lower edge of a row: left, right, height."""
    return "".join(
        f"M{number(left)},{top + BAR}H{number(right)}v{number(-height)}H{number(left)}z" for left, right, height in bars
    )


def _on_paper(x: float, top: int, words: str) -> str:
    wide = SIGN * len(words) + 6
    box = f'<rect x="{number(x - wide / 2)}" y="{top + 2}" width="{number(wide)}" height="{BAR - 4}" rx="3" '
    return f'{box}class="p" opacity=".9"/>' + text(x, top + 14, words, "middle")


def _density(time: npt.NDArray[np.int64], weight: npt.NDArray[np.int64], frame: Frame, top: int) -> str:
    """Return how many events there are in each bin, the densest bin being as high as the row."""
    edges = bin_edges(frame.window, BARS)
    counts = counts_in_bins(time, weight, edges)
    filled = np.flatnonzero(counts)
    heights = BAR * np.maximum(counts[filled] / counts.max(initial=1), 0.15)
    bars = (
        (frame.x(edges[place]), frame.x(edges[place + 1]), height)
        for place, height in zip(filled.tolist(), heights.tolist(), strict=True)
    )
    return f'<path d="{_boxes(top, bars)}" class="i"/>'


def _expiry(gaps: Gaps, frame: Frame, top: int) -> str:
    """Return until when the other side keeps what gaps miss."""
    return "".join(
        f'<path d="M{number(frame.x(note.points_at))},{top - 6}v8" class="k"/>'
        + text(frame.x(note.at), top + 14, note.text, "middle")
        for note in expiry_notes(gaps, frame.window, frame.across)
    )
