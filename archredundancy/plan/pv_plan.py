"""`PVPlan`: what is planned for one PV."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from archredundancy.display.texts import plural
from archredundancy.model import DbrType, Granularity, chunk_key
from archredundancy.plan.forecast.estimate import Estimate
from archredundancy.plan.forecast.partition_plan import PartitionPlan, Totals
from archredundancy.plan.forecast.pause_hole import PauseHole
from archredundancy.plan.hazards.hazard import Hazard, Status, status_of
from archredundancy.plan.terms import Terms

__all__ = ["PVPlan"]


@dataclass(frozen=True, kw_only=True, repr=False)
class PVPlan:
    """What is planned for one PV.

    Attributes
    ----------
    pv : str
    storage : str
        Name of the primary's store that is merged into; empty where it could not be told.
    granularity : Granularity or None
        Of that store; None when it is not known, or the store is not fit.
    dbr_type : DbrType
        Of the primary's samples; without meaning where the PV could not be planned.
    element_counts : tuple of (int or None, int or None)
        What primary and secondary are configured for; None when not known.
    terms : Terms
    hazards : tuple of Hazard
        Refusals first.
    partitions : tuple of PartitionPlan
        In order of time; none where a hazard leaves nothing to be said of them.
    after_horizon : int
        Samples after the horizon that only the secondary has: seen, but no part of what is approved, as it changes.
    root_folder : str
        Of the store, as the primary tells it: variables such as `${ARCHAPPL_LONG_TERM_FOLDER}` are its host's.
    chunk_key : str
        How the names of its files begin, where the site's settings make them otherwise than usual; else empty.
    host : str
        Where that folder is: host of the member that owns the PV; empty when not known. No part of what is approved.
    pause_holes : tuple of PauseHole
        What earlier merges of the PV cost by their pauses. No part of what is approved.
    """

    pv: str
    storage: str
    granularity: Granularity | None
    dbr_type: DbrType
    element_counts: tuple[int | None, int | None]
    terms: Terms
    hazards: tuple[Hazard, ...]
    partitions: tuple[PartitionPlan, ...]
    after_horizon: int = 0
    root_folder: str = ""
    chunk_key: str = ""
    host: str = ""
    pause_holes: tuple[PauseHole, ...] = ()

    @cached_property
    def totals(self) -> Totals:
        """Sums over the partitions."""
        return Totals.of(self.partitions, self.after_horizon)

    @cached_property
    def estimate(self) -> Estimate:
        """How long the PV will be paused, and how much room its merge takes."""
        return Estimate.of(self.partitions, self.terms.strategy)

    @property
    def status(self) -> Status:
        """Whether this PV can be merged; without anything to gain only what hides a gain refuses."""
        return status_of(self.hazards, self.totals.gain)

    @property
    def files(self) -> tuple[str, ...]:
        """Files on `host` that are there and will be rewritten: what to keep by a snapshot of the file system."""
        names = (each.partition.name for each in self.partitions if each.rewritten and each.exists)
        start = f"{self.root_folder.rstrip('/')}/{self.chunk_key or chunk_key(self.pv)}"
        return tuple(f"{start}{name}.pb" for name in names)

    def __repr__(self) -> str:
        gain = f", {plural(self.totals.gain, 'sample')} to gain" if self.partitions else ""
        return f"<PVPlan {self.pv}: {self.status}{gain}; plan.to_text({self.pv!r}) tells all>"
