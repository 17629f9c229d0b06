"""A comparison as plain text, for terminals and logs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from archredundancy.coverage.gaps import Gaps
from archredundancy.model import NEVER, format_time

if TYPE_CHECKING:
    from archredundancy.coverage.comparison import Comparison, SideSummary

__all__ = ["comparison_text", "duration_text", "gap_lines", "numbers_table", "plural", "verdict"]

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
#: More gaps than this are counted instead of listed.
LISTED = 12


def duration_text(seconds: float) -> str:
    """Return a length of time in its two largest units.

    Examples
    --------
    >>> duration_text(3725), duration_text(0.25), duration_text(172800)
    ('1 h 2 min', '0.25 s', '2 d')
    """
    if not math.isfinite(seconds):
        return "-"
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = int(seconds)
    parts = []
    for length, unit in _UNITS:
        count, whole = divmod(whole, length)
        parts.append((count, unit))
    first = next(number for number, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "gap"), plural(2000, "gap")
    ('1 gap', '2,000 gaps')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def verdict(comparison: Comparison) -> str:
    """Return the sentence that matters: what only the secondary has, and until when."""
    summary = comparison.summary
    gain = summary.primary.samples_to_gain
    unknown = summary.undecided_seconds
    caveat = f" For {duration_text(unknown)} nobody can tell." if unknown else ""
    if not gain:
        return f"The secondary has no sample that the primary lacks.{caveat}"
    own = comparison.gaps.of(comparison.primary.cluster)
    places = [plural(int((own.samples_to_gain > 0).sum()), "gap")] if (own.samples_to_gain > 0).any() else []
    if summary.primary.dropouts:
        places.append(plural(len(comparison.dropouts[0].first), "dropout"))
    sentence = f"Only the secondary has {plural(gain, 'sample')}, in {' and '.join(places)}."
    until = (
        "No expiry is known for them."
        if summary.expires_at == NEVER
        else f"It is sure to keep the first of them until {format_time(summary.expires_at)}."
    )
    return f"{sentence} {until}{caveat}"


def numbers_table(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Return rows of (name, primary, secondary)."""
    columns = [_numbers(side) for side in (comparison.summary.primary, comparison.summary.secondary)]
    return [(name, columns[0][name], columns[1][name]) for name in columns[0]]


def _numbers(side: SideSummary) -> dict[str, str]:
    return {
        "samples": f"{side.samples:,}",
        "known": duration_text(side.known_seconds),
        "covered of it": duration_text(side.covered_seconds),
        "gaps": f"{side.gaps:,}",
        "longest gap": duration_text(side.longest_gap_seconds) if side.gaps else "-",
        "samples it lacks": f"{side.samples_to_gain:,}",
        "of them dropouts": f"{side.dropouts:,}",
        "wrong value held": duration_text(side.wrong_seconds),
    }


def gap_lines(gaps: Gaps, most: int = LISTED) -> list[str]:
    """Return two lines a gap, the first `most`, and a count of the rest."""
    lines = []
    for row in range(min(len(gaps), most)):
        gain, expiry = int(gaps.samples_to_gain[row]), int(gaps.expires_at[row])
        what = f"{gaps.cluster[row]} lacks {plural(gain, 'sample')}" if gain else f"{gaps.cluster[row]} has nothing"
        length = duration_text((gaps.end[row] - gaps.start[row]) / 1e9)
        lines.append(f"  {what} from {format_time(gaps.start[row])} to {format_time(gaps.end[row])} ({length})")
        kept = "" if expiry == NEVER else f"; kept until {format_time(expiry)}"
        lines.append(f"    {gaps.cause[row].value} ({gaps.evidence[row].value}){kept}")
    if len(gaps) > most:
        lines.append(f"  and {plural(len(gaps) - most, 'more gap')}: comparison.gaps.to_dataframe()")
    return lines


def comparison_text(comparison: Comparison) -> str:
    """Return the whole comparison in lines of text."""
    lines = [f"{comparison.pv}  {comparison.asked}", verdict(comparison), ""]
    lines += [
        f"{name:<18}{mine:>14}{theirs:>14}"
        for name, mine, theirs in [("", "primary", "secondary"), *numbers_table(comparison)]
    ]
    if len(comparison.gaps):
        lines += ["", "Gaps, those that expire first at the top", *gap_lines(comparison.gaps)]
    if len(comparison.conflicts):
        first = format_time(int(np.min(comparison.conflicts.time)))
        lines += [
            "",
            f"{plural(len(comparison.conflicts), 'conflict')}: equal time, different value or alarm; first at {first}",
        ]
    lines += ["", *unread_lines(comparison)] if comparison.failures or comparison.notes else []
    return "\n".join(lines)


def unread_lines(comparison: Comparison) -> list[str]:
    """Return what could not be read or learned, one line each."""
    lines = [
        f"Not read from {cluster}: {failure.range} ({failure.kind.value}) {failure.message}"
        for cluster, failure in comparison.failures
    ]
    return lines + [f"Not known: {note}" for note in comparison.notes]
