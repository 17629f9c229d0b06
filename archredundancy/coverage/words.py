"""Numbers and findings in words, the same in text, HTML and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archredundancy.coverage.coverage import Coverage
from archredundancy.coverage.gaps import Gaps
from archredundancy.coverage.lengths import duration_text, plural
from archredundancy.coverage.states import Cause, Proof
from archredundancy.model import NEVER, NS_PER_SECOND, format_time

if TYPE_CHECKING:
    from archredundancy.coverage.overview import Overview
    from archredundancy.coverage.summary import SideSummary

__all__ = ["explain", "numbers_table", "until_text", "verdict", "who_line"]

_WHO = {
    "both": "both",
    "only_primary": "only the primary",
    "only_secondary": "only the secondary",
    "neither": "neither",
    "undecided": "nobody can tell",
}
#: What happened, and what tells so; `{side}` has the gap, `{other}` is held against it.
_CAUSES = {
    Cause.ARCHIVER_STOPPED: "the archiver of the {side} was down or the PV paused there: "
    "the first sample afterwards carries the mark of a start (startup)",
    Cause.PAUSED: "the PV is paused at the {side}, as its pause report says",
    Cause.ARCHIVER_DISCONNECTED: "the archiver of the {side} ran and had lost the connection, that of the {other} had "
    "not: it noted the loss beside its next sample (cnxlostepsecs, cnxregainedepsecs)",
    Cause.SOURCE_DOWN: "IOC or network were down for both archivers: each noted that it had lost the connection "
    "(cnxlostepsecs, cnxregainedepsecs)",
    Cause.BOTH_STOPPED: "both archivers were stopped, so nobody saw whether the PV changed",
    Cause.NOT_RECORDED: "nothing is recorded about a cause",
}


def until_text(expires_at: int, now: int) -> str:
    """Return until when the other side is sure to keep something, and how long that is.

    Examples
    --------
    >>> until_text(3 * 86400 * 10**9, now=86400 * 10**9)
    'until 1970-01-04T00:00:00.000000000Z (2 d from now)'
    """
    left = (expires_at - now) / NS_PER_SECOND
    distance = f"{duration_text(left)} from now" if left > 0 else f"{duration_text(-left)} ago"
    return f"until {format_time(expires_at)} ({distance})"


def verdict(overview: Overview) -> str:
    """Return the sentence that matters: what only the secondary has, and until when."""
    summary = overview.summary
    unknown = summary.undecided_seconds
    if not len(overview.primary.known & overview.secondary.known):
        return f"Nobody can tell whether the secondary has something that the primary lacks: {_ignorance(overview)}."
    caveat = f" For {duration_text(unknown)} nobody can tell." if unknown else ""
    if not overview.needs_merge:
        nothing = "he secondary has no sample that the primary lacks."
        return f"{'T' if overview.is_whole else 'As far as both could be read, t'}{nothing}{caveat}"
    gain = plural(summary.primary.samples_to_gain, "sample")
    return f"Only the secondary has {gain}, in {_places(overview)}. {_expiry(overview)}{caveat}"


def _ignorance(overview: Overview) -> str:
    """Return why nothing is known of one side, or of both."""
    blind = [side for side in (overview.primary, overview.secondary) if not len(side.known)]
    reasons = [f"{side.cluster}: {' and '.join(_causes_of(side))}" for side in blind]
    return "; ".join(reasons) or "there is no time at which both can vouch"


def _causes_of(side: Coverage) -> list[str]:
    causes = [side.layers[number].cause for number in side.layer.tolist()]
    return [cause.value or "not known" for cause in dict.fromkeys(causes)]


def _places(overview: Overview) -> str:
    gains = overview.gaps.of(overview.primary.cluster).samples_to_gain > 0
    places = [plural(int(gains.sum()), "gap")] if gains.any() else []
    if overview.summary.primary.dropouts:
        places.append(plural(len(overview.dropouts[0].first), "dropout"))
    return " and ".join(places)


def _expiry(overview: Overview) -> str:
    expires = overview.summary.expires_at
    if expires == NEVER:
        return "No expiry is known for them."
    if expires > overview.now:
        return f"It is sure to keep the first of them {until_text(expires, overview.now)}."
    return f"It was sure to keep the first of them {until_text(expires, overview.now)}, and may drop it any time."


def numbers_table(overview: Overview) -> list[tuple[str, str, str]]:
    """Return rows of (name, primary, secondary)."""
    summary = overview.summary
    sides = ((summary.primary, overview.primary), (summary.secondary, overview.secondary))
    columns = [_numbers(side, coverage) for side, coverage in sides]
    return [(name, columns[0][name], columns[1][name]) for name in columns[0]]


def _numbers(side: SideSummary, coverage: Coverage) -> dict[str, str]:
    return {
        "samples": f"{side.samples:,}",
        "known": duration_text(side.known_seconds),
        "covered of it": duration_text(side.covered_seconds),
        "in percent": coverage.share.percent,
        "gaps": f"{side.gaps:,}",
        "longest gap": duration_text(side.longest_gap_seconds) if side.gaps else "-",
        "samples it lacks": f"{side.samples_to_gain:,}",
        "of them dropouts": f"{side.dropouts:,}",
        "wrong value held": duration_text(side.wrong_seconds),
    }


def who_line(overview: Overview) -> str:
    """Return who has what, for how long; what does not occur is left out."""
    parts = [f"{words} {duration_text(overview.who[name].total / NS_PER_SECOND)}" for name, words in _WHO.items()
             if len(overview.who[name])]  # fmt: skip
    return "Who has it: " + ", ".join(parts)


def explain(gaps: Gaps, row: int) -> str:
    """Return in a sentence what a gap's cause is and what tells so."""
    side = str(gaps.cluster[row])
    other = "secondary" if side == "primary" else "primary"
    cause, gain = gaps.cause[row], int(gaps.samples_to_gain[row])
    words = _CAUSES.get(cause, cause.value).format(side=side, other=other)
    sentence = words[:1].upper() + words[1:]
    if gaps.evidence[row] is Proof.WITNESSED:
        return f"{sentence}. Meanwhile the {other} stored {plural(gain, 'sample')}."
    return f"{sentence}."
