"""Light and dark paper."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

__all__ = ["Theme", "put_on", "theme_of"]


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours of paper and writing.

    Attributes
    ----------
    dark : bool
    paper : str
        Also of hatchings.
    ink : str
    """

    dark: bool
    paper: str
    ink: str


_LIGHT = Theme(dark=False, paper="#ffffff", ink="#222222")
_DARK = Theme(dark=True, paper="#16191d", ink="#e4e6e8")


def theme_of(figure: Figure, dark: bool | None) -> Theme:
    """Return the theme for a figure, and give it that paper where `dark` says which; None takes the paper it has."""
    if dark is None:
        red, green, blue = to_rgb(figure.get_facecolor())
        return _DARK if 0.3 * red + 0.6 * green + 0.1 * blue < 0.5 else _LIGHT
    theme = _DARK if dark else _LIGHT
    figure.set_facecolor(theme.paper)
    for axes in figure.axes:
        axes.set_facecolor(theme.paper)
    return theme


def put_on(figure: Figure, theme: Theme) -> None:
    """Write everything in a figure in the ink of a theme."""
    for text in figure.findobj(Text):
        text.set_color(theme.ink)
    everywhere = [each for axes in figure.axes for each in (axes, *axes.child_axes)]
    for axes in everywhere:
        axes.tick_params(colors=theme.ink)
        for spine in axes.spines.values():
            spine.set_edgecolor(theme.ink)
