"""`Inquiry`: a range asked window by window, and again in smaller ones where answers cannot be believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile

import numpy as np

from archredundancy.client.retrieval.chain import AskedWindow, contradictions, empty_before, known_stamps, unvouched_end
from archredundancy.client.windows import halve, probe_at, shortest_of
from archredundancy.model import NS_PER_SECOND, FailureKind, ReadFailure, TimeRange, format_time

__all__ = ["Inquiry"]

_WORTH_HALVING = (FailureKind.EMPTY, FailureKind.CUT_SHORT)
_NO_ANSWER = (FailureKind.UNREACHABLE, FailureKind.TIMEOUT, FailureKind.NOT_READY)
#: How long nothing may come after the sample before a range without being doubted, ns: as long as the usual partition
#: of the youngest store, in which no old file can lie.
_QUIET = 3600 * NS_PER_SECOND
#: Sixteenths of a range in an order that soon has looked everywhere.
_SPREAD = 16
_SPREAD_ORDER = (8, 12, 4, 14, 10, 6, 2, 15, 13, 11, 9, 7, 5, 3, 1)


class Inquiry:
    """Windows of one range and what the requests for them brought.

    Parameters
    ----------
    closing : AskedWindow
        The second after the range, asked before all else: a sample that arrives while a range is read then does not
        look like one that an answer left out.
    ask : callable
        Asks for one window.
    budget : int
        How many requests may be made beyond one for each window, to find out where exactly answers fail.
    first_after : callable, optional
        Returns the first stamp after one and by another that an answer has which begins at the former; or None.

    Attributes
    ----------
    windows : list of AskedWindow
        In order of time.
    """

    def __init__(
        self,
        closing: AskedWindow,
        ask: Callable[[TimeRange], AskedWindow],
        budget: int,
        first_after: Callable[[int, int], int | None] = lambda _stamp, _end: None,
    ) -> None:
        self.windows: list[AskedWindow] = []
        self._ask = ask
        self._budget = budget
        self._first_after = first_after
        self._shortest = 0
        self._witnesses = [closing.shown[0]]
        self._seconds_after = {closing.window.start: closing}
        self._checked: set[int] = set()
        self._disproved: list[TimeRange] = []
        self._hidden_since: int | None = None  # the sample that hides others from requests that begin after it

    def run(self, windows: list[TimeRange]) -> None:
        """Ask for the windows, at least one, and bound what is wrong with them as closely as the budget allows."""
        self.windows = [self._ask(window) for window in windows]
        self._shortest = shortest_of(windows)
        if self.windows[0].answer is not None and not len(self.windows[0].answer.time):
            # Nothing at the start may mean that nothing is stored yet, or that a damaged file emptied the whole answer.
            self._probe(windows[0].start)
        self._halve_doubtful()
        if self._look_everywhere():
            self._halve_doubtful()
        while self._look_further_back() or self._check_an_end():
            self._halve_doubtful()
        if self._look_beside_old_files():
            self._halve_doubtful()

    def failures(self) -> list[ReadFailure]:
        """Return what cannot be relied upon, and why."""
        verdicts = self._verdicts()
        found = [self._with_advice(verdict) for verdict in verdicts if verdict is not None]
        doubtful = self.windows[: empty_before(self.windows, verdicts, self._disproved)]
        found += [_beside(window) for window in doubtful if window.answer is not None]
        found += [loss for window in self.windows for loss in window.losses]
        return found + [failure for _, failure in self._open_ends()]

    def _with_advice(self, failure: ReadFailure) -> ReadFailure:
        if self._hidden_since is None or failure.kind not in _WORTH_HALVING:
            return failure
        advice = (
            f"the sample of {format_time(self._hidden_since)} may be in a file left behind, which hides older stores "
            "from requests that begin after it: load from before it on, which shows those of the same year"
        )
        return replace(failure, message=f"{failure.message}; {advice}")

    def _verdicts(self) -> list[ReadFailure | None]:
        return contradictions(self.windows, known_stamps(self.windows, self._witnesses))

    def _probe(self, ns: int) -> AskedWindow:
        """Ask for the second from an instant on; the sample that the server owes before it is a witness."""
        probe = self._ask_more(probe_at(ns))
        self._witnesses.append(probe.shown[0])
        return probe

    def _ask_more(self, window: TimeRange) -> AskedWindow:
        """Ask beyond what is due; a server that gives no answer at all is not asked more."""
        asked = self._ask(window)
        silent = asked.failure is not None and asked.failure.kind in _NO_ANSWER
        self._budget = 0 if silent else self._budget - 1
        return asked

    def _halve_doubtful(self) -> None:
        """Ask for the halves of windows that are proved wrong, the longest first."""
        while self._budget > 1:
            verdicts = self._verdicts()
            doubtful = [row for row, verdict in enumerate(verdicts) if verdict and self._worth_halving(verdict)]
            if not doubtful:
                return
            row = max(doubtful, key=lambda index: self.windows[index].window.duration)
            window, verdict = self.windows[row].window, verdicts[row]
            if verdict is not None and verdict.kind is FailureKind.EMPTY:
                self._disproved.append(window)
            self.windows[row : row + 1] = [self._ask_more(half) for half in halve(window)]

    def _worth_halving(self, verdict: ReadFailure) -> bool:
        return verdict.kind in _WORTH_HALVING and verdict.range.duration >= 2 * self._shortest

    def _look_further_back(self) -> bool:
        """Look for a sample before the first one known, in steps that double; return whether there is one.

        Only where an empty answer is proved wrong and nothing is known before it: samples may lie before the damage.
        """
        doubtful = empty_before(self.windows, self._verdicts(), self._disproved)
        edge = min(known_stamps(self.windows, self._witnesses), default=0)
        steps = (self._shortest << power for power in range(64))
        moments = takewhile(lambda ns: ns > self.windows[0].window.start, (edge - step for step in steps))
        return any(self._sees_a_sample(ns) for ns in moments) if doubtful else False

    def _look_everywhere(self) -> bool:
        """Look for a sample at spread instants where none is known: damage may have emptied every answer."""
        start, end = self.windows[0].window.start, self.windows[-1].window.end
        moments = (start + (end - start) * part // _SPREAD for part in _SPREAD_ORDER)
        nothing = not known_stamps(self.windows, self._witnesses)
        return any(self._sees_a_sample(ns) for ns in moments) if nothing else False

    def _sees_a_sample(self, ns: int) -> bool:
        return self._budget > 0 and self._probe(ns - ns % NS_PER_SECOND).shown[0] is not None

    def _look_beside_old_files(self) -> bool:
        """Look for samples that no answer shows, where nothing came for long after the one before a window.

        A store whose first sample lies before a request's start hides all older stores from it, be that sample in a
        file that was left behind (`RetrievalState.getDataSources`). All answers then agree with each other. Only one
        that begins at that very sample has what was hidden.
        """
        before = dict.fromkeys(window.shown[0] for window in self.windows)
        hiding = [stamp for stamp in before if stamp is not None and self._hides_others(stamp)]
        return bool(hiding)

    def _hides_others(self, stamp: int) -> bool:
        """Return whether a sample, seen before a window, hides later ones; they are witnesses from then on."""
        end = self.windows[-1].window.end
        later = (_first_later(window, stamp) for window in self.windows)
        first = next((each for each in later if each is not None), None)
        if self._budget < 1 or (end if first is None else first) - stamp <= _QUIET:
            return False
        self._budget -= 1
        found = self._first_after(stamp, end)
        if found is None or (first is not None and found >= first):
            return False
        self._hidden_since = stamp if self._hidden_since is None else self._hidden_since
        self._witnesses.append(found)
        self._cut_after(found)
        return True

    def _cut_after(self, stamp: int) -> None:
        """Ask for the window that a sample lies in as two, so that both have to show it at an edge."""
        cut = stamp - stamp % NS_PER_SECOND + NS_PER_SECOND
        for row, window in enumerate(each.window for each in self.windows):
            if stamp in window and cut < window.end:
                parts = TimeRange(start=window.start, end=cut), TimeRange(start=cut, end=window.end)
                self.windows[row : row + 1] = [self._ask_more(part) for part in parts]
                return

    def _check_an_end(self) -> bool:
        """Ask for the second after a window whose end nothing vouches for; return whether there was any."""
        for end, _ in self._open_ends():
            if self._budget and end not in self._checked:
                self._checked.add(end)
                self._seconds_after[end] = self._probe(end)
                return True
        return False

    def _open_ends(self) -> list[tuple[int, ReadFailure]]:
        """Return the ends of windows, otherwise believed, that nothing vouches for, with what may be missing there."""
        found = []
        later = {each.shown[0] for each in self._seconds_after.values()}
        for window, verdict, after in reversed(
            list(zip(self.windows, self._verdicts(), self._following(), strict=True))
        ):
            loss = unvouched_end(window, after)
            if verdict is None and loss is not None and window.shown[1] not in later:
                found.append((window.window.end, loss))
            later.add(window.shown[0])
        return found[::-1]

    def _following(self) -> list[AskedWindow]:
        """Return for each window what tells about its end: the second after it if that was asked, else the next one."""
        following = [*self.windows[1:], self.windows[-1]]
        ends = [each.window.end for each in self.windows]
        return [self._seconds_after.get(end, after) for end, after in zip(ends, following, strict=True)]


def _first_later(asked: AskedWindow, stamp: int) -> int | None:
    """Return the first stamp, in stored order, after one in the answer for a window."""
    if asked.answer is None:
        return None
    later = asked.answer.time > stamp
    return int(asked.answer.time[np.argmax(later)]) if later.any() else None


def _beside(asked: AskedWindow) -> ReadFailure:
    message = "empty answer before one that is proved wrong; a damaged partition file may have emptied both"
    return ReadFailure(range=asked.window, kind=FailureKind.EMPTY, message=message)
