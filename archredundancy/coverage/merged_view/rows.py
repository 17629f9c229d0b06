"""A merged answer held against the exact union, row by row: what it lacks, repeats, misdates and invents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from archredundancy.merge import Origin
from archredundancy.merge.disorder import put_in_order
from archredundancy.model import NS_PER_SECOND, Extras, Samples, TimeRange, start_of_year, year_of
from archredundancy.segments import Segments

__all__ = ["Flaw", "FlawedRows", "ViewAnswer", "find_flaws"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

#: How well a row agrees with the union at its instant.
_WRONG, _OF_SECONDARY, _RIGHT = range(3)


class Flaw(Enum):
    """What is wrong with a sample of a merged answer."""

    LACKS = "lacks"
    REPEATS = "repeats"
    MISDATES = "misdates"
    INVENTS = "invents"
    ALTERS = "alters"
    DISORDERS = "out of order"
    PREFERS = "takes the secondary's word"

    @property
    def is_wrong(self) -> bool:
        """Whether the answer is wrong for it: not where two samples contradict each other, and it has one of them."""
        return self is not Flaw.PREFERS


@dataclass(frozen=True, kw_only=True, eq=False)
class ViewAnswer:
    """What a secondary that merges while it reads answered: every sample as it came, order and repeats too.

    Attributes
    ----------
    blocks : tuple of Samples
        Of one type each, in the order of the answer.
    year : int64, (n,)
        Year in the header of each sample's chunk.
    opens : bool, (n,)
        Whether a sample is the first of its chunk.
    is_cut : bool
        Whether the answer broke off.
    troubles : tuple of str
        Where it could not be read, or why there is none.
    is_refused : bool
        Whether the secondary did not answer at all, as for a PV that is not known (HTTP 404).
    seconds : float
        How long it took, decoding included.
    """

    blocks: tuple[Samples, ...]
    year: _Ints
    opens: _Bools
    is_cut: bool = False
    troubles: tuple[str, ...] = ()
    is_refused: bool = False
    seconds: float = float("nan")

    @cached_property
    def time(self) -> _Ints:
        """Stamps of all samples, int64, (n,), ns since 1970 UTC."""
        return np.concatenate([np.empty(0, np.int64), *(block.time for block in self.blocks)])

    def matches(self, side: Samples, at: _Ints) -> _Bools:
        """Return for each sample whether a side, strictly increasing, has the same value and alarm at `at`, (n,)."""
        same = np.zeros(len(at), bool)
        bare, row = replace(side, extras=Extras.build()), 0
        for block in self.blocks:
            rows = np.arange(row, row + len(block))
            row += len(block)
            place, there = _find(side.time, at[rows])
            if block.dbr_type is side.dbr_type and there.any():
                mine = replace(block, extras=Extras.build()).take(np.flatnonzero(there))
                same[rows[there]] = mine.same_payload(bare.take(place[there]))
        return same


@dataclass(frozen=True, kw_only=True, eq=False)
class FlawedRows:
    """Samples of one kind of flaw, in order.

    Attributes
    ----------
    flaw : Flaw
    origin : int8, (n,)
        `Origin` of the sample that is lacking, misdated, repeated and so on; -1 where neither side has one.
    shown, true : int64, (n,), ns since 1970 UTC
        The stamp in the answer, and that of the sample it is; equal unless misdated.
    turn : int64, (n,)
        Number among its like: of rows in a row it grows by one.
    opens : bool, (n,)
        Whether it is the first of its chunk.
    """

    flaw: Flaw
    origin: npt.NDArray[np.int8]
    shown: _Ints
    true: _Ints
    turn: _Ints
    opens: _Bools


@dataclass(frozen=True, kw_only=True, eq=False)
class _Truth:
    """The union as instants, and which of the two sides has each."""

    primary: Samples
    secondary: Samples
    time: _Ints
    origin: npt.NDArray[np.int8]

    @classmethod
    def of(cls, primary: Samples, secondary: Samples) -> _Truth:
        mine, theirs = put_in_order(primary)[0], put_in_order(secondary)[0]
        time = np.union1d(mine.time, theirs.time)
        in_mine, in_theirs = _find(mine.time, time)[1], _find(theirs.time, time)[1]
        origin = np.where(in_theirs, Origin.SECONDARY, Origin.PRIMARY).astype(np.int8)
        origin[in_mine & in_theirs] = Origin.BOTH_EQUAL
        return cls(primary=mine, secondary=theirs, time=time, origin=origin)


def find_flaws(
    answer: ViewAnswer, primary: Samples, secondary: Samples, asked: TimeRange, known: Segments, before: Sequence[int]
) -> tuple[list[FlawedRows], int]:
    """Hold an answer against the union of what both sides stored.

    Parameters
    ----------
    answer : ViewAnswer
        To a request for the range; samples at its end, and one before its start, belong to it.
    primary, secondary : Samples
        What each side stored in the range, read for itself; of any types, in any order.
    asked : TimeRange
    known : Segments
        Where both could be read; elsewhere a sample that neither has proves nothing.
    before : sequence of int, ns
        Stamps of the sides' last samples before the range.

    Returns
    -------
    list of FlawedRows
        One for each `Flaw`.
    int
        Samples that neither side is known to have, where not both could be read.

    Notes
    -----
    Cost: a sort of the answer's rows, and some passes.
    """
    truth, time = _Truth.of(primary, secondary), answer.time
    place, there = _find(truth.time, time)
    inside = (time >= asked.start) & (time < asked.end)
    there &= inside
    place[~there] = -1
    rank = _rank(answer, truth, time)
    true, moved = _misdated(answer, truth, place, _candidates(time, asked, inside, place, rank), asked)
    chosen = _choose(np.where(moved, -1, place), rank)
    extra = there & ~moved & ~chosen
    strange = ~there & ~moved & _counts(time, asked)
    again = strange & ~inside & np.isin(time, np.array(before, np.int64))
    strange &= ~again
    unchecked = strange & inside & ~known.contains(time)
    has = np.zeros(len(truth.time), bool)
    has[place[chosen]] = True
    has[np.searchsorted(truth.time, true[moved])] = True
    origin = np.where(there, truth.origin[np.minimum(place, len(truth.time) - 1)] if len(truth.time) else -1, -1)
    if moved.any():
        origin[moved] = truth.origin[np.searchsorted(truth.time, true[moved])]
    columns = (origin.astype(np.int8), time, true, answer.opens)
    found = {
        Flaw.REPEATS: extra | again,
        Flaw.MISDATES: moved,
        Flaw.INVENTS: strange & ~unchecked,
        Flaw.ALTERS: chosen & (rank == _WRONG),
        Flaw.DISORDERS: _disordered(time, chosen),
        Flaw.PREFERS: chosen & (rank == _OF_SECONDARY),
    }
    flawed = [_lacking(truth, ~has), *(_picked(flaw, mask, *columns) for flaw, mask in found.items())]
    return flawed, int(unchecked.sum())


def _find(times: _Ints, wanted: _Ints) -> tuple[_Ints, _Bools]:
    """Return where each instant is in strictly increasing times, and whether it is."""
    place = np.searchsorted(times, wanted)
    there = np.zeros(len(wanted), bool)
    within = place < len(times)
    there[within] = times[place[within]] == wanted[within]
    return place, there


def _rank(answer: ViewAnswer, truth: _Truth, at: _Ints) -> npt.NDArray[np.int8]:
    """Return how well each row agrees with the union at an instant: the primary's sample, if it has one."""
    rank = np.full(len(at), _WRONG, np.int8)
    theirs = answer.matches(truth.secondary, at)
    rank[theirs] = np.where(_find(truth.primary.time, at[theirs])[1], _OF_SECONDARY, _RIGHT)
    rank[answer.matches(truth.primary, at)] = _RIGHT
    return rank


def _choose(place: _Ints, rank: npt.NDArray[np.int8]) -> _Bools:
    """Return for each instant of the union the row that stands for it: the best, of equals the first."""
    rows = np.flatnonzero(place >= 0)
    order = rows[np.lexsort((rows, -rank[rows].astype(np.int64), place[rows]))]
    first = np.ones(len(order), bool)
    first[1:] = place[order[1:]] != place[order[:-1]]
    chosen = np.zeros(len(place), bool)
    chosen[order[first]] = True
    return chosen


def _counts(time: _Ints, asked: TimeRange) -> _Bools:
    """Return which rows belong to the question: not the one before it, nor what an old server sends after its end."""
    counts = (time < asked.end) | (time > asked.end + NS_PER_SECOND)
    leading = int(np.argmax(time >= asked.start)) if (time >= asked.start).any() else len(time)
    counts[max(leading - 1, 0) : leading] = False
    return counts


def _candidates(time: _Ints, asked: TimeRange, inside: _Bools, place: _Ints, rank: npt.NDArray[np.int8]) -> _Bools:
    """Return which rows may be misdated: all but those that stand for their instant, and are right there."""
    settled = _choose(place, rank) & (rank > _WRONG)
    return _counts(time, asked) & ~settled | inside & ~settled


def _misdated(
    answer: ViewAnswer,
    truth: _Truth,
    place: _Ints,
    candidates: _Bools,
    asked: TimeRange,
) -> tuple[_Ints, _Bools]:
    """Return the true stamps of all rows, and which rows are samples that the answer lacks, in another year.

    A sample's bytes hold the time within its year, and its chunk's header the year (`archredundancy.wire`).
    """
    true, moved = answer.time.copy(), np.zeros(len(place), bool)
    lacking = np.ones(len(truth.time), bool)
    lacking[place[place >= 0]] = False
    if not candidates.any() or not lacking.any():
        return true, moved
    starts = {int(year): start_of_year(int(year)) for year in np.unique(answer.year)}
    base = np.array([starts[year] for year in answer.year.tolist()], np.int64)
    for year in range(year_of(asked.start), year_of(asked.end - 1) + 1):
        at = answer.time - base + start_of_year(year)
        target, there = _find(truth.time, at)
        rows = np.flatnonzero(candidates & ~moved & there & (answer.year != year))
        rows = rows[lacking[target[rows]]]
        rows = rows[_rank(answer, truth, at)[rows] > _WRONG]
        rows = rows[np.unique(target[rows], return_index=True)[1]]
        lacking[target[rows]] = False
        true[rows], moved[rows] = at[rows], True
    return true, moved


def _disordered(time: _Ints, chosen: _Bools) -> _Bools:
    """Return which of the rows that stand for an instant come after one that stands for a later instant."""
    rows = np.flatnonzero(chosen)
    late = np.zeros(len(time), bool)
    late[rows] = time[rows] < np.maximum.accumulate(time[rows]) if len(rows) else False
    return late


def _lacking(truth: _Truth, lacks: _Bools) -> FlawedRows:
    """Return what is lacking; the turn counts samples of one origin, so that woven sides make one stretch."""
    turn = np.zeros(len(truth.time), np.int64)
    for origin in (Origin.PRIMARY, Origin.SECONDARY, Origin.BOTH_EQUAL):
        of_it = truth.origin == origin
        turn[of_it] = np.arange(np.count_nonzero(of_it))
    time = truth.time[lacks]
    opens = np.zeros(len(time), bool)
    return FlawedRows(flaw=Flaw.LACKS, origin=truth.origin[lacks], shown=time, true=time, turn=turn[lacks], opens=opens)


def _picked(
    flaw: Flaw, mask: _Bools, origin: npt.NDArray[np.int8], shown: _Ints, true: _Ints, opens: _Bools
) -> FlawedRows:
    return FlawedRows(
        flaw=flaw,
        origin=origin[mask],
        shown=shown[mask],
        true=true[mask],
        turn=np.flatnonzero(mask),
        opens=opens[mask],
    )
