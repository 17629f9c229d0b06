"""`Reading`: what one source answered about a PV in a range, failures included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from archredundancy.model.dbr_type import DbrType
from archredundancy.model.samples import Samples
from archredundancy.model.times import TimeRange
from archredundancy.segments import Segments

__all__ = ["ChunkSummary", "FailureKind", "ReadFailure", "Reading"]


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
