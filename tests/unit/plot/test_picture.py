"""Figures that show themselves, and files of them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from matplotlib.figure import Figure

from archredundancy.errors import InputError
from archredundancy.plot import plot_comparison, save_figure
from archredundancy.plot.picture import Picture, prepare

PNG = b"\x89PNG"


def test_a_picture_shows_itself():
    """A notebook finds a PNG in the figure itself."""
    assert Picture(figsize=(2, 1))._repr_png_().startswith(PNG)


def test_a_notebook_shows_a_comparison_without_pyplot():
    """IPython's display machinery makes a PNG of it; nobody imports pyplot with its global state."""
    code = """
import sys
from IPython.core.formatters import DisplayFormatter
from archredundancy.coverage import compare_evidence
from archredundancy.testing.handmade.evidence import make_evidence, make_side

sides = [make_side(name, (0, 10), [1, 2, 3]) for name in ("primary", "secondary")]
content, _ = DisplayFormatter().format(compare_evidence(make_evidence(*sides)).plot())
sys.exit("image/png" not in content or "matplotlib.pyplot" in sys.modules)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


@pytest.mark.parametrize(("name", "start"), [("a.png", PNG), ("a.svg", b"<?xml"), ("a.PDF", b"%PDF")])
def test_the_suffix_tells_the_format(tmp_path, name, start):
    """Figures are saved as pixels or as lines."""
    save_figure(Picture(figsize=(2, 1)), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["a.doc", "picture"])
def test_other_formats_are_refused_before_a_file_exists(tmp_path, name):
    """The message tells what is allowed."""
    with pytest.raises(InputError, match=r"allowed: .*png"):
        save_figure(Picture(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_given_figure_is_drawn_on():
    """A figure with a layout keeps it; one without gets one that makes room for legends."""
    mine = Figure(layout="tight")
    engine = mine.get_layout_engine()
    assert prepare(mine, 1, 1) is mine
    assert mine.get_layout_engine() is engine
    assert prepare(Figure(), 1, 1).get_layout_engine() is not None


def test_pictures_are_made_on_any_thread(compared):
    """Four threads draw at the same time."""
    comparison = compared(range(100), range(50))
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda _: plot_comparison(comparison)._repr_png_(), range(4)))
    assert len(set(pictures)) == 1
