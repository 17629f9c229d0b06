"""The figure that shows itself, and saving it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from archredundancy.errors import InputError
from archredundancy.plot.text import drawable

__all__ = ["Picture", "inches", "prepare", "save_figure", "write_title"]

SCREEN_DPI, FILE_DPI = 100, 150
_TITLE_SIGNS_AN_INCH = 8


class Picture(Figure):
    """A matplotlib figure that shows itself in a notebook.

    A bare `Figure` does so only once pyplot was imported there: that is when IPython learns to draw it.
    """

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png", dpi=SCREEN_DPI)
        return buffer.getvalue()


def prepare(figure: Figure | None, width: float, height: float) -> Figure:
    """Return the figure given, or a new one of this size (inches), whose layout makes room for legends."""
    if figure is None:
        return Picture(figsize=(width, height), layout="constrained")
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    return figure


def write_title(figure: Figure, words: str) -> None:
    """Write a title, as far as the figure is wide."""
    longest = max(int(figure.get_figwidth() * _TITLE_SIGNS_AN_INCH), 10)
    figure.suptitle(drawable(words, longest=longest), x=0.01, horizontalalignment="left", fontweight="bold")


def inches(axes: Axes) -> tuple[float, float]:
    """Return width and height of some axes; before a figure is drawn first, about."""
    figure = axes.get_figure(root=True)
    box = axes.get_window_extent()
    dots = figure.dpi if figure is not None else SCREEN_DPI
    return box.width / dots, box.height / dots


def save_figure(figure: Figure, path: str | Path, *, dpi: float = FILE_DPI) -> None:
    """Write a figure to a file, cropped to what is drawn.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : str or Path
        Its suffix tells the format: `.png`, `.svg`, `.pdf` and others.
    dpi : float, optional
        Pixels an inch, in formats that have pixels.

    Raises
    ------
    InputError
        If there is no such format.
    """
    file = Path(path)
    formats = figure.canvas.get_supported_filetypes()
    if file.suffix.removeprefix(".").lower() not in formats:
        raise InputError(
            f"cannot draw a {file.suffix or 'suffixless'} file {file}; allowed: {', '.join(sorted(formats))}"
        )
    figure.savefig(file, dpi=dpi, bbox_inches="tight")
