"""What was asked of the clusters and what they answered: all that comparing and planning may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from archredundancy.model.dbr_type import DbrType
from archredundancy.model.description import Description, labels_in
from archredundancy.model.lost_events import LostEvents
from archredundancy.model.neighbour import Neighbour
from archredundancy.model.retention import Retention
from archredundancy.model.samples import Samples
from archredundancy.model.times import TimeRange
from archredundancy.model.type_info import TypeInfo
from archredundancy.segments import Segments

__all__ = ["ChunkSummary", "Evidence", "FailureKind", "ReadFailure", "Reading", "SideEvidence"]


class FailureKind(Enum):
    """Why a part of a range could not be read."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    NOT_READY = "not-ready"
    UNKNOWN_PV = "unknown-pv"
    REPLY = "reply"
    DAMAGED = "damaged"
    CUT_SHORT = "cut-short"
    EMPTY = "empty"
    TYPE_CHANGED = "type-changed"


@dataclass(frozen=True, kw_only=True)
class ReadFailure:
    """A part of a range that could not be read, and why.

    Attributes
    ----------
    range : TimeRange
        What is not known because of it.
    kind : FailureKind
    message : str
        What happened, for people.
    """

    range: TimeRange
    kind: FailureKind
    message: str


@dataclass(frozen=True, kw_only=True)
class ChunkSummary:
    """One chunk of a raw answer; there is one for each partition file behind it.

    Attributes
    ----------
    dbr_type : DbrType
    year : int
        Year of the chunk's header.
    count : int
        Samples in it.
    first, last : int or None, ns since 1970 UTC
        Time of its first and last sample in stored order; None without samples.
    """

    dbr_type: DbrType
    year: int
    count: int
    first: int | None
    last: int | None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one cluster itself stores of one PV in one range, as far as it could be read.

    Attributes
    ----------
    pv : str
    cluster : str
        `primary`, `secondary`, or the name of a folder or URL.
    asked : TimeRange
    samples : Samples
        Those in `asked`, in stored order.
    before : Samples
        The last sample before `asked.start`, or none: whose value holds when the range begins.
    known : Segments
        Where the answer can be relied upon; `failures` tells about the rest of `asked`.
    failures : tuple of ReadFailure
    layout : tuple of ChunkSummary
        Chunks of the answer in order, header-only ones included.
    headers : mapping of str to str
        EGU, PREC and other metadata of the answer's chunk headers.
    names : tuple of str
        PVs that the answer's chunk headers name, each once: the real name where an alias was asked for.
    """

    pv: str
    cluster: str
    asked: TimeRange
    samples: Samples
    before: Samples
    known: Segments
    failures: tuple[ReadFailure, ...] = ()
    layout: tuple[ChunkSummary, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()


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
