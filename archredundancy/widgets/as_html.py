"""The parts of a merge panel as static HTML, made of the panel's state."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from archredundancy.commit import Entry, Report
from archredundancy.coverage import NEVER, Comparison, Gaps, duration_text
from archredundancy.display.html_parts import table_html
from archredundancy.model import NS_PER_SECOND, format_time
from archredundancy.plan import MergePlan
from archredundancy.widgets.state import Failure

__all__ = ["comparisons_html", "failures_html", "gap_rows", "hint_html", "journal_html", "plan_html", "report_html"]

#: More gaps than this are counted instead of listed.
LISTED = 50
_RED = "#a50026"
#: Wide tables scroll inside the panel; times in them are not broken into lines.
_SCROLL = (
    "<style>.archredundancy-scroll td, .archredundancy-scroll th, .archredundancy-scroll pre "
    "{{ white-space: pre !important; padding: 0 1em 0 0; text-align: left }}</style>"
    # As wide as the panel, and not as its widest table.
    '<div class="archredundancy-scroll" style="overflow-x: auto; width: 0; min-width: 100%; line-height: 1.4">{}</div>'
)
_HEADS = ("PV", "kept until", "lacking", "to gain", "start", "end", "length")
#: Columns of numbers.
_NUMBERS = (3,)


def hint_html(hint: str) -> str:
    """Return what can be done next."""
    return f"<i>{escape(hint)}</i>"


def failures_html(failures: Sequence[Failure]) -> str:
    """Return a red box for each error; nothing where there is none."""
    style = f"border: 2px solid {_RED}; color: {_RED}; padding: 4px 8px; margin: 4px 0; white-space: pre-wrap"
    return "".join(
        f'<div role="alert" style="{style}"><b>{escape(failure.kind)}</b>'
        f"{escape(f' {failure.pv}' if failure.pv else '')}: {escape(failure.message)}</div>"
        for failure in failures
    )


def comparisons_html(comparisons: Sequence[Comparison], is_folded: bool, is_past: bool) -> str:
    """Return the gaps of all by expiry, then the coverage of each.

    Parameters
    ----------
    comparisons : sequence of Comparison
    is_folded : bool
        Whether only a title is to be seen until somebody opens it, to make room for a plan.
    is_past : bool
        Whether something was committed since.
    """
    if not comparisons:
        return ""
    title = "Comparison, as it was before the commit" if is_past else "Comparison"
    body = "".join([_gaps(comparisons), *(comparison._repr_html_() for comparison in comparisons)])
    opened = "" if is_folded else " open"
    return _SCROLL.format(f"<details{opened}><summary><b>{title}</b></summary>{body}</details>")


def _gaps(comparisons: Sequence[Comparison]) -> str:
    rows = gap_rows(comparisons)
    if not rows:
        return "<p>No gaps.</p>"
    more = f"<p>and {len(rows) - LISTED:,} more</p>" if len(rows) > LISTED else ""
    table = table_html(_HEADS, rows[:LISTED], right=_NUMBERS)
    return f"<p><b>Gaps, those that expire first at the top</b></p>{table}{more}"


def gap_rows(comparisons: Sequence[Comparison]) -> list[tuple[str, ...]]:
    """Return a row for each gap of any PV; those whose samples the other side may drop first come first."""
    found = [
        (expiry == NEVER, int(expiry), comparison.pv, row, comparison.gaps)
        for comparison in comparisons
        for row, expiry in enumerate(comparison.gaps.expires_at)
    ]
    found.sort(key=lambda each: each[:4])
    return [_gap_cells(pv, gaps, row) for _, _, pv, row, gaps in found]


def _gap_cells(pv: str, gaps: Gaps, row: int) -> tuple[str, ...]:
    return (
        pv,
        "" if gaps.expires_at[row] == NEVER else format_time(gaps.expires_at[row]),
        str(gaps.cluster[row]),
        f"{gaps.samples_to_gain[row]:,}",
        format_time(gaps.start[row]),
        format_time(gaps.end[row]),
        duration_text((gaps.end[row] - gaps.start[row]) / NS_PER_SECOND),
    )


def plan_html(plan: MergePlan | None) -> str:
    """Return the plan, its hazards on top and framed in red."""
    if plan is None:
        return ""
    frame = f"border-left: 6px solid {_RED}; padding-left: 8px" if plan.hazards else ""
    return _SCROLL.format(f'<div style="{frame}">{plan._repr_html_()}</div>')


def journal_html(journal: Sequence[Entry]) -> str:
    """Return the last lines of the journal, the newest at the bottom and in sight."""
    if not journal:
        return ""
    lines = escape("\n".join(map(str, journal)))
    # Reversed, so that the box stays scrolled to the newest line while lines are added.
    box = "display: flex; flex-direction: column-reverse; max-height: 16em; overflow: auto; border: 1px solid #bbbbbb"
    text = "flex: none; overflow: visible; line-height: 1.4"
    return _SCROLL.format(f'<b>Journal</b><div style="{box}"><pre style="{text}">{lines}</pre></div>')


def report_html(report: Report | None) -> str:
    """Return the proof."""
    return "" if report is None else _SCROLL.format(f"<b>Proof</b>{report.to_html()}")
