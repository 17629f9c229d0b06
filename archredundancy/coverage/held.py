"""For how long an archive shows a wrong value: what ranks PVs by harm."""

from __future__ import annotations

import numpy as np

from archredundancy.merge import Merged, Origin
from archredundancy.model import Reading, equal_values, take_values
from archredundancy.segments import Segments

__all__ = ["wrong_stretches"]


def wrong_stretches(own: Reading, union: Merged, other_only: Origin, known: Segments) -> Segments:
    """Return where the value held by one side differs from that of the union.

    A sample holds until the next one. Only samples that this side lacks can make it wrong, each until the union's
    next sample; where this side holds no value yet, it differs.

    Parameters
    ----------
    own : Reading
    union : Merged
    other_only : Origin
        Origin of the samples that this side lacks.
    known : Segments
        Where this side can vouch; elsewhere nothing is called wrong.
    """
    rows = np.flatnonzero(union.origin == other_only)
    stamps = union.samples.time
    if not len(rows):
        return Segments.empty()
    until = np.append(stamps[1:], own.asked.end)[rows]
    ordered = own.samples.in_order()
    held = np.searchsorted(ordered.time, stamps[rows], side="right") - 1
    wrong = np.ones(len(rows), bool)
    for samples, chosen, at in ((ordered, held >= 0, held), (own.before, held < 0, held * 0)):
        if len(samples):
            right = equal_values(take_values(union.samples.value, rows[chosen]), take_values(samples.value, at[chosen]))
            wrong[chosen] = ~right
    return Segments.from_arrays(stamps[rows][wrong], until[wrong]) & known
