"""Putting one side in order, and what had to be done for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from archredundancy.model import Extras, Samples

__all__ = ["Disorder", "Irregularities", "put_in_order"]


@dataclass(frozen=True, kw_only=True)
class Irregularities:
    """What was wrong with the order of one side's samples.

    Attributes
    ----------
    out_of_order : int
        Samples stored after a later one; they were moved to their place.
    repeated : int
        Samples whose instant an earlier row already has; the first in stored order was kept.
    repeated_different : int
        Those of `repeated` that differ from the kept one in value, severity or status.
    """

    out_of_order: int = 0
    repeated: int = 0
    repeated_different: int = 0

    def __bool__(self) -> bool:
        return bool(self.out_of_order or self.repeated)


@dataclass(frozen=True, kw_only=True)
class Disorder:
    """Irregularities of both sides; false when there are none.

    Attributes
    ----------
    primary, secondary : Irregularities
    """

    primary: Irregularities = field(default_factory=Irregularities)
    secondary: Irregularities = field(default_factory=Irregularities)

    def __bool__(self) -> bool:
        return bool(self.primary or self.secondary)


def put_in_order(samples: Samples) -> tuple[Samples, Irregularities]:
    """Return the samples with strictly increasing times, and what that took.

    Equal instants keep their stored order, and the first of them is kept. Cost: one look at the times where they are in
    order, as they nearly always are; else a sort and a copy.
    """
    if samples.is_ordered:
        return samples, Irregularities()
    ordered = samples.in_order()
    fresh = np.ones(len(ordered), bool)
    fresh[1:] = ordered.time[1:] != ordered.time[:-1]
    repeats = np.flatnonzero(~fresh)
    first_of_each = np.flatnonzero(fresh)
    kept = first_of_each[np.cumsum(fresh)[repeats] - 1]
    bare = replace(ordered, extras=Extras.build())
    return ordered.take(first_of_each), Irregularities(
        out_of_order=int(np.sum(samples.time < np.maximum.accumulate(samples.time))),
        repeated=len(repeats),
        repeated_different=int(np.sum(~bare.take(repeats).same_payload(bare.take(kept)))),
    )
