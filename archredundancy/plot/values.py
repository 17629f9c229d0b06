"""The panel of values: both sides, and their union coloured by origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from archredundancy.coverage import Comparison
from archredundancy.coverage.pictures.palette import WHO_LOOKS
from archredundancy.display.looks import Look
from archredundancy.merge import Origin
from archredundancy.model import TimeRange
from archredundancy.plot.heights import Style
from archredundancy.plot.series import Mask, Series, Shown, shown
from archredundancy.plot.steps import broken_steps
from archredundancy.plot.text import drawable
from archredundancy.plot.theme import Theme
from archredundancy.plot.time_axis import positions

__all__ = ["draw_values"]

# What only one side has is coloured as in the coverage rows; the sides' own lines are paler; conflicts have a colour of
# their own.
_ORIGINS: Mapping[Origin, tuple[Look, str]] = {
    Origin.BOTH_EQUAL: (Look(colour="#56616b", on_dark="#b4c0c9", label="both"), "both, equal"),
    Origin.PRIMARY: (WHO_LOOKS["only_primary"], "only primary"),
    Origin.SECONDARY: (WHO_LOOKS["only_secondary"], "only secondary"),
    Origin.BOTH_DIFFER: (Look(colour="#000000", on_dark="#ffffff", label="conflict"), "both, different"),
}
_PRIMARY = Look(colour="#bcd6ea", on_dark="#2b4a62", label="primary")
_SECONDARY = Look(colour="#c3e6cd", on_dark="#1d4a2b", label="secondary")
_CONFLICT = "#f0e442"
#: Up to so many samples each gets a dot, up to so many conflicts a large mark.
_DOTS, _DIAMONDS = 200, 50


def draw_values(axes: Axes, comparison: Comparison, window: TimeRange, theme: Theme) -> None:
    """Draw values as steps that break where nothing holds; see `heights_of` for the types.

    Cost: passes over the samples to find the extremes of each part of the window; what is drawn is bounded.
    """
    content = shown(comparison, window)
    heights = content.heights
    if heights.style is Style.TICKS:
        _draw_ticks(axes, content, theme)
    else:
        _draw_side(
            axes, content, content.primary, color=_PRIMARY.on(theme.dark), linewidth=5, label=comparison.primary.cluster
        )
        _draw_side(
            axes,
            content,
            content.secondary,
            color=_SECONDARY.on(theme.dark),
            linewidth=2.5,
            label=comparison.secondary.cluster,
        )
        _draw_union(axes, content, theme)
        _draw_conflicts(axes, content, theme)
        _draw_missing(axes, content, theme)
    unit = f" ({drawable(comparison.egu)})" if comparison.egu and heights.are_numbers else ""
    axes.set_ylabel(f"{heights.label}{unit}")
    if heights.lanes:
        axes.set_yticks(range(len(heights.lanes)), heights.lanes)
        axes.set_ylim(-0.5, len(heights.lanes) - 0.5)
    if not any(content.count(origin) for origin in Origin):
        axes.text(0.5, 0.5, "no sample on either side", transform=axes.transAxes, ha="center", va="center")


def _lanes(series: Series, content: Shown) -> list[Mask]:
    """Return the samples of each lane: none may vanish when samples are left out, though most are no extremes."""
    return [series.curves[0] == lane for lane in range(len(content.heights.lanes))]


def _groups(series: Series, content: Shown) -> list[Mask]:
    """Return the samples of each lane and of each origin, of which none may vanish."""
    return [series.origin == origin for origin in _ORIGINS] + _lanes(series, content)


def _draw_side(axes: Axes, content: Shown, side: Series, *, label: str, **look: Any) -> None:
    side = side.thinned(content.window, _lanes(side, content))
    for number, curve in enumerate(side.curves):
        time, height = broken_steps(side.time, curve, side.active)
        axes.plot(
            positions(axes, time), height, drawstyle="steps-post", label="" if number else drawable(label), **look
        )


def _draw_union(axes: Axes, content: Shown, theme: Theme) -> None:
    union = content.union.thinned(content.window, _groups(content.union, content))
    few = len(union.time) <= _DOTS
    for origin, (look, label) in _ORIGINS.items():
        colour = look.on(theme.dark)
        chosen = union.origin == origin
        if not chosen.any():
            continue
        lines = [broken_steps(union.time, curve, union.active, chosen) for curve in union.curves]
        text = "" if origin is Origin.BOTH_DIFFER else f"{label} ({content.count(origin):,})"
        for time, height in lines:
            axes.plot(positions(axes, time), height, drawstyle="steps-post", color=colour, linewidth=1.2, label=text)
            text = ""
        if len(lines) > 1:
            (time, low), (_, high) = lines
            axes.fill_between(positions(axes, time), low, high, step="post", color=colour, alpha=0.3, linewidth=0)
        dotted = union.pick(chosen & (few | ~union.active.contains(union.time)))  # no line shows what nothing holds
        for curve in dotted.curves:
            axes.plot(positions(axes, dotted.time), curve, linestyle="", marker="o", markersize=3, color=colour)


def _draw_ticks(axes: Axes, content: Shown, theme: Theme) -> None:
    """Draw a tick a sample, a row for each origin."""
    union = content.union.thinned(content.window, _groups(content.union, content))
    present = [origin for origin in _ORIGINS if content.count(origin)]
    for row, origin in enumerate(present):
        time = union.time[union.origin == origin]
        colour = _ORIGINS[origin][0].on(theme.dark)
        axes.plot(positions(axes, time), np.full(len(time), row), linestyle="", marker="|", markersize=14, color=colour)
    axes.set_yticks(range(len(present)), [f"{_ORIGINS[origin][1]} ({content.count(origin):,})" for origin in present])
    axes.set_ylim(-0.5, max(len(present), 1) - 0.5)


def _draw_conflicts(axes: Axes, content: Shown, theme: Theme) -> None:
    """Mark both values of each conflict, and join them."""
    mine = content.union.pick(content.union.origin == Origin.BOTH_DIFFER)
    both = Series(
        time=mine.time, curves=mine.curves + content.conflicts.curves, origin=mine.origin, active=mine.active
    ).thinned(content.window, [])
    if not len(both.time):
        return
    time, count = positions(axes, both.time), len(both.curves) // 2
    look: dict[str, Any] = {"markerfacecolor": _CONFLICT, "markeredgecolor": theme.ink, "linestyle": "", "marker": "D"}
    few = len(time) <= _DIAMONDS
    look |= {"markersize": 6} if few else {"markersize": 2.5, "markeredgewidth": 0.3}
    for number in range(count):
        edges = both.curves[number], both.curves[count + number]
        label = "" if number else f"conflict ({content.count(Origin.BOTH_DIFFER):,})"
        if few:
            axes.vlines(time, *edges, color=theme.ink, linewidth=1, zorder=3)
        axes.plot(np.tile(time, 2), np.concatenate(edges), zorder=4, label=label, **look)


def _draw_missing(axes: Axes, content: Shown, theme: Theme) -> None:
    """Mark samples that have no height, which no line can show."""
    lost = content.union.pick(
        ~np.all(np.isfinite(content.union.curves), axis=0) & (content.union.time >= content.window.start)
    )
    count = len(lost.time)
    lost = lost.thinned(content.window, [])
    if count:
        axes.plot(
            positions(axes, lost.time), np.full(len(lost.time), 0.02), transform=axes.get_xaxis_transform(),
            linestyle="", marker="x", color=theme.ink, label=f"{content.heights.missing} ({count:,})",
        )  # fmt: skip
