"""A checked merged answer in words: as text, HTML and JSON."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from archredundancy.coverage.merged_view.rows import Flaw
from archredundancy.coverage.words.as_text import LISTED, wrapped
from archredundancy.display.html_parts import paragraph, table_html
from archredundancy.display.texts import duration_text, plural
from archredundancy.model import format_time

if TYPE_CHECKING:
    from archredundancy.coverage.merged_view.merged_view import MergedView, ViewFlaw

__all__ = ["view_html", "view_json", "view_text", "view_verdict"]

#: Raised when a key changes its meaning or goes away; new keys may join at any time.
SCHEMA = 1
_HEADS = ("the answer", "samples", "whose", "from, to", "why")
_VERBS = {
    Flaw.LACKS: "lacks {}",
    Flaw.REPEATS: "repeats {}",
    Flaw.MISDATES: "misdates {}",
    Flaw.INVENTS: "has {} that neither side has",
    Flaw.ALTERS: "has other values than both sides for {}",
    Flaw.DISORDERS: "has {} out of order",
    Flaw.PREFERS: "has the secondary's word where the primary's is another for {}",
}


def view_verdict(view: MergedView) -> str:
    """Return the sentence that matters: whether the answer can be relied upon."""
    wrong = [
        _VERBS[flaw].format(plural(count, "sample")) for flaw, count in view.counts.items() if count and flaw.is_wrong
    ]
    if wrong:
        return f"The secondary's merged view is wrong: it {_listed(wrong)}."
    if not view.is_whole:
        return "As far as both sides could be read, the secondary's merged view is right."
    return f"The secondary's merged view is right: it has each of the {plural(view.union, 'sample')} once."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _lines(view: MergedView) -> list[str]:
    """Return what stands below the verdict, a paragraph each."""
    prefers = view.counts[Flaw.PREFERS]
    lines = [f"It {_VERBS[Flaw.PREFERS].format(plural(prefers, 'sample'))}."] if prefers else []
    if view.merges is None:
        lines.append("Whether the secondary is set up to merge could not be asked.")
    elif not view.merges:
        lines.append("The secondary is not set up to merge the primary's samples (no proxy with mergeDuringRetrieval).")
    lines.append(_speed(view))
    if view.unchecked:
        lines.append(f"Not checked: {plural(view.unchecked, 'sample')}, where not both sides could be read.")
    lines += [f"The answer: {note}" for note in view.notes]
    return lines + [
        f"Not read from {cluster}: {failure.range} ({failure.kind.value}) {failure.message}"
        for cluster, failure in view.failures
    ]


def _speed(view: MergedView) -> str:
    text = f"It came in {duration_text(view.view_seconds)}"
    if not math.isnan(view.slower):
        text += f", {view.slower:.1f} times what the primary alone takes ({duration_text(view.primary_seconds)})"
    if not math.isnan(view.union_seconds):
        text += f"; reading and proving both sides took {duration_text(view.union_seconds)}"
    return f"{text}."


def view_text(view: MergedView, width: int) -> str:
    """Return the check in lines of text."""
    lines = [f"{view.pv}  {view.asked}", *wrapped(view_verdict(view), width)]
    for text in _lines(view):
        lines += wrapped(text, width)
    shown = _first(view)
    if shown:
        lines.append("")
    for flaw in shown:
        lines.append(f"  {_title(flaw)}")
        for text in _span(flaw).split("\n"):
            lines += wrapped(text, width, "    ", "    ")
        lines += wrapped(flaw.pitfall.value, width, "    ", "    ")
    return "\n".join([*lines, *_more(view, shown, "  ")])


def view_html(view: MergedView) -> str:
    """Return the check as an HTML fragment."""
    parts = [
        f"<p><b>{escape(view.pv)}</b> {view.asked}</p>",
        f"<p><b>{escape(view_verdict(view))}</b></p>",
        *map(paragraph, _lines(view)),
    ]
    shown = _first(view)
    if shown:
        rows = [(flaw.flaw.value, f"{flaw.samples:,}", flaw.owner, _span(flaw), flaw.pitfall.value) for flaw in shown]
        parts.append(table_html(_HEADS, rows, right=(1,)))
    return "\n".join([*parts, *map(paragraph, _more(view, shown, ""))])


def view_json(view: MergedView) -> dict[str, Any]:
    """Return the check as JSON."""
    return {
        "schema": SCHEMA,
        "pv": view.pv,
        "start": format_time(view.asked.start),
        "end": format_time(view.asked.end),
        "verdict": view_verdict(view),
        "is_right": view.is_right,
        "is_whole": view.is_whole,
        "merges": view.merges,
        "samples": view.samples,
        "union": view.union,
        "unchecked": view.unchecked,
        "counts": {_key(flaw): count for flaw, count in view.counts.items()},
        "flaws": [_flaw(flaw) for flaw in view],
        "view_seconds": view.view_seconds,
        "primary_seconds": view.primary_seconds,
        "union_seconds": view.union_seconds,
        "slower": view.slower,
        "not_read": [
            {
                "cluster": cluster,
                "start": format_time(failure.range.start),
                "end": format_time(failure.range.end),
                "kind": failure.kind.value,
                "message": failure.message,
            }
            for cluster, failure in view.failures
        ],
        "notes": list(view.notes),
    }


def _flaw(flaw: ViewFlaw) -> dict[str, Any]:
    times = {name: format_time(getattr(flaw, name)) for name in ("first", "last", "true_first", "true_last")}
    return {
        "flaw": _key(flaw.flaw),
        "pitfall": flaw.pitfall.name.lower().replace("_", "-"),
        "explanation": flaw.pitfall.value,
        "owner": flaw.owner,
        **times,
        "samples": flaw.samples,
    }


def _key(flaw: Flaw) -> str:
    return flaw.name.lower()


def _first(view: MergedView) -> list[ViewFlaw]:
    return [flaw for flaw, _ in zip(view, range(LISTED), strict=False)]


def _more(view: MergedView, shown: list[ViewFlaw], indent: str) -> list[str]:
    left = len(view) - len(shown)
    return [f"{indent}and {plural(left, 'more row')}: .to_dataframe()"] if left else []


def _title(flaw: ViewFlaw) -> str:
    owner = {"": " of neither side", "both": " of both sides"}.get(flaw.owner, f" of the {flaw.owner}")
    return f"{flaw.flaw.value}: {plural(flaw.samples, 'sample')}{owner}"


def _span(flaw: ViewFlaw) -> str:
    text = f"{format_time(flaw.first)}\n{format_time(flaw.last)}" if flaw.samples > 1 else format_time(flaw.first)
    if flaw.true_first != flaw.first:
        text += f"\n(in truth from {format_time(flaw.true_first)})"
    return text
