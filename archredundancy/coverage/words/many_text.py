"""Comparisons of many PVs as a table of text, for terminals and logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archredundancy.coverage.words.as_text import wrapped
from archredundancy.coverage.words.sentences import expiry_sentence, strangers_to
from archredundancy.display.texts import duration_text, plural
from archredundancy.model import NEVER, NS_PER_SECOND

if TYPE_CHECKING:
    from archredundancy.coverage.comparison.comparisons import Comparisons
    from archredundancy.coverage.comparison.overview import Overview

__all__ = ["CAPTION", "COLUMNS", "comparisons_text", "kept_for", "notable", "quiet_line", "verdict_of_many"]


def kept_for(overview: Overview) -> str:
    """Return for how long the secondary is sure to keep what only it has; `-` where nothing expires, `over` if past."""
    expires = overview.summary.expires_at
    if expires == NEVER:
        return "-"
    return duration_text((expires - overview.now) / NS_PER_SECOND) if expires > overview.now else "over"


def _remark(overview: Overview) -> str:
    strangers = strangers_to(overview)
    unread = [name for name in dict.fromkeys(name for name, _ in overview.unread) if name not in strangers]
    told = (("not archived", strangers), ("not all read", unread))
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in told if names)


#: Heads of columns, and what stands below; all but the first and the last are numbers.
COLUMNS: tuple[tuple[str, Callable[[Overview], str]], ...] = (
    ("PV", lambda each: each.pv),
    ("kept for", kept_for),
    ("to gain", lambda each: f"{each.summary.primary.samples_to_gain:,}"),
    ("wrong for", lambda each: duration_text(each.summary.primary.wrong_seconds)),
    ("gaps", lambda each: f"{each.summary.primary.gaps:,}"),
    ("conflicts", lambda each: f"{each.summary.conflicts:,}"),
    ("covered", lambda each: each.primary.share.percent),
    ("of known", lambda each: duration_text(each.summary.primary.known_seconds)),
    ("undecided", lambda each: duration_text(each.summary.undecided_seconds)),
    ("", _remark),
)
CAPTION = "What the primary lacks, for how long it shows a wrong value, and how much of what is known it covers"
#: Columns that a narrow terminal goes without, the first one first.
_SPARED = ("undecided", "of known", "covered", "conflicts", "gaps")


def comparisons_text(table: Comparisons, width: int, most: int | None) -> str:
    """Return verdict, table and failures in lines of text."""
    listed = notable(table)
    lines = [f"{plural(len(table) + len(table.failed), 'PV')}  {table.asked}", *wrapped(verdict_of_many(table), width)]
    if listed:
        lines += ["", *wrapped(CAPTION, width), "", *_table(listed[:most], width)]
    lines += [f"and {plural(len(listed) - most, 'more PV')}: .to_dataframe()"] if most and len(listed) > most else []
    lines += wrapped(quiet_line(table), width)
    if table.failed:
        lines += ["", "Not compared"]
        for each in table.failed[:most]:
            lines += wrapped(f"{each.pv}: ({each.kind}) {each.reason}", width, "    ", "  ")
        if most and len(table.failed) > most:
            lines.append(f"  and {plural(len(table.failed) - most, 'more PV')}: .failed")
    return "\n".join(lines)


def verdict_of_many(table: Comparisons) -> str:
    """Return the sentences that matter: how much only the secondary has, and until when."""
    lacking = [overview.summary for overview in table if overview.needs_merge]
    unread = sum(not overview.is_whole for overview in table)
    sentences = [_nothing(table)] if len(table) else []
    if lacking:
        gain = sum(summary.primary.samples_to_gain for summary in lacking)
        sentences = [f"Only the secondary has {plural(gain, 'sample')} of {plural(len(lacking), 'PV')}."]
        expiries = [summary.expires_at for summary in lacking if summary.expires_at != NEVER]
        sentences.append(expiry_sentence(min(expiries, default=NEVER), table.now))
    if unread:
        sentences.append(f"Of {plural(unread, 'PV')} a part was not read.")
    if table.failed:
        sentences.append(f"{plural(len(table.failed), 'PV')} could not be compared.")
    return " ".join(sentences or ["There is nothing to compare."])


def _nothing(table: Comparisons) -> str:
    if all(overview.is_undecided for overview in table):
        return "Nobody can tell whether the secondary has something that the primary lacks."
    nothing = "he secondary has no sample that the primary lacks."
    whole = table.is_whole and not table.is_undecided
    return f"{'T' if whole else 'As far as they could be compared, t'}{nothing}"


def notable(table: Comparisons) -> list[Overview]:
    """Return the PVs that lack something, contradict each other, or were not read whole; the worst first."""
    return [each for each in table if _is_notable(each)]


def _is_notable(overview: Overview) -> bool:
    summary = overview.summary
    lacks = overview.needs_merge or summary.primary.wrong_seconds > 0  # also by a sample from before the range
    return lacks or summary.conflicts > 0 or not overview.is_whole


def quiet_line(table: Comparisons) -> str:
    """Return how many PVs are not worth a row, and of how many nobody can tell; empty where there are none."""
    rest = [overview for overview in table if not _is_notable(overview)]
    quiet = [overview for overview in rest if not overview.is_undecided]
    blind = len(rest) - len(quiet)
    unsaid = f"Of {plural(blind, 'PV')} nobody can tell at any time of the range." if blind else ""
    return " ".join(filter(None, (_quiet(quiet, len(table)), unsaid)))


def _quiet(quiet: list[Overview], of_all: int) -> str:
    if not quiet:
        return ""
    undecided = sum(overview.summary.undecided_seconds > 0 for overview in quiet)
    doubt = f"; for {undecided:,} of them nobody can tell about a part of the range" if undecided else ""
    what = plural(len(quiet), "more PV" if len(quiet) < of_all else "PV")
    return f"{what} {'lacks' if len(quiet) == 1 else 'lack'} nothing that the secondary has{doubt}."


def _table(overviews: list[Overview], width: int) -> list[str]:
    columns = [[head, *(cell(each) for each in overviews)] for head, cell in COLUMNS]
    for spared in _SPARED:
        if sum(max(map(len, column)) + 2 for column in columns) - 2 <= width:
            break
        columns = [column for column in columns if column[0] != spared]
    last = len(columns) - 1
    padded = [
        [cell.ljust(size) if number in (0, last) else cell.rjust(size) for cell in column]
        for number, column in enumerate(columns)
        for size in [max(map(len, column))]
    ]
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]
