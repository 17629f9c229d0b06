"""The static HTML of comparisons, plans and reports: no script, no colour of its own, the same text each time.

Where text and ground take their colours from is left to the reader's theme, so the fragments are as readable on a dark
ground as on a light one; what they say never depends on a colour.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

__all__ = ["BAD", "GOOD", "NOTE", "marked", "page_html", "paragraph", "picture_html", "table_html", "with_code"]

# Told apart by the colour-blind, and seen on white and on black; the words say it as well.
GOOD: Final = "#1a9850"
BAD: Final = "#d62839"
NOTE: Final = "#c98a00"

_STYLE = (
    ":root{color-scheme:light dark}body{font:15px/1.45 sans-serif;margin:1.5em;max-width:80em}"
    "table{border-collapse:collapse}th,td{padding:.2em .7em;border-bottom:1px solid #8888;vertical-align:top}"
    "img{max-width:100%}"
)


def page_html(title: str, fragment: str) -> str:
    """Return a fragment as a document of its own, which follows the reader's choice of light or dark."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body>\n{fragment}\n</body></html>\n"
    )


def picture_html(svg: str, alt: str) -> str:
    """Return an SVG document as an image inside the page."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}"/>'


def paragraph(text: str) -> str:
    """Return text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def marked(colour: str, inside: str, tag: str = "p") -> str:
    """Return HTML with a bar of a colour at its left."""
    return f'<{tag} style="border-left:.4em solid {colour};padding-left:.7em;margin:.5em 0">{inside}</{tag}>'


def with_code(text: str) -> str:
    """Return text in which what stands between backticks is code, to be copied.

    Examples
    --------
    >>> with_code("type `ls` & wait")
    'type <code>ls</code> &amp; wait'
    """
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if row % 2 else part for row, part in enumerate(parts))


def table_html(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Return a table of texts; the columns in `right` are numbers and end at the right, only the last one is folded."""
    styles = [
        f"text-align:{'right' if column in right else 'left'}{';white-space:nowrap' if column < len(heads) - 1 else ''}"
        for column in range(len(heads))
    ]

    def line(tag: str, cells: Sequence[str]) -> str:
        written = (escape(cell).replace("\n", "<br/>") for cell in cells)
        inside = (f'<{tag} style="{style}">{text}</{tag}>' for style, text in zip(styles, written, strict=True))
        return f"<tr>{''.join(inside)}</tr>"

    body = "\n".join(line("td", row) for row in rows)
    return f"<table><thead>{line('th', heads)}</thead><tbody>\n{body}\n</tbody></table>"
