"""`Forecast`: what `mergeInData` makes of each sample.

The rules are those of `MergeInDataFromExternalStore` and `PlainStoragePlugin.convert`, as seen on real clusters:

- only partitions with a file are looked at, and none is created;
- a file is rewritten if `ncount` of the other is not 0 over `[start, last_read]` of the partition, where samples count
  whose *milliseconds* lie within; else it is left alone;
- a rewritten file has the samples of both sides in `[start, last_read]`, the primary's where both have one. Its own
  samples in the open last second, after `last_read`, are gone.

A PV that gains nothing is not merged, so nothing of it is rewritten. With `rebuild` none of these rules holds: all of
the PV's files are written anew, each sample as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from archredundancy.merge import Merged, Origin, unite
from archredundancy.model import Granularity, MergeEvidence
from archredundancy.plan.forecast.slots import Slots
from archredundancy.plan.terms import Terms

__all__ = ["REASONS", "Forecast", "NotFillable", "forecast"]

_Mask = npt.NDArray[np.bool_]
_Rows = npt.NDArray[np.int64]

_NS_PER_MILLISECOND: Final = 1_000_000


class NotFillable(StrEnum):
    """Why a sample that only the secondary has will not arrive; the first reason that applies counts."""

    AFTER_HORIZON = "after horizon"
    NOT_WANTED = "outside window or excluded"
    NO_FILE = "no partition file"
    LAST_SECOND = "last second"


REASONS: Final = tuple(NotFillable)
_NONE: Final = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Forecast:
    """Each sample of both sides and each partition, and what becomes of it.

    Attributes
    ----------
    union : Merged
        Both sides' samples, n of them.
    slots : Slots
        Partitions with a sample or a file, m of them.
    slot : int64, (n,)
        Partition of each sample.
    exists, rewritten : bool, (m,)
        Whether a partition has a file once the primary is consolidated, and whether the merge rewrites it.
    settled : bool, (n,)
        Before the horizon.
    in_place : bool
        Whether files are rewritten by `mergeInData`.
    promised : bool, (n,)
        Only the secondary has the sample, and the merge shall add it.
    lost : bool, (n,)
        The primary has the sample, and the merge destroys it.
    reason : int8, (n,)
        Why a sample of the secondary will not arrive, an index of `REASONS`; -1 for all others.
    """

    union: Merged
    slots: Slots
    slot: _Rows
    exists: _Mask
    rewritten: _Mask
    settled: _Mask
    in_place: bool
    promised: _Mask
    lost: _Mask
    reason: npt.NDArray[np.int8]

    @property
    def is_primary(self) -> _Mask:
        """Whether the primary has the sample, bool, (n,)."""
        is_primary: _Mask = self.union.origin != Origin.SECONDARY
        return is_primary

    @property
    def remains(self) -> _Mask:
        """Whether the primary will have the sample, bool, (n,)."""
        return (self.is_primary & ~self.lost) | self.promised

    @property
    def passes(self) -> _Mask:
        """Whether the sample is written anew: it will be in a file that is rewritten, bool, (n,)."""
        return self.remains & self.rewritten[self.slot]

    @property
    def stripped(self) -> _Mask:
        """Whether the sample is written anew by `mergeInData`, which drops attributes, bool, (n,)."""
        return self.passes & self.in_place

    def count(self, samples: _Mask) -> npt.NDArray[np.int64]:
        """Return how many of the chosen samples each partition has, int64, (m,)."""
        return self.slots.count(self.slot[samples])

    def count_reason(self, reason: NotFillable) -> int:
        """Return how many samples will not arrive for this reason."""
        return int(np.count_nonzero(self.reason == REASONS.index(reason)))


def forecast(evidence: MergeEvidence, terms: Terms, granularity: Granularity) -> Forecast:
    """Return what a merge on these terms would do.

    Parameters
    ----------
    evidence : MergeEvidence
        Of samples of one type.
    terms : Terms
    granularity : Granularity
        Of the primary's store.

    Raises
    ------
    InputError
        If the sides hold samples of different types, or a name in `empty_files` is no partition.

    Notes
    -----
    Cost: one union of both sides, and some passes over it.
    """
    sides = evidence.evidence
    union = unite(sides.primary.reading.samples, sides.secondary.reading.samples)
    time, is_primary = union.samples.time, union.origin != Origin.SECONDARY
    slots = Slots.of(time, granularity, evidence.empty_files)
    slot = slots.index(time)
    exists = (slots.count(slot[is_primary]) > 0) | slots.named(evidence.empty_files)
    is_read = time <= slots.last_read[slot]
    settled = time < terms.horizon
    in_place = terms.strategy.is_in_place
    reason = np.select(
        [is_primary, ~settled, ~_wanted(time, terms), in_place & ~exists[slot], in_place & ~is_read],
        [_NONE, *(REASONS.index(why) for why in NotFillable)],
        default=_NONE,
    ).astype(np.int8)
    promised = ~is_primary & (reason == _NONE)
    # `ncount` looks at milliseconds: a sample less than one after `last_read` counts, though it will not be taken.
    counted = promised
    if not terms.strategy.is_served:
        counted = (union.origin != Origin.PRIMARY) & (time < slots.last_read[slot] + _NS_PER_MILLISECOND)
    receives = slots.count(slot[counted]) > 0
    rewritten = (exists & receives if in_place else exists | receives) & bool(promised.any())
    return Forecast(
        union=union,
        slots=slots,
        slot=slot,
        exists=exists,
        rewritten=rewritten,
        settled=settled,
        in_place=in_place,
        promised=promised,
        lost=in_place & is_primary & ~is_read & rewritten[slot],
        reason=reason,
    )


def _wanted(time: _Rows, terms: Terms) -> _Mask:
    """Return for each of some ordered times whether it may be merged."""
    if not len(time):
        return np.empty(0, bool)
    return terms.wanted(int(time[0]), int(time[-1]) + 1).contains(time)
