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
        Of a reading of the whole history, in order of time.
    stores : sequence of StoreUrl
        Of the PV, youngest first.
    storage : str
        Name of the store that all samples should be in.
    now : int, ns since 1970 UTC

    Returns
    -------
    list of ChunkSummary
        Those within one partition of a younger store: that it should still keep by its age, with two partitions to
        spare; and, where its partitions are finer, also older ones, since moving between the stores may have failed for
        long. A chunk that is in no younger store ends those: what a younger one has from before it is not shown.

    Notes
    -----
    Where partitions are equal, a file of the one store cannot be told from one of the other, and older ones that were
    left in the younger one are not found: all of the history would have to be taken for them.
    """
    younger = [store for store in takewhile(lambda store: store.name != storage, stores) if store.granularity]
    coarsest = next((store.granularity for store in stores if store.name == storage), None)
    found, is_left_behind = [], True
    for chunk in reversed([chunk for chunk in layout if chunk.first is not None]):
        fitting = [store for store in younger if _fits(chunk, store)]
        is_left_behind = is_left_behind and bool(fitting)
        if any(_keeps(store, chunk, now) or (is_left_behind and _is_finer(store, coarsest)) for store in fitting):
            found.append(chunk)
    return found[::-1]


def _fits(chunk: ChunkSummary, store: StoreUrl) -> bool:
    """Return whether a chunk is within one partition of a store."""
    if chunk.first is None or chunk.last is None or store.granularity is None:
        return False
    return chunk.last < Partition.holding(chunk.first, store.granularity).end


def _keeps(store: StoreUrl, chunk: ChunkSummary, now: int) -> bool:
    """Return whether a store should still keep a chunk, with two partitions to spare."""
    if chunk.last is None or store.granularity is None:
        return False
    return chunk.last >= now - (store.hold + 2) * store.granularity.approximate_ns


def _is_finer(store: StoreUrl, granularity: Granularity | None) -> bool:
    if store.granularity is None or granularity is None:
        return False
    return store.granularity.approximate_ns < granularity.approximate_ns
