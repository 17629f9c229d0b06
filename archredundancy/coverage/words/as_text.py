"""A comparison as plain text, for terminals and logs."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from archredundancy.coverage.tables.gaps import Gaps
from archredundancy.coverage.words.gap_words import edges_text, explain, gap_title, gaps_one_by_one
from archredundancy.coverage.words.sentences import (
    numbers_table,
    sampling_line,
    unknown_lines,
    until_text,
    verdict,
    who_line,
)
from archredundancy.display.texts import plural
from archredundancy.model import NEVER, format_time

if TYPE_CHECKING:
    from archredundancy.coverage.comparison.overview import Overview

__all__ = ["LISTED", "conflict_line", "overview_text", "unread_lines", "wrapped"]

#: More gaps than this are counted instead of listed.
LISTED = 12


def overview_text(overview: Overview, width: int) -> str:
    """Return the whole comparison in lines of text, of `width` characters where words allow."""
    head = f"{overview.pv}  {overview.asked}"
    lines = [head, *wrapped(verdict(overview), width), ""]
    lines += [
        f"{name:<18}{mine:>14}{theirs:>14}"
        for name, mine, theirs in [("", "primary", "secondary"), *numbers_table(overview)]
    ]
    lines += ["", *wrapped(who_line(overview), width)]
    lines += [line for text in unknown_lines(overview) for line in wrapped(text, width)]
    lines += wrapped(sampling_line(overview), width)
    if len(overview.gaps):
        lines += ["", "Gaps, those that expire first at the top", *_gap_lines(overview.gaps, overview.now, width)]
    if overview.summary.conflicts:
        lines += ["", *wrapped(conflict_line(overview), width)]
    unread = [line for text in unread_lines(overview) for line in wrapped(text, width, "  ")]
    return "\n".join(lines + (["", *unread] if unread else []))


def wrapped(text: str, width: int, indent: str = "", first: str = "") -> list[str]:
    """Return text in lines of `width` characters at most, unless a word is longer; later lines are indented."""
    return wrap(
        text,
        max(width, 40),
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def conflict_line(overview: Overview) -> str:
    """Return how many conflicts there are, and since when."""
    summary = overview.summary
    first = format_time(summary.first_conflict_at)
    return f"{plural(summary.conflicts, 'conflict')}: equal time, different value or alarm; first at {first}"


def unread_lines(overview: Overview) -> list[str]:
    """Return what could not be read or learned, one line each."""
    unread = overview.unread
    lines = [f"Not read from {cluster}: {loss.range} ({loss.kind.value}) {loss.message}" for cluster, loss in unread]
    lines += [
        f"Not settled yet at the {cluster}: {loss.range}; samples may still be in the memory of an engine only"
        for cluster, loss in overview.failures
        if (cluster, loss) not in unread
    ]
    return lines + [f"Not known: {note}" for note in overview.notes]


def _gap_lines(gaps: Gaps, now: int, width: int, most: int = LISTED) -> list[str]:
    """Return some lines a gap, the first `most`, and a count of the rest."""
    lines = []
    for gap in gaps_one_by_one(gaps, most):
        kept = "" if gap.expires_at == NEVER else f"kept {until_text(gap.expires_at, now)}"
        texts = (f"from {format_time(gap.start)} to {format_time(gap.end)}", edges_text(gap), kept, explain(gap))
        lines.append(f"  {gap_title(gap)}")
        lines += [line for text in texts for line in wrapped(text, width, "    ", "    ")]
    if len(gaps) > most:
        lines.append(f"  and {plural(len(gaps) - most, 'more gap')}: .gaps.to_dataframe()")
    return lines
