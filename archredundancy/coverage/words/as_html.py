"""A comparison as static HTML, for notebooks and files."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from archredundancy.coverage.pictures.as_svg import coverage_svg
from archredundancy.coverage.tables.gaps import Gaps
from archredundancy.coverage.words.as_text import LISTED, conflict_line, unread_lines
from archredundancy.coverage.words.gap_words import edges_text, explain, gaps_one_by_one
from archredundancy.coverage.words.sentences import (
    numbers_table,
    sampling_line,
    unknown_lines,
    until_text,
    verdict,
    who_line,
)
from archredundancy.display.html_parts import paragraph, picture_html, table_html
from archredundancy.display.texts import duration_text, plural
from archredundancy.model import NEVER, format_time

if TYPE_CHECKING:
    from archredundancy.coverage.comparison.overview import Overview

__all__ = ["overview_html"]

_GAP_HEADS = ("lacking", "from, until", "length", "to gain", "kept", "evidence", "why")


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
