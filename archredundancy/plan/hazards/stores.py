"""What is wrong with the stores a merge goes through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archredundancy.display.texts import plural
from archredundancy.model import MergeEvidence, SideEvidence, StoreUrl, format_time
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal, warning

__all__ = ["hazards_of_stores", "target_store"]

_CHOOSE = "Plan again with the name of the primary's last store of PB files."


def target_store(evidence: MergeEvidence) -> StoreUrl | None:
    """Return the store to merge into, or None if it is not known or not fit: the primary's last one with PB files."""
    stores = _stores(evidence.evidence.primary)
    named = [store for store in stores if store.name == evidence.storage]
    files = [store for store in stores if store.scheme == "pb"]
    return named[0] if named and named == files[-1:] and named[0].granularity is not None else None


def hazards_of_stores(evidence: MergeEvidence) -> Iterator[Hazard]:
    """Yield what is wrong with the stores of either side."""
    yield from _unfit(evidence)
    yield from _reduced("primary", evidence.evidence.primary)
    yield from _reduced("secondary", evidence.evidence.secondary)
    yield from _caches(target_store(evidence))
    yield from _hidden(evidence)


def _stores(side: SideEvidence) -> Sequence[StoreUrl]:
    return side.type_info.stores if side.type_info else ()


def _unfit(evidence: MergeEvidence) -> Iterator[Hazard]:
    """Yield why a merge into the named store would do nothing, or harm; the appliance says "ok" to most of it."""
    stores, storage = _stores(evidence.evidence.primary), evidence.storage
    named = [store for store in stores if store.name == storage]
    if not stores:
        found = "The stores of the primary are not known."
        remedy = "Let its management interface be asked, and see to it that it archives this PV."
        yield refusal(HazardKind.WRONG_STORE, found, remedy)
    elif any(store.scheme == "blackhole" for store in named):
        yield refusal(HazardKind.BLACK_HOLE, f"The store {storage!r} is a black hole.", _CHOOSE)
    elif len(named) > 1:
        found = f"The primary has {len(named)} stores named {storage!r}, and would merge into each."
        yield refusal(HazardKind.WRONG_STORE, found, "Give its stores names of their own.")
    elif target_store(evidence) is None:
        names = ", ".join(f"{store.name} ({store.scheme})" for store in stores)
        found = f"{storage!r} is not the primary's last store of PB files with partitions; its stores are {names}."
        yield refusal(HazardKind.WRONG_STORE, found, _CHOOSE)
    else:
        yield from _not_last(stores, named[0])


def _not_last(stores: Sequence[StoreUrl], target: StoreUrl) -> Iterator[Hazard]:
    """Yield stores behind the one merged into that keep samples, and roots of which nobody has seen a merge."""
    behind = [store for store in stores[stores.index(target) + 1 :] if store.scheme != "blackhole"]
    if behind:
        names = ", ".join(f"{store.name!r} ({store.scheme})" for store in behind)
        found = f"Samples go on from {target.name!r} into {names}, where mergeInData does not look."
        remedy = "What the secondary has of that time would not arrive: this PV can only be merged into files of PB."
        yield refusal(HazardKind.WRONG_STORE, found, remedy)
    if "://" in target.root_folder:
        found = f"The store {target.name!r} packs its files: {target.root_folder.partition('://')[0]}."
        remedy = "No merge into packed files was ever seen: this PV cannot be merged."
        yield refusal(HazardKind.WRONG_STORE, found, remedy)


def _reduced(cluster: str, side: SideEvidence) -> Iterator[Hazard]:
    for store in _stores(side):
        for reduction in store.values_of("reducedata"):
            found = f"The store {store.name!r} of the {cluster} keeps only {reduction!r} of the samples."
            remedy = "Such a PV cannot be merged: what is stored is not what was recorded."
            yield refusal(HazardKind.REDUCED_STORE, found, remedy)


def _caches(store: StoreUrl | None) -> Iterator[Hazard]:
    processors = store.values_of("pp") if store else ()
    if store and processors:
        found = (
            f"The store {store.name!r} keeps {', '.join(processors)} of this PV, which a merge spoils or leaves stale."
        )
        remedy = "Delete these files afterwards, or do not ask for these operators at merged times."
        yield warning(HazardKind.CACHES, found, remedy)


def _hidden(evidence: MergeEvidence) -> Iterator[Hazard]:
    hidden = evidence.hidden
    if hidden is not None and len(hidden):
        span = f"{format_time(int(hidden.time[0]))} .. {format_time(int(hidden.time[-1]))}"
        found = (
            f"The primary stores {plural(len(hidden), 'sample')}, of {span}, that it does not show: in a younger "
            "store, behind newer ones of an older store."
        )
        remedy = "Each merge begins by consolidating, which deletes them: have that file moved away, and plan again."
        yield refusal(HazardKind.HIDDEN, found, remedy)
