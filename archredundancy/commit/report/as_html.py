"""A report as static HTML, for light and dark: no script, no links to elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from archredundancy.commit.report.as_text import COUNTS, pause_words, paused_words, places, run_lines, verdict
from archredundancy.commit.report.next_steps import next_steps
from archredundancy.display.html_parts import BAD, GOOD, NOTE, marked, page_html, table_html, with_code

if TYPE_CHECKING:
    from archredundancy.commit.report.report import PVReport, Report

__all__ = ["report_html", "report_page"]

_HEADS = ("PV", "state", "partition", "result", "before", "after", *COUNTS)


def report_html(report: Report) -> str:
    """Return the whole report as one element."""
    parts = [marked(GOOD if report.ok else BAD, f"<b>{escape(verdict(report))}</b>", "div")]
    parts += [] if report.ok else [f"<p>{escape(paused_words(report))}</p>"]
    failures = [report.message, *(f"{pv.pv}: {pv.message}" for pv in report.pvs if pv.message)]
    parts += [marked(BAD, _pre(message), "div") for message in failures if message]
    warnings = [*report.warnings, *(f"{pv.pv}: {text}" for pv in report.pvs for text in pv.warnings)]
    parts += [marked(NOTE, _pre(message), "div") for message in warnings]
    if steps := next_steps(report):
        parts.append(f"<p><b>What to do</b></p><ul>{''.join(f'<li>{with_code(step)}</li>' for step in steps)}</ul>")
    parts += [f"<p>{escape(f'{pv.pv}: {pause_words(pv.pause)}')}</p>" for pv in report.pvs if pv.pause]
    parts += [f"<p>{escape(f'{pv.pv}: {place}')}</p>" for pv in report.pvs for place in places(pv)]
    rows = [row for pv in report.pvs for row in _rows(pv)]
    parts.append(table_html(_HEADS, rows, right=range(4, len(_HEADS))))
    parts.append(f"<p>{'<br/>'.join(map(escape, run_lines(report)))}</p>")
    return f"<div>{''.join(parts)}</div>"


def report_page(report: Report) -> str:
    """Return the report as a document of its own, which follows the reader's choice of light or dark."""
    return page_html(f"Run {report.run.name}", report_html(report))


def _pre(text: str) -> str:
    return f'<pre style="white-space:pre-wrap;margin:0">{escape(text)}</pre>'


def _rows(pv: PVReport) -> Iterator[list[str]]:
    if not pv.outcomes:
        yield [pv.pv, pv.state, *[""] * (len(_HEADS) - 2)]
    for outcome in pv.outcomes:
        counts = (f"{getattr(outcome, name):,}" for name in ("before", "after", *COUNTS))
        result = f"{outcome.result}: {outcome.reason}" if outcome.reason else outcome.result
        yield [pv.pv, pv.state, outcome.partition, result, *counts]
