"""The rows below the values: what each side covers, its dropouts, who has what, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from archredundancy.coverage import Comparison, Coverage, Gaps
from archredundancy.coverage.pictures.annotations import Note, causes_inside, counts_in_bins, expiry_notes
from archredundancy.coverage.pictures.palette import coverage_layers, who_layers
from archredundancy.display.boxes import bin_edges, is_dense
from archredundancy.display.looks import Look
from archredundancy.display.painting import Painting, inside
from archredundancy.model import NEVER, TimeRange
from archredundancy.plot.bars import BARS, HALF, draw_row
from archredundancy.plot.picture import inches
from archredundancy.plot.text import drawable
from archredundancy.plot.theme import Theme
from archredundancy.plot.time_axis import positions

__all__ = ["Row", "comparison_rows"]

_SIGNS_AN_INCH = 15
_FONT = 7.5


class Row(Protocol):
    """One row of a picture."""

    def label(self, window: TimeRange) -> str:
        """Return its name."""

    def looks(self, window: TimeRange) -> Iterable[Look]:
        """Return what the legend has to explain."""

    def is_dense(self, window: TimeRange) -> bool:
        """Return whether bins are drawn instead of bars."""

    def draw(self, axes: Axes, number: int, window: TimeRange, theme: Theme) -> None:
        """Draw it around the height `number`."""


def comparison_rows(comparison: Comparison) -> Sequence[Row]:
    """Return the rows of a comparison, from the top; those of single samples and of expiry only where there are any."""
    rows: list[Row] = []
    sides = zip((comparison.primary, comparison.secondary), comparison.dropouts, comparison.enrichment, strict=True)
    for coverage, dropouts, enrichment in sides:
        rows.append(_States(coverage.cluster, coverage_layers(coverage), coverage))
        for name, runs in (("dropouts", dropouts), ("enrichment", enrichment)):
            if len(runs.first):
                rows.append(_Density(name, runs.first, runs.count))
    rows.append(_States("who has it", who_layers(comparison.who)))
    if len(comparison.conflicts):
        rows.append(_Density("conflicts", comparison.conflicts.time, np.ones(len(comparison.conflicts), np.int64)))
    gaps = comparison.gaps.of(comparison.primary.cluster)
    if np.any(gaps.expires_at != NEVER):
        rows.append(_Expiry(gaps))
    return rows


@dataclass(frozen=True, eq=False)
class _States:
    """Bars, with the causes where they have room."""

    name: str
    painting: Painting
    coverage: Coverage | None = None

    def label(self, window: TimeRange) -> str:
        return self.name

    def looks(self, window: TimeRange) -> Iterable[Look]:
        return (look for look, _ in inside(self.painting, window))

    def is_dense(self, window: TimeRange) -> bool:
        return is_dense(self.painting, window, BARS)

    def draw(self, axes: Axes, number: int, window: TimeRange, theme: Theme) -> None:
        draw_row(axes, number, self.painting, window, theme)
        if self.coverage is not None:
            for note in causes_inside(self.coverage, window, _across(axes)):
                paper = {"boxstyle": "round,pad=0.15", "facecolor": theme.paper, "edgecolor": "none", "alpha": 0.9}
                _write(axes, note, number, bbox=paper)


@dataclass(frozen=True, eq=False)
class _Density:
    """How many of some events there are in each bin, the densest bin being as high as the row."""

    name: str
    time: npt.NDArray[np.int64]
    weight: npt.NDArray[np.int64]

    def label(self, window: TimeRange) -> str:
        seen = counts_in_bins(self.time, self.weight, np.array([window.start, window.end]))
        return f"{self.name} ({int(seen[0]):,})"

    def looks(self, window: TimeRange) -> Iterable[Look]:
        return ()

    def is_dense(self, window: TimeRange) -> bool:
        return False

    def draw(self, axes: Axes, number: int, window: TimeRange, theme: Theme) -> None:
        edges = bin_edges(window, BARS)
        counts = counts_in_bins(self.time, self.weight, edges)
        height = np.where(counts > 0, np.maximum(counts / max(counts.max(), 1), 0.15), 0)
        axes.stairs(
            number + HALF - 2 * HALF * height,
            positions(axes, edges),
            baseline=number + HALF,
            fill=True,
            color=theme.ink,
        )


@dataclass(frozen=True, eq=False)
class _Expiry:
    """Until when the other side keeps what gaps miss."""

    gaps: Gaps

    def label(self, window: TimeRange) -> str:
        return "kept until"

    def looks(self, window: TimeRange) -> Iterable[Look]:
        return ()

    def is_dense(self, window: TimeRange) -> bool:
        return False

    def draw(self, axes: Axes, number: int, window: TimeRange, theme: Theme) -> None:
        notes = expiry_notes(self.gaps, window, _across(axes))
        pointers = positions(axes, np.array([note.points_at for note in notes], np.int64))
        axes.vlines(pointers, number - 0.62, number - 0.3, color=theme.ink, linewidth=1)
        for note in notes:
            _write(axes, note, number)


def _across(axes: Axes) -> int:
    """Return how many signs fit beside each other, about."""
    return max(int(inches(axes)[0] * _SIGNS_AN_INCH), 1)


def _write(axes: Axes, note: Note, number: int, **look: Any) -> None:
    (x,) = positions(axes, np.array([note.at]))
    axes.text(
        x, number, drawable(note.text, longest=60), ha="center", va="center", fontsize=_FONT, clip_on=True, **look
    )
