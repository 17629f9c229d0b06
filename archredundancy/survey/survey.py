"""Asking both clusters about a PV, and writing down what they answered."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from archredundancy.client import ManagementClient, RetrievalClient, run_each
from archredundancy.errors import ArchRedundancyError, UnknownPVError
from archredundancy.model import (
    DbrType,
    Evidence,
    FailureKind,
    ReadFailure,
    Reading,
    Retention,
    Samples,
    SideEvidence,
    TimeRange,
    TypeInfo,
    labels_in,
)
from archredundancy.segments import Segments

__all__ = ["Reader", "Source", "owner_of", "reader_of", "refuse_unknown", "survey", "survey_side"]

logger = logging.getLogger(__name__)

#: Schemes of stores that give another archiver's samples as their own, and nothing at all where that one is away.
_BORROWING = ("merge", "pbraw")


class Reader(Protocol):
    """Something that reads stored samples: a member of a cluster, or a folder of files."""

    def read(self, pv: str, asked: TimeRange) -> Reading:
        """Return what is stored of a PV in a range, failures included; see `Reading`."""

    def search(self, pattern: str) -> list[str]:
        """Return the names of PVs that match a glob pattern."""


class Source(Protocol):
    """One side of a pair."""

    @property
    def name(self) -> str:
        """What readings call it."""

    @property
    def readers(self) -> Mapping[str, Reader]:
        """What reads samples, by identity of the member; the first one answers for PVs whose owner is not known."""

    @property
    def management(self) -> ManagementClient | None:
        """Where configuration can be asked for; None where only data can be."""

    @property
    def retention(self) -> Retention | None:
        """How long it keeps samples by the site file, which is believed before its stores."""


def survey(pv: str, asked: TimeRange, primary: Source, secondary: Source, now: int) -> Evidence:
    """Ask both sides at once.

    Parameters
    ----------
    pv : str
    asked : TimeRange
    primary, secondary : Source
    now : int, ns since 1970 UTC

    Returns
    -------
    Evidence
        What could not be read or learned is in it, with reasons; only requests that read are sent.
    """
    sources = (primary, secondary)
    sides = dict(run_each(lambda row: survey_side(sources[row], pv, asked), (0, 1), threads=2))
    mine = _of_type(sides[0], sides[1])
    return Evidence(pv=pv, asked=asked, now=now, primary=mine, secondary=_of_type(sides[1], mine))


def survey_side(source: Source, pv: str, asked: TimeRange) -> SideEvidence:
    """Ask one side: its configuration first, then the member that owns the PV for the samples.

    Notes
    -----
    Cost: a small request, and for an enum one more, beside what reading takes. What the cluster does with the PV at
    present (`SideEvidence.status`) is not asked; that it is paused, and since when, its configuration tells.
    """
    notes: list[str] = []
    type_info = _type_info(source, pv, notes)
    is_paused = type_info is not None and type_info.paused
    owner = type_info.appliance if type_info else ""
    reading = _read(source, pv, asked, owner)
    if type_info is not None:
        reading = _refuse_borrowed(_refuse_another(reading, type_info), type_info)
    is_enum = reading.samples.dbr_type.is_enum
    labels = _labels(source, pv, owner, notes) if is_enum and not is_paused else ()
    return SideEvidence(
        reading=reading,
        type_info=type_info,
        paused_since=type_info.modified if type_info and is_paused else None,
        labels=labels,
        notes=tuple(f"{source.name}: {note}" for note in notes),
        declared_retention=source.retention,
    )


def refuse_unknown(*sides: SideEvidence) -> None:
    """Raise when none of the sides knows the PV.

    Raises
    ------
    UnknownPVError
        If so.
    """
    failures = [side.reading.failures for side in sides]
    are = "is" if len(sides) == 1 else "are"
    if all(found and all(failure.kind is FailureKind.UNKNOWN_PV for failure in found) for found in failures):
        pv, clusters = sides[0].reading.pv, " and ".join(side.reading.cluster for side in sides)
        raise UnknownPVError(
            f"{clusters} {are} not known to have a PV {pv!r}; names are case-sensitive, and "
            "`archredundancy search '*PART*'` or pair.search('*PART*') lists them",
            pv=pv,
            url=failures[0][0].message,
        )


def _labels(source: Source, pv: str, owner: str, notes: list[str]) -> tuple[str, ...]:
    """Return the names of an enum's states, as the engine of the PV's owner has them from the IOC."""
    reader = reader_of(source, owner)
    if not isinstance(reader, RetrievalClient):
        return ()
    try:
        return labels_in(reader.metadata(pv))
    except ArchRedundancyError as error:
        notes.append(f"no labels of the states of {pv}: {error}")
        return ()


def _read(source: Source, pv: str, asked: TimeRange, owner: str) -> Reading:
    """Return what the PV's owner has; another member may pass on a dying owner's cut answer as whole."""
    reader = reader_of(source, owner)
    if reader is not None:
        # A reader may have been made before the pair that names it, as `open_store` makes them.
        return replace(reader.read(pv, asked), cluster=source.name)
    there = ", ".join(source.readers)
    message = f"{pv} belongs to the member {owner!r}, which is not in the cluster now (there are {there})"
    nothing = Samples.empty(DbrType.SCALAR_DOUBLE)
    return Reading(
        pv=pv,
        cluster=source.name,
        asked=asked,
        samples=nothing,
        before=nothing,
        known=Segments.empty(),
        failures=(ReadFailure(range=asked, kind=FailureKind.UNREACHABLE, message=message),),
    )


def _refuse_another(reading: Reading, info: TypeInfo) -> Reading:
    """Return a reading without any sample, if its answers are about another PV, as those of a confused cache are."""
    others = sorted(set(reading.names) - {reading.pv, info.pv})
    if not others:
        return reading
    message = (
        f"{reading.cluster} answered about {', '.join(others)} when it was asked about {reading.pv}; check the reverse "
        "proxy before it, which may take one question for another"
    )
    nothing = Samples.empty(info.dbr_type)
    return replace(_refused(reading, message), samples=nothing, before=nothing)


def _refused(reading: Reading, message: str) -> Reading:
    """Return a reading of which nothing is known, for one more reason."""
    failure = ReadFailure(range=reading.asked, kind=FailureKind.REPLY, message=message)
    return replace(reading, known=Segments.empty(), failures=(*reading.failures, failure))


def _refuse_borrowed(reading: Reading, info: TypeInfo) -> Reading:
    """Return a reading of which nothing is known, if a store of the PV is not the cluster's own."""
    borrowed = [store.text for store in info.stores if store.scheme in _BORROWING]
    if not borrowed:
        return reading
    message = (
        f"{reading.cluster} has samples of {reading.pv} in {', '.join(borrowed)}: another archiver's come with its own,"
        " and none at all while that one is away; ask the other archiver, or read the files with open_store"
    )
    return _refused(reading, message)


def owner_of(source: Source, pv: str) -> str:
    """Return the identity of the member that owns a PV; empty where that cannot be told."""
    info = _type_info(source, pv, []) if len(source.readers) > 1 else None
    return info.appliance if info else ""


def reader_of(source: Source, owner: str) -> Reader | None:
    """Return what reads the samples of PVs of this owner, `""` where it is not known; None where it is away."""
    readers = source.readers
    return next(iter(readers.values())) if not owner or len(readers) == 1 else readers.get(owner)


def _type_info(source: Source, pv: str, notes: list[str]) -> TypeInfo | None:
    if source.management is None:
        notes.append("no management interface, so creation time, retention and pauses are not known")
        return None
    try:
        return source.management.type_info(pv)
    except ArchRedundancyError as error:
        logger.info("no type info of %s: %s", pv, error)
        notes.append(f"no configuration of {pv}: {error}")
        return None


def _of_type(side: SideEvidence, other: SideEvidence) -> SideEvidence:
    """Return a side without any sample as one of the other's type, so that the two can be united."""
    if len(side.reading.samples) or len(side.reading.before):
        return side
    nothing = Samples.empty(other.reading.samples.dbr_type)
    return replace(side, reading=replace(side.reading, samples=nothing, before=nothing))
