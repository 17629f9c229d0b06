"""Gaps in words: who lacks what, how exactly that is known, why, and what tells so."""

from __future__ import annotations

from archredundancy.coverage.gaps import Gaps
from archredundancy.coverage.lengths import duration_text, plural
from archredundancy.coverage.states import Cause, Proof
from archredundancy.model import NS_PER_SECOND

__all__ = ["edges_text", "explain", "gap_title"]

_START = "the first sample afterwards carries the mark of a start (startup)"
_UNRECORDED = "nothing is recorded beside the samples, but the engine of the {side} counts samples"
#: What happened, and what tells so; `{side}` has the gap, `{other}` is held against it.
_CAUSES = {
    Cause.ARCHIVER_STOPPED: f"the archiver of the {{side}} was down or the PV paused there: {_START}",
    Cause.ARCHIVER_DOWN: f"the archiver of the {{side}} was down: {_START}, and so does that of a neighbour",
    Cause.PAUSED: "the PV is paused at the {side}, as its configuration says",
    Cause.RESUMED: f"the PV was paused at the {{side}}, or its sampling changed: {_START}, and the "
    "configuration changed meanwhile or a neighbour went on",
    Cause.BEGINNING: "archiving at the {side} was only beginning: its first sample of all carries the mark of a start "
    "(startup)",
    Cause.ARCHIVER_DISCONNECTED: "the archiver of the {side} ran and had lost the connection, that of the {other} had "
    "not: it noted the loss beside its next sample (cnxlostepsecs, cnxregainedepsecs)",
    Cause.STILL_DISCONNECTED: "the engine of the {side} has no connection to the IOC now, as it reports",
    Cause.SOURCE_DOWN: "IOC or network were down for both archivers: each noted that it had lost the connection "
    "(cnxlostepsecs, cnxregainedepsecs)",
    Cause.BOTH_STOPPED: "both archivers were stopped, so nobody saw whether the PV changed",
    Cause.STOPPED_UNSEEN: f"the archiver of the {{side}} was down or the PV paused there: {_START}; since when is not "
    "recorded, and the {other} cannot tell what was missed",
    Cause.NOT_RECORDED: "nothing is recorded about a cause",
    Cause.OVERFLOWED: f"{_UNRECORDED} lost to a full buffer",
    Cause.STAMPS_REFUSED: f"{_UNRECORDED} refused for their time stamps",
    Cause.TYPE_CHANGED: f"{_UNRECORDED} refused for being of another type",
    Cause.SUSPECTED: "samples that come regularly stopped at both sides; no loss is proven",
}


def gap_title(gaps: Gaps, row: int) -> str:
    """Return who lacks how much for how long."""
    gain, side = int(gaps.samples_to_gain[row]), gaps.cluster[row]
    length = duration_text((gaps.end[row] - gaps.start[row]) / NS_PER_SECOND)
    if gain:
        return f"{side} lacks {plural(gain, 'sample')} for {length}"
    return f"{side} {'has nothing' if gaps.state[row] else 'may lack something'} for {length}"


def edges_text(gaps: Gaps, row: int) -> str:
    """Return how exactly the edges of the outage behind a gap are known; empty where they are."""
    start = int(gaps.start_latest[row] - gaps.start_earliest[row]) / NS_PER_SECOND
    end = int(gaps.end_latest[row] - gaps.end_earliest[row]) / NS_PER_SECOND
    if not start and not end:
        return ""
    return f"outage: start known to {duration_text(start)}, end to {duration_text(end)}"


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
