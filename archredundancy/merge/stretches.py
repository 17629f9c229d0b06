"""Cutting two ordered time axes into stretches that can each be copied in one go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from archredundancy.model import is_increasing

__all__ = ["OutOfOrder", "Pattern", "Stretch", "find_stretches"]

_Times = npt.NDArray[np.int64]

#: Runs are looked for one by one only while they are longer than this on average; below, weaving row by row is faster.
_SHORT_RUN = 256
#: How many runs a window may have before the average counts.
_TRIAL_RUNS = 8
#: Rows that are compared first where sides seem to differ; twice as many each time that all are the same.
_FIRST_LOOK = 1024


class OutOfOrder(Exception):
    """Times do not strictly increase; the stretches so far are worth nothing."""


class Pattern(Enum):
    """How the instants of the two sides lie in a stretch."""

    PRIMARY_ONLY = "primary only"
    SECONDARY_ONLY = "secondary only"
    SAME = "same instants on both sides"
    WOVEN = "any mixture"


@dataclass(frozen=True)
class Stretch:
    """Rows `primary[p_start:p_stop]` and `secondary[s_start:s_stop]`, which fill one stretch of the union.

    Attributes
    ----------
    pattern : Pattern
    p_start, p_stop, s_start, s_stop : int
        Stretches follow each other: each starts in the rows where the last one stopped.
    """

    pattern: Pattern
    p_start: int
    p_stop: int
    s_start: int
    s_stop: int


def find_stretches(primary: _Times, secondary: _Times, window: int) -> Iterator[Stretch]:
    """Cut two strictly increasing axes into stretches, in order of time.

    Parameters
    ----------
    primary, secondary : int64, (n,) and (m,), ns
    window : int
        Most rows of each side in a stretch with rows of both.

    Yields
    ------
    Stretch
        Cost: two comparisons for each row where the sides agree, and a few searches for each change.

    Raises
    ------
    OutOfOrder
        When it comes to a time that is not later than the one before it.
    """
    i = j = 0
    while i < len(primary) and j < len(secondary):
        i_stop, j_stop = min(i + window, len(primary)), min(j + window, len(secondary))
        _refuse_disorder(primary, i, i_stop)
        if _are_same(primary[i:i_stop], secondary[j:j_stop]):
            _refuse_disorder(secondary, j, j + 1)  # the rest is as on the other side
            yield Stretch(Pattern.SAME, i, i_stop, j, j_stop)
        else:
            _refuse_disorder(secondary, j, j_stop)
            # Cut at the earlier of the two ends, so that no instant of the window can turn up again later.
            last = min(primary[i_stop - 1], secondary[j_stop - 1])
            i_stop = i + int(np.searchsorted(primary[i:i_stop], last, "right"))
            j_stop = j + int(np.searchsorted(secondary[j:j_stop], last, "right"))
            yield from _within(primary[:i_stop], secondary[:j_stop], i, j)
        i, j = i_stop, j_stop
    _refuse_disorder(primary, i, len(primary))
    _refuse_disorder(secondary, j, len(secondary))
    yield from _ends(len(primary), len(secondary), i, j)


def _refuse_disorder(times: _Times, start: int, stop: int) -> None:
    """Look at rows `start` to `stop`, and at the one before them.

    Raises
    ------
    OutOfOrder
        If their times do not strictly increase.
    """
    if not is_increasing(times[max(start - 1, 0) : stop]):
        raise OutOfOrder


def _within(primary: _Times, secondary: _Times, i: int, j: int) -> Iterator[Stretch]:
    """Yield the stretches of a window that starts at rows `i` and `j` and ends with the arrays."""
    start, runs = i + j, 0
    while i < len(primary) and j < len(secondary):
        if runs >= _TRIAL_RUNS and i + j - start < runs * _SHORT_RUN:
            yield Stretch(Pattern.WOVEN, i, len(primary), j, len(secondary))
            return
        if same := _count_same(primary[i:], secondary[j:]):
            yield Stretch(Pattern.SAME, i, i + same, j, j + same)
            i, j = i + same, j + same
        else:
            i_stop = i + int(np.searchsorted(primary[i:], secondary[j]))
            j_stop = j + int(np.searchsorted(secondary[j:], primary[i]))
            yield from _ends(i_stop, j_stop, i, j)
            i, j = i_stop, j_stop
        runs += 1
    yield from _ends(len(primary), len(secondary), i, j)


def _ends(i_stop: int, j_stop: int, i: int, j: int) -> Iterator[Stretch]:
    """Yield the rows left, of which one side has none."""
    if i < i_stop:
        yield Stretch(Pattern.PRIMARY_ONLY, i, i_stop, j, j)
    if j < j_stop:
        yield Stretch(Pattern.SECONDARY_ONLY, i, i, j, j_stop)


def _are_same(mine: _Times, theirs: _Times) -> bool:
    """Return whether all instants are the same; a look at the last one mostly tells that they are not."""
    return len(mine) == len(theirs) and mine[-1] == theirs[-1] and bool((mine == theirs).all())


def _count_same(mine: _Times, theirs: _Times) -> int:
    """Return how many instants are the same before the first that differs. Cost: some three times their number."""
    start, stop, end = 0, _FIRST_LOOK, min(len(mine), len(theirs))
    while start < end:
        same = mine[start : min(stop, end)] == theirs[start : min(stop, end)]
        if not same.all():
            return start + int(np.argmin(same))
        start, stop = stop, 2 * stop
    return end
