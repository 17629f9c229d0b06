"""A comparison as static HTML, for notebooks: no script, and the same text each time."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from archredundancy.coverage.as_svg import coverage_svg
from archredundancy.coverage.as_text import LISTED, duration_text, numbers_table, plural, unread_lines, verdict
from archredundancy.coverage.gaps import Gaps
from archredundancy.model import NEVER, format_time

if TYPE_CHECKING:
    from archredundancy.coverage.comparison import Comparison

__all__ = ["comparison_html"]


def comparison_html(comparison: Comparison) -> str:
    """Return verdict, picture, numbers and gaps as an HTML fragment."""
    picture = base64.b64encode(coverage_svg(comparison).encode()).decode()
    parts = [
        f"<p><b>{escape(comparison.pv)}</b> {comparison.asked}</p>",
        f"<p><b>{escape(verdict(comparison))}</b></p>",
        f'<img alt="{escape(comparison.pv)}: coverage" src="data:image/svg+xml;base64,{picture}"/>',
        _table(("", "primary", "secondary"), numbers_table(comparison)),
    ]
    if len(comparison.gaps):
        parts.append(
            _table(
                ("lacking", "start", "end", "length", "to gain", "cause", "evidence", "kept until"),
                _gap_rows(comparison.gaps),
            )
        )
    if len(comparison.gaps) > LISTED:
        parts.append(
            f"<p>and {plural(len(comparison.gaps) - LISTED, 'more gap')}: "
            "<code>comparison.gaps.to_dataframe()</code></p>"
        )
    if len(comparison.conflicts):
        parts.append(f"<p>{plural(len(comparison.conflicts), 'conflict')}: equal time, different value or alarm.</p>")
    parts += [f"<p>{escape(line)}</p>" for line in unread_lines(comparison)]
    return "\n".join(parts)


def _gap_rows(gaps: Gaps) -> list[tuple[str, ...]]:
    return [
        (
            str(gaps.cluster[row]),
            format_time(gaps.start[row]),
            format_time(gaps.end[row]),
            duration_text((gaps.end[row] - gaps.start[row]) / 1e9),
            f"{gaps.samples_to_gain[row]:,}",
            gaps.cause[row].value,
            gaps.evidence[row].value,
            "" if gaps.expires_at[row] == NEVER else format_time(gaps.expires_at[row]),
        )
        for row in range(min(len(gaps), LISTED))
    ]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    def line(tag: str, cells: tuple[str, ...]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line("td", row) for row in rows)
    return f"<table><thead>{line('th', head)}</thead><tbody>{body}</tbody></table>"
