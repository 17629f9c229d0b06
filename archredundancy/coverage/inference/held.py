"""For how long an archive shows a wrong value: what ranks PVs by harm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from archredundancy.merge import Merged
from archredundancy.model import Reading, Samples, equal_values, take_values
from archredundancy.segments import Segments

__all__ = ["wrong_stretches"]


def wrong_stretches(
    own: Reading, lost_before: Samples, union: Merged, rows: npt.NDArray[np.intp], known: Segments
) -> Segments:
    """Return where the value held by one side differs from that of the union.

    A sample holds until the next one. Only samples that this side lost can make it wrong, each until the union's next
    sample; where this side holds no value yet, it differs. What could not be read of it may well be there, and makes
    nothing wrong later.

    Parameters
    ----------
    own : Reading
    lost_before : Samples
        The sample before the range that this side lost and the other one has; or none.
    union : Merged
    rows : intp, (k,)
        Rows of the union that this side lost.
    known : Segments
        Where this side can vouch; elsewhere nothing is called wrong.

    Notes
    -----
    Cost: passes over the samples lost, and a search for each.
    """
    stamps = union.samples.time
    rows = rows[own.known.contains(stamps[rows])]
    moment = stamps[rows]
    until = np.where(rows + 1 < len(stamps), stamps[np.minimum(rows + 1, len(stamps) - 1)], own.asked.end)
    ordered = own.samples.in_order()
    held = np.searchsorted(ordered.time, moment, side="right") - 1
    wrong = np.ones(len(rows), bool)
    for samples, chosen, at in ((ordered, held >= 0, held), (own.before, held < 0, held * 0)):
        if len(samples):
            right = equal_values(take_values(union.samples.value, rows[chosen]), take_values(samples.value, at[chosen]))
            wrong[chosen] = ~right
    return (Segments.from_arrays(moment[wrong], until[wrong]) | _from_the_start(own, lost_before, union)) & known


def _from_the_start(own: Reading, lost_before: Samples, union: Merged) -> Segments:
    """Return from the start of the range to the union's first sample, if the value held there is wrong."""
    if not len(lost_before) or (len(own.before) and equal_values(own.before.value, lost_before.value).all()):
        return Segments.empty()
    until = int(union.samples.time[0]) if len(union.samples) else own.asked.end
    return Segments.of((own.asked.start, until))
