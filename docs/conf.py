"""How the documentation is built: `./test` does it with warnings as errors."""

import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from archredundancy import __version__, demo_pair
from archredundancy.plot import plot_many, save_figure

project = "archredundancy"
author = "archredundancy developers"
copyright = author  # noqa: A001
version = release = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "changes/README.md", "changes/[0-9]*.md"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]

# Notebooks carry their outputs, which nbval checks; the widget scripts would come from an outside host.
nb_execution_mode = "off"
nb_ipywidgets_js = {}

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
default_role = "code"

html_theme = "pydata_sphinx_theme"
html_title = f"archredundancy {release}"
html_theme_options = {"show_prev_next": False, "navigation_with_keys": False, "secondary_sidebar_items": ["page-toc"]}
html_copy_source = False
html_show_sourcelink = False

HERE = Path(__file__).parent
OUTSIDE = re.compile(
    r"""<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)\s*=\s*["']?(?:https?:)?//[^\s"'>]+"""
    r"""|url\(\s*["']?(?:https?:)?//[^)]+|@import\s+["'](?:https?:)?//[^"']+"""
    r"""|\bimport\s*\(?\s*["'](?:https?:)?//[^"']+"""
)


def fetch_notebooks(app: Sphinx, config: object) -> None:
    """Copy the notebooks of the checkout, which lie outside this folder, into the tutorials."""
    for stale in (HERE / "tutorials").glob("*.ipynb"):
        stale.unlink()
    for notebook in (HERE.parent / "notebooks").glob("*.ipynb"):
        shutil.copy2(notebook, HERE / "tutorials")


def draw_pictures(app: Sphinx, config: object) -> None:
    """Draw the pictures of the page that explains them, from the embedded pair."""
    folder = HERE / "how-to" / "pictures"
    folder.mkdir(exist_ok=True)
    with demo_pair() as pair:
        save_figure(pair.compare("DEMO:CURRENT", "2026-10-01", "2026-10-04").plot(), folder / "comparison.png")
        comparisons = [pair.compare(pv, "2026-05-20", "2026-10-10") for pv in pair.search("DEMO:*")]
    rows = [(one.pv, one.primary, one.secondary) for one in comparisons]
    save_figure(plot_many(rows), folder / "many.png")


def refuse_outside_hosts(app: Sphinx, error: Exception | None) -> None:
    """Fail the build when a page would fetch a script, style, font or picture from another host."""
    found = [
        f"{page.relative_to(app.outdir)}: {match.group()}"
        for page in Path(app.outdir).rglob("*")
        if page.suffix in {".html", ".css"}
        for match in OUTSIDE.finditer(page.read_text("utf-8"))
    ]
    if found and error is None:
        raise ExtensionError("pages must not ask outside hosts:\n" + "\n".join(found))


def setup(app: Sphinx) -> None:
    """Connect the steps above."""
    app.connect("config-inited", fetch_notebooks)
    app.connect("config-inited", draw_pictures)
    app.connect("build-finished", refuse_outside_hosts)
