"""Numbers and findings in words, the same in text, HTML and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.states.states import Proof, State
from archredundancy.display.texts import duration_text, plural
from archredundancy.model import NEVER, NS_PER_SECOND, FailureKind, format_time

if TYPE_CHECKING:
    from archredundancy.coverage.comparison.overview import Overview
    from archredundancy.coverage.tables.summary import SideSummary

__all__ = [
    "expiry_sentence",
    "numbers_table",
    "sampling_line",
    "strangers_to",
    "unknown_lines",
    "until_text",
    "verdict",
    "who_line",
]

_WHO = {
    "both": "both",
    "only_primary": "only the primary",
    "only_secondary": "only the secondary",
    "neither": "neither",
    "undecided": "nobody can tell",
}
#: Rows of the numbers that are left out where both sides have none.
_ONLY_IF_ANY = {"declared losses", "suspected losses", "enrichment"}


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
    if not overview.asked.duration:
        return "The range is empty."
    if strangers := strangers_to(overview):
        return _unarchived(overview, strangers)
    if overview.is_undecided:
        return f"Nobody can tell whether the secondary has something that the primary lacks: {_ignorance(overview)}."
    caveat = f" For {duration_text(unknown)} nobody can tell." if unknown else ""
    if not overview.needs_merge:
        nothing = "he secondary has no sample that the primary lacks."
        return f"{'T' if overview.is_whole else 'As far as both could be read, t'}{nothing}{_stale(overview)}{caveat}"
    gain = plural(summary.primary.samples_to_gain, "sample")
    kept = expiry_sentence(summary.expires_at, overview.now)
    return f"Only the secondary has {gain}, in {_places(overview)}. {kept}{caveat}"


def _stale(overview: Overview) -> str:
    """Return, if so, that the primary lacks a sample before the range, and for how long that shows."""
    gaps = overview.gaps.of(overview.primary.cluster).proven_by(Proof.WITNESSED)
    if not len(gaps):
        return ""
    length = duration_text(int((gaps.end - gaps.start).sum()) / NS_PER_SECOND)
    return f" But it lacks one from before the range, and was not there for the first {length} of it."


def strangers_to(overview: Overview) -> list[str]:
    """Return the clusters that do not know the PV."""
    return list(dict.fromkeys(name for name, failure in overview.failures if failure.kind is FailureKind.UNKNOWN_PV))


def _unarchived(overview: Overview, strangers: list[str]) -> str:
    """Return which side does not archive the PV, and what the other one has."""
    if len(strangers) > 1:
        return "Neither cluster archives this PV."
    sides = {side.cluster: side for side in (overview.primary, overview.secondary)}
    other = next(name for name in sides if name != strangers[0])
    summary = overview.summary.secondary if other == overview.secondary.cluster else overview.summary.primary
    return f"The {strangers[0]} does not archive this PV; the {other} has {plural(summary.samples, 'sample')}."


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


def expiry_sentence(expires_at: int, now: int) -> str:
    """Return until when the secondary is sure to keep the first of some samples."""
    if expires_at == NEVER:
        return "No expiry is known for them."
    if expires_at > now:
        return f"It is sure to keep the first of them {until_text(expires_at, now)}."
    return f"It was sure to keep the first of them {until_text(expires_at, now)}, and may drop it any time."


def numbers_table(overview: Overview) -> list[tuple[str, str, str]]:
    """Return rows of (name, primary, secondary)."""
    summary = overview.summary
    mine, theirs = _numbers(summary.primary, overview.primary), _numbers(summary.secondary, overview.secondary)
    rows = [(name, mine[name], theirs[name]) for name in mine]
    return [row for row in rows if row[0] not in _ONLY_IF_ANY or row[1:] != ("0", "0")]


def _numbers(side: SideSummary, coverage: Coverage) -> dict[str, str]:
    return {
        "samples": f"{side.samples:,}",
        "known": duration_text(side.known_seconds),
        "covered of it": duration_text(side.covered_seconds),
        "in percent": coverage.share.percent,
        "gaps": f"{side.gaps:,}",
        "longest gap": duration_text(side.longest_gap_seconds) if side.gaps else "-",
        "declared losses": _with_length(side.declared, side.declared_seconds),
        "suspected losses": _with_length(side.suspected, side.suspected_seconds),
        "samples it lacks": f"{side.samples_to_gain:,}",
        "of them dropouts": f"{side.dropouts:,}",
        "enrichment": f"{side.enrichment:,}",
        "wrong value held": duration_text(side.wrong_seconds),
    }


def _with_length(count: int, seconds: float) -> str:
    return f"{count:,} ({duration_text(seconds)})" if count else "0"


def sampling_line(overview: Overview) -> str:
    """Return how the PV is sampled, and what follows from it; empty where there are too few samples to tell."""
    sampling = overview.sampling
    if not sampling.step:
        return ""
    kind = "regularly every" if sampling.is_regular else "usually every"
    besides = " Both sample at different moments: what only one has is enrichment, no loss." if sampling.differs else ""
    return (
        f"Sampled {kind} {duration_text(sampling.step / NS_PER_SECOND)} ({sampling.source}); samples missed in a "
        f"silence shorter than {duration_text(sampling.shortest_gap / NS_PER_SECOND)} are dropouts.{besides}"
    )


def unknown_lines(overview: Overview) -> list[str]:
    """Return of what each side knows nothing, and why, one line a side; none for a side that knows all."""
    sides = ((side, _unknown(side)) for side in (overview.primary, overview.secondary))
    return [f"Unknown at the {side.cluster}: {', '.join(parts)}" for side, parts in sides if parts]


def _unknown(side: Coverage) -> list[str]:
    lengths: dict[str, int] = {}
    for length, number in zip((side.end - side.start).tolist(), side.layer.tolist(), strict=True):
        if side.layers[number].state is State.UNKNOWN:
            cause = side.layers[number].cause.value or "no reason told"
            lengths[cause] = lengths.get(cause, 0) + length
    return [f"{duration_text(length / NS_PER_SECOND)} ({cause})" for cause, length in lengths.items()]


def who_line(overview: Overview) -> str:
    """Return who has what, for how long; what does not occur is left out."""
    parts = [f"{words} {duration_text(overview.who[name].total / NS_PER_SECOND)}" for name, words in _WHO.items()
             if len(overview.who[name])]  # fmt: skip
    return f"Who has it: {', '.join(parts) or 'nothing was asked for'}"
