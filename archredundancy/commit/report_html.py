"""A report as static HTML: no script, no links to elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from archredundancy.commit.report_text import COUNTS, next_steps, verdict

if TYPE_CHECKING:
    from archredundancy.commit.report import PVReport, Report

__all__ = ["report_html"]

_HEADS = ("PV", "state", "partition", "result", "before", "after", *COUNTS)
_GOOD, _BAD = "#1b7837", "#b2182b"


def report_html(report: Report) -> str:
    """Return the whole report as one element."""
    parts = [f'<p style="color:{_GOOD if report.ok else _BAD}"><b>{escape(verdict(report))}</b></p>']
    messages = [report.message, *(f"{pv.pv}: {pv.message}" for pv in report.pvs if pv.message)]
    parts += [f"<pre>{escape(message)}</pre>" for message in messages if message]
    if steps := next_steps(report):
        parts.append(f"<p><b>What to do</b></p><ul>{''.join(f'<li>{escape(step)}</li>' for step in steps)}</ul>")
    heads = "".join(f"<th>{escape(head)}</th>" for head in _HEADS)
    rows = "".join(_rows(pv) for pv in report.pvs)
    parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
    parts.append(f"<p>Journal: <code>{escape(str(report.journal))}</code></p>")
    return f"<div>{''.join(parts)}</div>"


def _rows(pv: PVReport) -> str:
    if not pv.outcomes:
        return _row([pv.pv, pv.state, *[""] * (len(_HEADS) - 2)], good=pv.ok)
    return "".join(
        _row(
            [
                pv.pv,
                pv.state,
                outcome.partition,
                outcome.result,
                *(f"{getattr(outcome, name):,}" for name in ("before", "after", *COUNTS)),
            ],
            good=outcome.ok,
        )
        for outcome in pv.outcomes
    )


def _row(cells: list[str], *, good: bool) -> str:
    style = "" if good else f' style="color:{_BAD}"'
    return f"<tr{style}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
