"""A comparison as static HTML, for notebooks and files: no script, no colour of its own, the same text each time.

Where text and ground take their colours from is left to the reader's theme, so the fragments are as readable on a dark
ground as on a light one; what they say never depends on a colour.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from archredundancy.coverage.lengths import duration_text, plural
from archredundancy.coverage.pictures.as_svg import coverage_svg
from archredundancy.coverage.tables.gaps import Gaps
from archredundancy.coverage.words.as_text import LISTED, conflict_line, unread_lines
from archredundancy.coverage.words.gap_words import edges_text, explain, gaps_one_by_one
from archredundancy.coverage.words.words import (
    numbers_table,
    sampling_line,
    unknown_lines,
    until_text,
    verdict,
    who_line,
)
from archredundancy.model import NEVER, format_time

if TYPE_CHECKING:
    from archredundancy.coverage.comparison.overview import Overview

__all__ = ["overview_html", "page_html", "paragraph", "picture_html", "table_html"]

_GAP_HEADS = ("lacking", "from, until", "length", "to gain", "kept", "evidence", "why")
_STYLE = (
    ":root{color-scheme:light dark}body{font:15px/1.45 sans-serif;margin:1.5em;max-width:80em}"
    "table{border-collapse:collapse}th,td{padding:.2em .7em;border-bottom:1px solid #8888;vertical-align:top}"
    "img{max-width:100%}"
)


def overview_html(overview: Overview) -> str:
    """Return verdict, picture, numbers and gaps as an HTML fragment."""
    parts = [
        f"<p><b>{escape(overview.pv)}</b> {overview.asked}</p>",
        f"<p><b>{escape(verdict(overview))}</b></p>",
        picture_html(coverage_svg(overview), f"{overview.pv}: coverage"),
        table_html(("", "primary", "secondary"), numbers_table(overview), right=(1, 2)),
        paragraph(who_line(overview)),
    ]
    parts += [paragraph(line) for line in [*unknown_lines(overview), sampling_line(overview)] if line]
    if len(overview.gaps):
        parts.append(table_html(_GAP_HEADS, _gap_rows(overview.gaps, overview.now), right=(2, 3)))
    if len(overview.gaps) > LISTED:
        more = plural(len(overview.gaps) - LISTED, "more gap")
        parts.append(f"<p>and {more}: <code>.gaps.to_dataframe()</code></p>")
    if overview.summary.conflicts:
        parts.append(paragraph(conflict_line(overview)))
    return "\n".join(parts + [paragraph(line) for line in unread_lines(overview)])


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


def _gap_rows(gaps: Gaps, now: int) -> list[tuple[str, ...]]:
    return [
        (
            gap.cluster,
            "\n".join(filter(None, (format_time(gap.start), format_time(gap.end), edges_text(gap)))),
            duration_text(gap.seconds),
            f"{gap.gain:,}",
            "" if gap.expires_at == NEVER else until_text(gap.expires_at, now).replace(" (", "\n("),
            gap.proof.value,
            explain(gap),
        )
        for gap in gaps_one_by_one(gaps, LISTED)
    ]
