"""What is planned for one PV, apart from what only the whole plan shows."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.model import MergeEvidence, StoreUrl, TypeInfo, chunk_key
from archredundancy.plan.forecast.forecast import NotFillable, forecast
from archredundancy.plan.forecast.partition_plan import PartitionPlan, Totals
from archredundancy.plan.forecast.pause_hole import PauseHole, holes_of
from archredundancy.plan.forecast.tally import tally
from archredundancy.plan.hazards.data import hazards_of_data
from archredundancy.plan.hazards.flags import hazards_of_flags
from archredundancy.plan.hazards.hazard import Hazard, worth_telling
from archredundancy.plan.hazards.outcome import hazards_of_outcome
from archredundancy.plan.hazards.reading import hazards_of_reading
from archredundancy.plan.hazards.rebuild import hazards_of_rebuild
from archredundancy.plan.hazards.runs import hazards_of_runs
from archredundancy.plan.hazards.setup import hazards_of_setup
from archredundancy.plan.hazards.stores import hazards_of_stores, target_store
from archredundancy.plan.hazards.types import hazards_of_types, types_agree
from archredundancy.plan.hazards.union import hazards_of_union
from archredundancy.plan.pv_plan import PVPlan
from archredundancy.plan.terms import Terms

__all__ = ["plan_pv"]


@dataclass(frozen=True, kw_only=True)
class _Foretold:
    """What a merge does to the samples of a PV, and what is to be said of that.

    Attributes
    ----------
    partitions : tuple of PartitionPlan
    after_horizon : int
        Samples that only the secondary has, and that are too young to be promised.
    pause_holes : tuple of PauseHole
    hazards : tuple of Hazard
    """

    partitions: tuple[PartitionPlan, ...] = ()
    after_horizon: int = 0
    pause_holes: tuple[PauseHole, ...] = ()
    hazards: tuple[Hazard, ...] = ()

    @property
    def totals(self) -> Totals:
        """Sums over the partitions."""
        return Totals.of(self.partitions)


def plan_pv(evidence: MergeEvidence, terms: Terms) -> PVPlan:
    """Return what is planned for one PV, apart from the hazards that only the whole plan shows; see `assemble`.

    Parameters
    ----------
    evidence : MergeEvidence
    terms : Terms
    """
    sides, store = evidence.evidence, target_store(evidence)
    foretold = _foretell(evidence, terms, store)
    hazards = [
        *hazards_of_runs(evidence),
        *hazards_of_setup(evidence, terms),
        *hazards_of_stores(evidence),
        *hazards_of_flags(evidence),
        *hazards_of_types(evidence, terms),
        *foretold.hazards,
    ]
    infos = (sides.primary.type_info, sides.secondary.type_info)
    return PVPlan(
        pv=sides.pv,
        storage=evidence.storage,
        granularity=store.granularity if store else None,
        dbr_type=sides.primary.reading.samples.dbr_type,
        element_counts=(infos[0].element_count if infos[0] else None, infos[1].element_count if infos[1] else None),
        terms=terms,
        hazards=worth_telling(hazards, foretold.totals.gain),
        partitions=foretold.partitions,
        after_horizon=foretold.after_horizon,
        root_folder=store.root_folder if store else "",
        chunk_key=_unusual_key(sides.primary.type_info),
        host=evidence.owner_host,
        pause_holes=foretold.pause_holes,
    )


def _foretell(evidence: MergeEvidence, terms: Terms, store: StoreUrl | None) -> _Foretold:
    """Return what the merge does; nothing where there is no store to merge into, or the types differ."""
    if store is None or store.granularity is None or not types_agree(evidence):
        return _Foretold()
    found = forecast(evidence, terms, store.granularity)
    partitions = tally(found, evidence, terms, store.granularity)
    totals = Totals.of(partitions)
    return _Foretold(
        partitions=partitions,
        after_horizon=found.count_reason(NotFillable.AFTER_HORIZON),
        pause_holes=holes_of(evidence.pause_holes, found),
        hazards=(
            *hazards_of_data(evidence, terms, store.granularity, found),
            *hazards_of_reading(evidence, terms, found),
            *hazards_of_union(found),
            *hazards_of_outcome(totals),
            *hazards_of_rebuild(store, terms, totals),
        ),
    )


def _unusual_key(info: TypeInfo | None) -> str:
    """Return what the primary keeps as the start of a PV's file names (`PVTypeInfo.chunkKey`); empty if it is usual."""
    key = str(info.reply.get("chunkKey") or "") if info else ""
    return "" if info is None or key == chunk_key(info.pv) else key
