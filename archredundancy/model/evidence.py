"""What was asked of the clusters and what they answered: all that comparing and planning may look at."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.model.description import Description, labels_in
from archredundancy.model.lost_events import LostEvents
from archredundancy.model.neighbour import Neighbour
from archredundancy.model.reading import Reading
from archredundancy.model.retention import Retention
from archredundancy.model.times import TimeRange
from archredundancy.model.type_info import TypeInfo

__all__ = ["Evidence", "SideEvidence"]


@dataclass(frozen=True, kw_only=True)
class SideEvidence:
    """All that was learned from one cluster about one PV.

    Attributes
    ----------
    reading : Reading
    type_info : TypeInfo or None
        None when the management interface could not be asked or does not know the PV.
    status : str or None
        Such as `Being archived` or `Paused`; None when not asked or not known.
    connected : bool or None
        Whether the engine is connected to the PV now; None when not asked or not known.
    paused_since : int or None, ns since 1970 UTC
        When the configuration of a paused PV was last changed, as a rule by the pause; None when it is not paused or
        not known.
    notes : tuple of str
        What could not be learned, and why.
    declared_retention : Retention or None
        How long the cluster keeps samples by the site file, which is believed before its stores.
    labels : tuple of str
        Names of the states of an enum; empty where the engine does not tell, as for paused PVs.
    lost_events : LostEvents or None
        Samples the engine threw away; None where it was not asked or does not tell.
    disconnected_since : int or None, ns since 1970 UTC
        Since when the engine has no connection, by the server's clock; None where it has one, or was not asked.
    neighbours : tuple of Neighbour
        Other PVs of the same IOC at this cluster, where they were asked for.
    """

    reading: Reading
    type_info: TypeInfo | None = None
    status: str | None = None
    connected: bool | None = None
    paused_since: int | None = None
    notes: tuple[str, ...] = ()
    declared_retention: Retention | None = None
    labels: tuple[str, ...] = ()
    lost_events: LostEvents | None = None
    disconnected_since: int | None = None
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def description(self) -> Description:
        """Units, precision, limits and labels as configured; else as the answer's headers have them."""
        told = Description.from_headers(self.reading.headers, self.labels or labels_in(self.reading.headers))
        if self.type_info is None:
            return told
        info = self.type_info
        return Description(egu=info.egu, precision=info.precision, limits=info.limits, is_configured=True).or_else(told)

    @property
    def host(self) -> str:
        """Where the PV was served when the cluster last asked for it; empty where not told, as for some types."""
        return self.type_info.host if self.type_info else ""

    @property
    def egu(self) -> str:
        """Engineering units as configured, else as the answer's headers have them; empty where neither tells."""
        return self.description.egu

    @property
    def retention(self) -> Retention | None:
        """How long the cluster is sure to keep samples; None when for ever or not known."""
        if self.declared_retention is not None or self.type_info is None:
            return self.declared_retention
        return Retention.from_stores(self.type_info.stores)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Both sides of one PV in one range, and the moment they were asked.

    Attributes
    ----------
    pv : str
    asked : TimeRange
    now : int, ns since 1970 UTC
        When the survey began.
    primary, secondary : SideEvidence
    """

    pv: str
    asked: TimeRange
    now: int
    primary: SideEvidence
    secondary: SideEvidence
