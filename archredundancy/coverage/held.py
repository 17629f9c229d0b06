"""For how long an archive shows a wrong value: what ranks PVs by harm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from archredundancy.merge import Merged
from archredundancy.model import Reading, equal_values, take_values
from archredundancy.segments import Segments

__all__ = ["wrong_stretches"]


def wrong_stretches(own: Reading, union: Merged, rows: npt.NDArray[np.intp], known: Segments) -> Segments:
    """Return where the value held by one side differs from that of the union.

    A sample holds until the next one. Only samples that this side lost can make it wrong, each until the union's next
    sample; where this side holds no value yet, it differs.

    Parameters
    ----------
    own : Reading
    union : Merged
    rows : intp, (k,)
        Rows of the union that this side lost.
    known : Segments
        Where this side can vouch; elsewhere nothing is called wrong.

    Notes
    -----
    Cost: passes over the samples lost, and a search for each.
    """
    if not len(rows):
        return Segments.empty()
    stamps = union.samples.time
    moment = stamps[rows]
    until = np.where(rows + 1 < len(stamps), stamps[np.minimum(rows + 1, len(stamps) - 1)], own.asked.end)
    ordered = own.samples.in_order()
    held = np.searchsorted(ordered.time, moment, side="right") - 1
    wrong = np.ones(len(rows), bool)
    for samples, chosen, at in ((ordered, held >= 0, held), (own.before, held < 0, held * 0)):
        if len(samples):
            right = equal_values(take_values(union.samples.value, rows[chosen]), take_values(samples.value, at[chosen]))
            wrong[chosen] = ~right
    return Segments.from_arrays(moment[wrong], until[wrong]) & known
