"""What the chunks of an answer prove about the files behind it: a raw answer has one chunk for each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from archredundancy.errors import CommitError
from archredundancy.model import ChunkSummary, Granularity, Partition
from archredundancy.plan import PVPlan

__all__ = ["granularity_of", "not_consolidated"]


def granularity_of(plan: PVPlan) -> Granularity:
    """Return the granularity of the store that a PV is to be merged into.

    Raises
    ------
    CommitError
        If the plan does not know it.
    """
    if plan.granularity is None:
        raise CommitError(f"the plan of {plan.pv} has no store to merge into; see its hazards")
    return plan.granularity


def not_consolidated(layout: Iterable[ChunkSummary], granularity: Granularity) -> list[str]:
    """Return the partitions of which more than one file holds samples, so that not all are in the coarsest store.

    Parameters
    ----------
    layout : iterable of ChunkSummary
        Of a reading of the whole history, in order of time.
    granularity : Granularity
        Of the store that all samples should be in.

    Returns
    -------
    list of str
        Names, in order; empty for a consolidated PV.

    Notes
    -----
    A single file of a younger store in a partition of its own cannot be told from one of the right store. It does no
    harm: a merge makes no file, so what it adds is older than that partition.
    """
    files: Counter[str] = Counter()
    newest: int | None = None
    for chunk in layout:
        if chunk.first is None or chunk.last is None or (newest is not None and chunk.last <= newest):
            continue  # no samples, or only those that an answer owes from before its start
        first, last = (Partition.holding(moment, granularity).name for moment in (chunk.first, chunk.last))
        # A chunk that begins with a sample seen before goes on with the file of that one, in the next window's answer.
        names = {first, last} if newest is None or chunk.first > newest else {last} - {first}
        files.update(names)
        newest = chunk.last
    return sorted(name for name, count in files.items() if count > 1)
