"""Whether answers that all say 200 can be believed: the chain rule and the emptiness rule.

An exception in the middle of an answer is only logged by the server: the answer is cut short, or empty, and well
terminated. Two facts give it away (`DataRetrievalServlet` owes every answer the sample before its start):

- *chain*: the look-back sample of a window is the last sample of the window before it;
- *emptiness*: once any sample is known, no later answer can be empty.

Both say the same thing of every window: it must show the newest sample known by its start, and the newest known by its
end. Where an empty answer is proved wrong in this way, the empty ones right before it prove nothing either. The rules
may be wrong where something removes samples between two requests (the black hole of a six-month secondary), where a
named flag `SKIP_<store>_FOR_RETRIEVAL` hides a store, and where an old file in a young store wins the look-back. In all
three cases the answers do contradict each other, so the window is reported, not believed. An old file may also hide all
older stores from whatever begins after it, and no answer contradicts another: `Inquiry` asks once more for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archredundancy.client.retrieval.answer import Answer
from archredundancy.model import FailureKind, ReadFailure, TimeRange, format_time

__all__ = ["AskedWindow", "contradictions", "empty_before", "known_stamps", "unvouched_end"]


@dataclass(frozen=True, kw_only=True)
class AskedWindow:
    """A window and what came of asking for it.

    Attributes
    ----------
    window : TimeRange
        Whole seconds.
    answer : Answer or None
    failure : ReadFailure or None
        Why there is no answer.
    losses : tuple of ReadFailure
        What the answer itself shows to be missing.
    shown : tuple of (int or None), (2,), ns since 1970 UTC
        Newest stamp that the answer shows by the window's start and by its end.
    """

    window: TimeRange
    answer: Answer | None = None
    failure: ReadFailure | None = None
    losses: tuple[ReadFailure, ...] = ()
    shown: tuple[int | None, int | None] = (None, None)

    @classmethod
    def answered(cls, window: TimeRange, answer: Answer) -> AskedWindow:
        """Return a window with its answer, looked through once."""
        shown = answer.look_back(window.start), answer.newest(window.end)
        return cls(window=window, answer=answer, losses=tuple(answer.failures(window)), shown=shown)


def known_stamps(windows: Iterable[AskedWindow], witnesses: Iterable[int | None]) -> list[int]:
    """Return the stamps that the rules go by: those shown at the edges of windows, and those known from elsewhere."""
    told = [*witnesses, *(stamp for window in windows for stamp in window.shown)]
    return [stamp for stamp in told if stamp is not None]


def contradictions(windows: Iterable[AskedWindow], stamps: Sequence[int]) -> list[ReadFailure | None]:
    """Return for each window why its own answer cannot be believed, or None.

    Parameters
    ----------
    windows : iterable of AskedWindow
    stamps : sequence of int, ns since 1970 UTC
        As `known_stamps` gives them; each of them is one of a stored sample.
    """
    return [_contradiction(window, stamps) for window in windows]


def empty_before(
    windows: Sequence[AskedWindow], verdicts: Sequence[ReadFailure | None], disproved: Iterable[TimeRange] = ()
) -> int:
    """Return how many windows at the start of a range are empty without proving anything by it.

    Before the first window with a sample, what emptied an answer that is proved wrong may have emptied others too.

    Parameters
    ----------
    windows : sequence of AskedWindow
    verdicts : sequence of (ReadFailure or None)
        Of `contradictions`.
    disproved : iterable of TimeRange
        Spans whose answers, proved wrong for being empty, have been asked for again in smaller windows. The damage lies
        in one of those: in those that are proved wrong themselves, or else in any that is empty.
    """
    shown = (row for row, window in enumerate(windows) if window.answer is not None and len(window.answer.time))
    leading = next(shown, len(windows))
    wrong = [row for row, verdict in enumerate(verdicts) if verdict is not None and verdict.kind is FailureKind.EMPTY]
    doubtful = max((row for row in wrong if row < leading), default=0)
    for span in disproved:
        if not any(windows[row].window.start < span.end and windows[row].window.end > span.start for row in wrong):
            doubtful = max(doubtful, sum(window.window.start < span.end for window in windows[:leading]))
    return doubtful


def unvouched_end(asked: AskedWindow, following: AskedWindow) -> ReadFailure | None:
    """Return what may be missing at the end of a window, for all that the request after it tells; None if nothing.

    Parameters
    ----------
    asked : AskedWindow
        With an answer that is believed otherwise.
    following : AskedWindow
        What was asked from its end on.
    """
    newest, owed = asked.shown[1], following.shown[0]
    if newest is None or (owed is not None and owed >= newest):
        return None
    message = "no request after it gives its last sample: that is in an engine's memory still, or the end is cut off"
    kind = FailureKind.CUT_SHORT
    if following.failure:
        kind, message = following.failure.kind, f"its end could not be checked: {following.failure.message}"
    start = min(max(newest + 1, asked.window.start), asked.window.end)
    return ReadFailure(range=TimeRange(start=start, end=asked.window.end), kind=kind, message=message)


def _contradiction(asked: AskedWindow, stamps: Sequence[int]) -> ReadFailure | None:
    if asked.answer is None:
        return asked.failure
    for loss in asked.losses:
        if loss.kind is FailureKind.CUT_SHORT:
            return loss
    for edge, shown in zip((asked.window.start, asked.window.end), asked.shown, strict=True):
        owed = max((stamp for stamp in stamps if stamp <= edge), default=None)
        if owed is None or (shown is not None and shown >= owed):
            continue
        if not any(owed in loss.range for loss in asked.losses):
            return _disproved(asked.window, edge, shown, owed, empty=not len(asked.answer.time))
    return None


def _disproved(window: TimeRange, edge: int, shown: int | None, owed: int, *, empty: bool) -> ReadFailure:
    if empty:
        message = f"empty answer, though a sample of {format_time(owed)} is stored; a partition file may be damaged"
        return ReadFailure(range=window, kind=FailureKind.EMPTY, message=message)
    got = "none" if shown is None else format_time(shown)
    message = f"the last sample by {format_time(edge)} is that of {format_time(owed)}, but this answer gives {got}"
    return ReadFailure(range=window, kind=FailureKind.CUT_SHORT, message=message)
