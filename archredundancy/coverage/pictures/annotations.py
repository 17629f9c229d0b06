"""What pictures say in words beside the bars: causes, expiry, and how dense dropouts are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.pictures.palette import STATE_LOOKS
from archredundancy.coverage.states.coverage import Coverage
from archredundancy.coverage.states.states import Cause, State
from archredundancy.coverage.tables.gaps import Gaps
from archredundancy.model import NEVER, TimeRange, format_time

__all__ = [
    "DENSE",
    "Note",
    "causes_inside",
    "counts_in_bins",
    "expiry_notes",
    "explained_states",
    "why_text",
]

#: What heights mean in `archredundancy.display.boxes`.
DENSE = "Where there is too much for bars, the height of the worst state is its share of the time."

#: Of so many that expire first, at most, those that have room are noted.
_TRIED = 500


@dataclass(frozen=True, kw_only=True)
class Note:
    """A short text in a picture.

    Attributes
    ----------
    at : int, ns since 1970 UTC
        Where the middle of the text lies.
    points_at : int, ns since 1970 UTC
        What it is about.
    text : str
    """

    at: int
    points_at: int
    text: str


def causes_inside(coverage: Coverage, window: TimeRange, across: int) -> list[Note]:
    """Return the causes of states as texts for those stretches in which they have room.

    Parameters
    ----------
    coverage : Coverage
    window : TimeRange
        What the picture shows.
    across : int
        Signs that fit beside each other in the window.
    """
    texts = [layer.cause.value for layer in coverage.layers]
    room = np.array([len(text) + 2 if text else across + 1 for text in texts], np.int64)[coverage.layer]
    start, end = np.maximum(coverage.start, window.start), np.minimum(coverage.end, window.end)
    fitting = np.flatnonzero((end > start) & ((end - start) / max(window.duration, 1) * across >= room))
    return [
        Note(at=middle, points_at=middle, text=texts[layer])
        for middle, layer in zip(
            (start[fitting] + (end - start)[fitting] // 2).tolist(), coverage.layer[fitting].tolist(), strict=True
        )
    ]


def explained_states(coverages: Iterable[Coverage], window: TimeRange) -> list[tuple[State, list[str]]]:
    """Return the states that occur in a window, each with all its recorded causes, the worst first."""
    found: dict[State, set[Cause]] = {}
    for coverage in coverages:
        seen = (coverage.end > window.start) & (coverage.start < window.end)
        for layer in np.unique(coverage.layer[seen]).tolist():
            found.setdefault(coverage.layers[layer].state, set()).add(coverage.layers[layer].cause)
    return [
        (state, sorted(cause.value for cause in found[state] if cause is not Cause.NONE))
        for state in reversed(list(STATE_LOOKS))
        if found.get(state, set()) - {Cause.NONE}
    ]


def expiry_notes(gaps: Gaps, window: TimeRange, across: int) -> list[Note]:
    """Return until when what these gaps miss is kept elsewhere, for as many as have room, those that expire first.

    Parameters
    ----------
    gaps : Gaps
        Those that expire first at the top.
    window : TimeRange
    across : int
        Signs that fit beside each other in the window.
    """
    wanted = (gaps.expires_at != NEVER) & (gaps.end > window.start) & (gaps.start < window.end)
    seen = gaps.pick(np.flatnonzero(wanted)[:_TRIED])
    start, end = np.maximum(seen.start, window.start), np.minimum(seen.end, window.end)
    placed: list[tuple[int, int]] = []
    notes = []
    for middle, expires in zip((start + (end - start) // 2).tolist(), seen.expires_at.tolist(), strict=True):
        text = _moment(expires)
        half = window.duration * (len(text) + 2) // (2 * across)
        at = min(max(middle, window.start + half), window.end - half)
        if all(at + half <= left or at - half >= right for left, right in placed):
            placed.append((at - half, at + half))
            notes.append(Note(at=at, points_at=middle, text=text))
    return notes


def _moment(ns: int) -> str:
    """Return an instant without the digits that are zero.

    Examples
    --------
    >>> _moment(0), _moment(3600 * 10**9), _moment(1)
    ('1970-01-01', '1970-01-01T01:00Z', '1970-01-01T00:00:00.000000001Z')
    """
    text = format_time(ns)
    for zeros, zone in (("T00:00:00.000000000Z", ""), (":00.000000000Z", "Z"), (".000000000Z", "Z")):
        if text.endswith(zeros):
            return text.removesuffix(zeros) + zone
    return text


def counts_in_bins(
    time: npt.NDArray[np.int64], weight: npt.NDArray[np.int64], edges: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the sum of the weights of events in each bin, such as lost samples of dropouts, int64, (bins,).

    Parameters
    ----------
    time : int64, (n,), ns since 1970 UTC
        In order.
    weight : int64, (n,)
    edges : int64, (bins + 1,), ns since 1970 UTC

    Examples
    --------
    >>> counts_in_bins(np.array([3, 3, 10]), np.array([1, 5, 2]), np.array([0, 10, 20])).tolist()
    [6, 2]
    """
    before = np.concatenate([[0], np.cumsum(weight)])
    counts: npt.NDArray[np.int64] = np.diff(before[np.searchsorted(time, edges)])
    return counts


def why_text(states: Sequence[tuple[State, list[str]]]) -> str:
    """Return one line that gives each state its causes.

    Examples
    --------
    >>> why_text([(State.SILENT, ["no cause recorded"]), (State.STOPPED, ["PV paused", "archiver stopped"])])
    'silent: no cause recorded. stopped: PV paused, archiver stopped.'
    """
    return " ".join(f"{state.label}: {', '.join(causes)}." for state, causes in states)
