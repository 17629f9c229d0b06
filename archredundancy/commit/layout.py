"""What the chunks of an answer tell about the files behind it: a raw answer has one chunk for each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

from archredundancy.errors import CommitError
from archredundancy.model import ChunkSummary, Granularity, Partition, StoreUrl
from archredundancy.plan import PVPlan

__all__ = ["granularity_of", "not_consolidated", "perhaps_younger"]


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


def perhaps_younger(
    layout: Iterable[ChunkSummary], stores: Sequence[StoreUrl], storage: str, now: int
) -> list[ChunkSummary]:
    """Return the chunks that may be files of a store younger than the one that all samples should be in.

    Parameters
    ----------
    layout : iterable of ChunkSummary
    stores : sequence of StoreUrl
        Of the PV, youngest first.
    storage : str
        Name of the store that all samples should be in.
    now : int, ns since 1970 UTC

    Returns
    -------
    list of ChunkSummary
        Those within one partition of a younger store, and not older than it keeps any, with two partitions to spare.

    Notes
    -----
    Where moving between the stores has failed for long, a younger one has more; what shares a partition with another
    file is then found by `not_consolidated`.
    """
    younger = [store for store in takewhile(lambda store: store.name != storage, stores) if store.granularity]
    return [chunk for chunk in layout if any(_may_be_of(chunk, store, now) for store in younger)]


def _may_be_of(chunk: ChunkSummary, store: StoreUrl, now: int) -> bool:
    if chunk.first is None or chunk.last is None or store.granularity is None:
        return False
    kept = now - (store.hold + 2) * store.granularity.approximate_ns
    return chunk.last >= kept and chunk.last < Partition.holding(chunk.first, store.granularity).end
