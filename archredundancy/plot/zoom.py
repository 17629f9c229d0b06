"""Pictures that are drawn anew for what is in view."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from archredundancy.model import TimeRange
from archredundancy.plot.time_axis import view_of

__all__ = ["keep_drawn"]


def keep_drawn(panels: Sequence[Axes], draw: Callable[[TimeRange], None], *, rows: bool = False) -> None:
    """Draw what is in view, now and whenever the view changes.

    Parameters
    ----------
    panels : sequence of Axes
        They share one time axis. What others draw on them stays when they are drawn anew.
    draw : callable
        Draws a window on the panels.
    rows : bool, optional
        Whether it matters, too, which part of the y axis of the first panel is in view.
    """
    scene = _Scene(panels, draw, rows)
    scene.refresh()
    for limits in ("xlim_changed", "ylim_changed") if rows else ("xlim_changed",):
        # A lambda, since matplotlib forgets bound methods that nobody else keeps.
        panels[0].callbacks.connect(limits, lambda _axes: scene.refresh())


class _Scene:
    """What is drawn on some panels, and for which view."""

    def __init__(self, panels: Sequence[Axes], draw: Callable[[TimeRange], None], rows: bool) -> None:
        self._panels = panels
        self._draw = draw
        self._rows = rows
        self._drawn: list[Artist] = []
        self._view: object = None

    def refresh(self) -> None:
        """Draw anew if the view is another one than that drawn."""
        main = self._panels[0]
        view = (main.get_xlim(), main.get_ylim() if self._rows else None)
        if view == self._view:
            return
        self._view = view
        for artist in self._drawn:
            if artist.get_figure() is not None:  # else somebody has removed it
                artist.remove()
        for axes in self._panels:
            axes.relim()
        kept = set(self._artists())
        self._draw(view_of(main))
        self._drawn = [artist for artist in self._artists() if artist not in kept]

    def _artists(self) -> list[Artist]:
        figure = self._panels[0].get_figure()
        return [
            *(figure.legends if figure is not None else ()),
            *(child for axes in self._panels for child in axes.get_children()),
        ]
