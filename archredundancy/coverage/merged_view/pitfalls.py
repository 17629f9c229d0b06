"""Why a merged answer is wrong where it is: the known pitfalls of `mergeDuringRetrieval`, as a table.

What each row says was seen on real appliances (`docs/reference/seen.md`, "Merging while reading"). A stretch is told
the first pitfall that fits it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archredundancy.coverage.merged_view.rows import Flaw, FlawedRows, ViewAnswer
from archredundancy.merge import Origin
from archredundancy.model import Evidence, start_of_year, year_of

__all__ = ["RULES", "Pitfall", "Situation", "Stretches", "stretches_of"]

_Bools = npt.NDArray[np.bool_]

_NS_PER_MS = 1_000_000
#: Names with these go into the question to the partner as they are, and are not understood.
_UNSAFE = frozenset("{}#")


class Pitfall(Enum):
    """Why a stretch of a merged answer is wrong; the value is a sentence for people."""

    NO_PROXY = "the secondary is not set up to merge the primary's samples into its answers"
    BROKEN_OFF = "the secondary's answer broke off"
    NOT_KNOWN = "the secondary did not answer for this PV at all, though it passes on what the primary has"
    BEYOND_FILES = "the secondary has no file for this time, and then answers nothing, whatever the primary has"
    MIXED_TYPES = "the sides store different types, and the other's samples do not decode among its own"
    UNSAFE_NAME = "the primary is never asked for a PV of such a name"
    CUT_TO_MILLISECONDS = "the primary was asked for whole milliseconds only, and this lies in the last one"
    NOT_HEARD = (
        "the primary was not heard: it did not answer the secondary, or the secondary remembers for a day that it did "
        "not, or did not know the PV (resetFailoverCaches ends that)"
    )
    PARTNER_CUT = "the primary's answer to the secondary broke off, which was passed on as whole"
    EMPTY_FILE = (
        "from here on the secondary leaves out all its own samples, as it does behind a file that has a header and no "
        "samples"
    )
    BLACK_HOLE = "the secondary's last store is a black hole, which hides its own samples older than the primary's last"
    YOUNGER_STORES = (
        "the secondary merges the oldest store that it asks alone; own samples of younger stores that are older than "
        "the primary's last are left out"
    )
    NEW_YEAR = "over New Year the secondary leaves out own samples of the new year, or dates them to the old year"
    LOOK_BACK = "a sample from before the window, or before a file, is sent once more"
    OWN_WINS = "the sides contradict each other, and the secondary answers with its own"
    UNEXPLAINED = "no known pitfall explains it"


class Stretches(NamedTuple):
    """Flawed samples in stretches: columns of equal length.

    Attributes
    ----------
    flaw : Flaw
    origin : int8, (n,)
        `Origin` of the samples concerned, as for `FlawedRows`.
    first, last : int64, (n,), ns since 1970 UTC
        Stamps in the answer, or of what it lacks.
    true_first, true_last : int64, (n,), ns since 1970 UTC
        The right stamps; others only where misdated.
    samples : int64, (n,)
    opens : bool, (n,)
        Whether each of the samples is the first of its chunk.
    """

    flaw: Flaw
    origin: npt.NDArray[np.int8]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    true_first: npt.NDArray[np.int64]
    true_last: npt.NDArray[np.int64]
    samples: npt.NDArray[np.int64]
    opens: _Bools

    def pitfalls(self, situation: Situation) -> list[Pitfall]:
        """Return why each stretch is wrong: the first row of `RULES` that fits."""
        left = np.ones(len(self.samples), bool)
        told = [Pitfall.UNEXPLAINED] * len(left)
        for rule in RULES:
            if not left.any():
                break
            if self.flaw in rule.flaws:
                fits = left & np.isin(self.origin, rule.origins) & rule.fits(situation, self)
                for row in np.flatnonzero(fits).tolist():
                    told[row] = rule.pitfall
                left &= ~fits
        return told


def stretches_of(rows: FlawedRows) -> Stretches:
    """Return flawed samples as stretches of such as follow each other and have one origin, in order of time."""
    order = np.lexsort((rows.turn, rows.origin))
    origin, turn = rows.origin[order], rows.turn[order]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(turn) != 1) | (np.diff(origin) != 0)
    starts = np.flatnonzero(new)
    if not len(starts):
        nothing = np.empty(0, np.int64)
        return Stretches(rows.flaw, origin, nothing, nothing, nothing, nothing, nothing, np.empty(0, bool))
    shown, true, opens = rows.shown[order], rows.true[order], rows.opens[order]
    true_first = np.minimum.reduceat(true, starts)
    by_time = np.argsort(true_first, kind="stable")
    return Stretches(
        flaw=rows.flaw,
        origin=origin[starts][by_time],
        first=np.minimum.reduceat(shown, starts)[by_time],
        last=np.maximum.reduceat(shown, starts)[by_time],
        true_first=true_first[by_time],
        true_last=np.maximum.reduceat(true, starts)[by_time],
        samples=np.diff(np.append(starts, len(order)))[by_time],
        opens=np.logical_and.reduceat(opens, starts)[by_time],
    )


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What of the answer, the set-up and the sides tells pitfalls apart.

    Attributes
    ----------
    merges : bool or None
        Whether the secondary is set up to merge the primary's samples; None where it could not be asked.
    is_refused, is_cut, is_empty : bool
        Of the answer: none at all, broken off, without any sample.
    view_last : int, ns
        Newest stamp of the answer.
    misdates : bool
        Whether samples of the answer are misdated.
    has_own : bool
        Whether the secondary stores samples in the range, or before it.
    types_differ, is_unsafe : bool
    heard_last, own_first, own_last : int or None, ns
        Of samples that only one side has: the primary's newest that came; the secondary's oldest that came though it is
        not younger than the primary's last, and its newest that came.
    primary_last : int, ns
    last_millisecond : int, ns
        Start of the one in which the range ends, if it ends inside one; else its end.
    second_year : int, ns
        The first New Year after the range's start.
    stores : tuple of str
        Schemes of the secondary's stores, the youngest first; empty where not known.
    """

    merges: bool | None
    is_refused: bool
    is_cut: bool
    is_empty: bool
    view_last: int
    misdates: bool
    has_own: bool
    types_differ: bool
    is_unsafe: bool
    heard_last: int | None
    own_first: int | None
    own_last: int | None
    primary_last: int
    last_millisecond: int
    second_year: int
    stores: tuple[str, ...]

    @classmethod
    def of(cls, evidence: Evidence, answer: ViewAnswer, merges: bool | None, *, misdates: bool) -> Situation:
        """Return what an answer and both readings tell."""
        mine, theirs = evidence.primary.reading, evidence.secondary.reading
        came = np.unique(answer.time)
        last = int(mine.samples.time.max(initial=np.iinfo(np.int64).min))
        heard = _only(mine.samples.time, theirs.samples.time, came)
        own = _only(theirs.samples.time, mine.samples.time, came)
        early = own[own <= last]
        info, end = evidence.secondary.type_info, evidence.asked.end
        return cls(
            merges=merges,
            is_refused=answer.is_refused,
            is_cut=answer.is_cut,
            is_empty=not len(answer.time),
            view_last=int(answer.time.max(initial=np.iinfo(np.int64).min)),
            misdates=misdates,
            has_own=len(theirs.samples) + len(theirs.before) > 0,
            types_differ=mine.samples.dbr_type is not theirs.samples.dbr_type,
            is_unsafe=not _UNSAFE.isdisjoint(evidence.pv),
            heard_last=int(heard[-1]) if len(heard) else None,
            own_first=int(early[0]) if len(early) else None,
            own_last=int(own[-1]) if len(own) else None,
            primary_last=last,
            last_millisecond=end - end % _NS_PER_MS,
            second_year=start_of_year(year_of(evidence.asked.start) + 1),
            stores=tuple(store.scheme for store in info.stores) if info else (),
        )


def _only(
    side: npt.NDArray[np.int64], other: npt.NDArray[np.int64], came: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the stamps that only one side has and that came, sorted."""
    return np.intersect1d(np.setdiff1d(side, other), came)


class Rule(NamedTuple):
    """One row of the table.

    Attributes
    ----------
    pitfall : Pitfall
    flaws : tuple of Flaw
    origins : tuple of int
        `Origin` of the samples concerned.
    fits : callable
        Returns which of the stretches, bool, (n,), or whether all of them.
    """

    pitfall: Pitfall
    flaws: tuple[Flaw, ...]
    origins: tuple[int, ...]
    fits: Callable[[Situation, Stretches], _Bools | bool]


_LACKS = (Flaw.LACKS,)
_P, _S = (int(Origin.PRIMARY),), (int(Origin.SECONDARY),)
_ANY = (-1, *map(int, Origin))

#: The first row that fits is told.
RULES: tuple[Rule, ...] = (
    Rule(Pitfall.NO_PROXY, _LACKS, _P, lambda now, _: now.merges is False),
    Rule(Pitfall.NOT_KNOWN, _LACKS, _ANY, lambda now, _: now.is_refused),
    Rule(Pitfall.BROKEN_OFF, _LACKS, _ANY, lambda now, them: now.is_cut & (them.first > now.view_last)),
    Rule(Pitfall.BEYOND_FILES, _LACKS, _P, lambda now, _: now.is_empty and not now.has_own),
    Rule(Pitfall.MIXED_TYPES, (Flaw.LACKS, Flaw.ALTERS), _ANY, lambda now, _: now.types_differ),
    Rule(Pitfall.UNSAFE_NAME, _LACKS, _P, lambda now, _: now.is_unsafe and now.heard_last is None),
    Rule(Pitfall.CUT_TO_MILLISECONDS, _LACKS, _P, lambda now, them: them.first >= now.last_millisecond),
    Rule(Pitfall.NOT_HEARD, _LACKS, _P, lambda now, _: now.heard_last is None),
    Rule(Pitfall.PARTNER_CUT, _LACKS, _P, lambda now, them: them.first > (now.heard_last or 0)),
    Rule(Pitfall.NEW_YEAR, _LACKS, _S, lambda now, them: now.misdates & (them.first >= now.second_year)),
    Rule(
        Pitfall.BLACK_HOLE,
        _LACKS,
        _S,
        lambda now, them: (
            (now.stores[-1:] == ("blackhole",) and now.own_first is None) & (them.last <= now.primary_last)
        ),
    ),
    Rule(Pitfall.YOUNGER_STORES, _LACKS, _S, lambda now, them: (len(now.stores) > 1) & (them.last <= now.primary_last)),
    Rule(Pitfall.NEW_YEAR, _LACKS, _S, lambda now, them: them.first >= now.second_year),
    Rule(Pitfall.EMPTY_FILE, _LACKS, _S, lambda now, them: now.own_last is None or them.first > now.own_last),
    Rule(Pitfall.NEW_YEAR, (Flaw.MISDATES,), _ANY, lambda *_: True),
    Rule(Pitfall.NEW_YEAR, (Flaw.DISORDERS,), _ANY, lambda now, them: them.last >= now.second_year),
    Rule(Pitfall.LOOK_BACK, (Flaw.REPEATS,), _ANY, lambda _, them: them.opens | (them.origin == -1)),
    Rule(Pitfall.OWN_WINS, (Flaw.PREFERS,), _ANY, lambda *_: True),
)
