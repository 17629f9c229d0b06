"""What a rebuild costs, and what it cannot be done with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archredundancy.model import StoreUrl
from archredundancy.plan.forecast.partition_plan import Totals
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal, warning
from archredundancy.plan.terms import Root, Terms

__all__ = ["hazards_of_rebuild"]

_AFTERWARDS: Final = {
    Root.NEW: "Afterwards its files lie in a new folder, and the old ones stay where they are.",
    Root.SAME: "Its old files are moved to another folder first, and stay there.",
}


def hazards_of_rebuild(store: StoreUrl, terms: Terms, totals: Totals) -> Iterator[Hazard]:
    """Yield what has to be known of a rebuild before it is approved; nothing with other strategies.

    Parameters
    ----------
    store : StoreUrl
        The primary's, which is rebuilt.
    terms : Terms
    totals : Totals
        Of the PV.
    """
    if terms.root is None:
        return
    if not store.root_folder:
        found = f"The URL of the store {store.name!r} names no folder (rootFolder)."
        yield refusal(HazardKind.WRONG_STORE, found, "Give the store a rootFolder, or plan with 'relay'.")
    size = f"about {totals.estimated_bytes >> 20:,} MiB" if totals.estimated_bytes >> 20 else "less than 1 MiB"
    found = (
        f"All of the PV's history, {size}, goes through our server and lies on the primary's disk twice; while that "
        f"lasts the primary answers incompletely. {_AFTERWARDS[terms.root]}"
    )
    remedy = "Have the disk free, warn those who read the PV, and keep the old files: a rollback goes back to them."
    yield warning(HazardKind.REBUILD_COSTS, found, remedy)
