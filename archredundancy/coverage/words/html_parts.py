"""The static HTML of comparisons, plans and reports: no script, no colour of its own, the same text each time.

Where text and ground take their colours from is left to the reader's theme, so the fragments are as readable on a dark
ground as on a light one; what they say never depends on a colour.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["page_html", "paragraph", "picture_html", "table_html"]

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
