"""Gaps in words: who lacks what, how exactly that is known, why, and what tells so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from archredundancy.coverage.states.states import Cause, Proof, State
from archredundancy.coverage.tables.gaps import Gaps
from archredundancy.display.texts import duration_text, plural
from archredundancy.model import NS_PER_SECOND

__all__ = ["Gap", "edges_text", "explain", "gap_title", "gaps_one_by_one"]

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
    Cause.NOT_RECORDED: "nothing in this range tells of a cause",
    Cause.OVERFLOWED: f"{_UNRECORDED} lost to a full buffer",
    Cause.STAMPS_REFUSED: f"{_UNRECORDED} refused for their time stamps",
    Cause.TYPE_CHANGED: f"{_UNRECORDED} refused for being of another type",
    Cause.SUSPECTED: "samples that come regularly stopped at both sides; no loss is proven",
}


class Gap(NamedTuple):
    """One row of `Gaps`; times are ns since 1970 UTC."""

    cluster: str
    state: State
    cause: Cause
    proof: Proof
    start: int
    end: int
    gain: int
    expires_at: int
    start_earliest: int
    start_latest: int
    end_earliest: int
    end_latest: int

    @property
    def seconds(self) -> float:
        """Its length, s."""
        return (self.end - self.start) / NS_PER_SECOND


def gaps_one_by_one(gaps: Gaps, most: int | None = None) -> Iterator[Gap]:
    """Return the first `most` gaps, or all, one by one."""
    first = gaps.pick(np.arange(len(gaps) if most is None else min(len(gaps), most)))
    numbers = (first.samples_to_gain, first.expires_at, first.start_earliest, first.start_latest, first.end_earliest,
               first.end_latest)  # fmt: skip
    columns = zip(
        first.side.tolist(),
        first.verdict.tolist(),
        first.start.tolist(),
        first.end.tolist(),
        *(column.tolist() for column in numbers),
        strict=True,
    )
    for side, verdict, *times in columns:
        told = first.verdicts[verdict]
        yield Gap(first.clusters[side], told.state, told.cause, told.proof, *times)


def gap_title(gap: Gap) -> str:
    """Return who lacks how much for how long."""
    length = duration_text(gap.seconds)
    if gap.gain:
        return f"{gap.cluster} lacks {plural(gap.gain, 'sample')} for {length}"
    return f"{gap.cluster} {'may lack something' if gap.state is State.UNKNOWN else 'has nothing'} for {length}"


def edges_text(gap: Gap) -> str:
    """Return how exactly the edges of the outage behind a gap are known; empty where they are."""
    start = (gap.start_latest - gap.start_earliest) / NS_PER_SECOND
    end = (gap.end_latest - gap.end_earliest) / NS_PER_SECOND
    if not start and not end:
        return ""
    return f"outage: start known to {duration_text(start)}, end to {duration_text(end)}"


def explain(gap: Gap) -> str:
    """Return in a sentence what a gap's cause is and what tells so."""
    other = "secondary" if gap.cluster == "primary" else "primary"
    words = _CAUSES.get(gap.cause, gap.cause.value).format(side=gap.cluster, other=other)
    sentence = words[:1].upper() + words[1:]
    if gap.proof is Proof.WITNESSED:
        stored = f"Meanwhile the {other} stored {plural(gap.gain, 'sample')}."
        before = f"Before this range the {other} stored a sample that the {gap.cluster} lacks; since then neither did."
        return f"{sentence}. {stored if gap.gain else before}"
    return f"{sentence}."
