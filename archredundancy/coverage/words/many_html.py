"""Comparisons of many PVs as a static HTML table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from archredundancy.coverage.pictures.many_svg import many_svg
from archredundancy.coverage.words.many_text import CAPTION, COLUMNS, kept_for, notable, quiet_line, verdict_of_many
from archredundancy.display.html_parts import paragraph, picture_html, table_html
from archredundancy.display.texts import plural

if TYPE_CHECKING:
    from archredundancy.coverage.comparison.comparisons import Comparisons

__all__ = ["comparisons_html", "many_picture"]


def many_picture(table: Comparisons) -> str:
    """Return the picture of who has what, PV by PV over time, as an SVG document."""
    rows = [(each.pv, each.primary, each.secondary) for each in table]
    return many_svg(rows, beside=[kept_for(each) for each in table])


def comparisons_html(table: Comparisons, most: int | None) -> str:
    """Return verdict, table and failures as an HTML fragment."""
    listed = notable(table)
    parts = [
        f"<p><b>{plural(len(table) + len(table.failed), 'PV')}</b> {table.asked}</p>",
        f"<p><b>{escape(verdict_of_many(table))}</b></p>",
    ]
    if len(table) and table.asked.duration:
        parts.append(picture_html(many_picture(table), "who has what, PV by PV"))
    if listed:
        rows = [[cell(each) for _, cell in COLUMNS] for each in listed[:most]]
        parts.append(paragraph(CAPTION))
        parts.append(table_html([head for head, _ in COLUMNS], rows, right=range(1, len(COLUMNS) - 1)))
    if most and len(listed) > most:
        parts.append(f"<p>and {plural(len(listed) - most, 'more PV')}: <code>.to_dataframe()</code></p>")
    parts += [paragraph(line) for line in [quiet_line(table)] if line]
    if table.failed:
        parts.append("<p><b>Not compared</b></p>")
        parts.append(table_html(("PV", "kind", "reason"), [(e.pv, e.kind, e.reason) for e in table.failed[:most]]))
    if most and len(table.failed) > most:
        parts.append(f"<p>and {plural(len(table.failed) - most, 'more PV')}: <code>.failed</code></p>")
    return "\n".join(parts)
