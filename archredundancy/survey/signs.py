"""What is asked for to explain what is missing: counters of the engines, and PVs of the same IOC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from archredundancy.client.management.server_times import parse_server_time
from archredundancy.errors import ArchRedundancyError, InputError
from archredundancy.model import Evidence, LostEvents, Neighbour, SideEvidence, TimeRange, TypeInfo
from archredundancy.survey.survey import Source, reader_of, survey, survey_side

__all__ = ["survey_with_signs"]

#: So many PVs of a like name are looked at in search of neighbours.
CANDIDATES = 20
_CONNECTED = "Is this PV currently connected?"
_LOST_AT = "When did we last lose a connection to this PV?"
_LAST_PART = re.compile(r"[^:._/\-]+$")


def survey_with_signs(
    pv: str,
    asked: TimeRange,
    primary: Source,
    secondary: Source,
    now: int,
    *,
    neighbours: int | Sequence[str] = (),
) -> Evidence:
    """Ask both sides, and where they differ what their engines threw away.

    Parameters
    ----------
    pv : str
    asked : TimeRange
    primary, secondary : Source
    now : int, ns since 1970 UTC
    neighbours : int or sequence of str
        Other PVs of the same IOC, whose samples show whether it was there; or how many to look for, among PVs whose
        names differ in their last part.

    Returns
    -------
    Evidence
        What could not be learned is told by notes.

    Raises
    ------
    InputError
        If a number of neighbours is negative, or the PV is named as its own neighbour.

    Notes
    -----
    Cost: a small request to each side that differs; a reading of each neighbour from each side.
    """
    if isinstance(neighbours, str):
        neighbours = [neighbours]
    _check(pv, neighbours)
    evidence = survey(pv, asked, primary, secondary, now)
    sides = evidence.primary, evidence.secondary
    differ = not np.array_equal(sides[0].reading.samples.time, sides[1].reading.samples.time)
    signed = []
    for source, side in zip((primary, secondary), sides, strict=True):
        found = _with_engine(source, side) if differ else side
        signed.append(_with_neighbours(source, found, neighbours))
    return replace(evidence, primary=signed[0], secondary=signed[1])


def _check(pv: str, neighbours: int | Sequence[str]) -> None:
    if isinstance(neighbours, int):
        if neighbours < 0:
            raise InputError(f"neighbours={neighbours} is negative; give how many to look for, or their names")
    elif pv in neighbours:
        raise InputError(f"{pv} is no neighbour of itself; name other PVs of its IOC")


def _with_engine(source: Source, side: SideEvidence) -> SideEvidence:
    """Return a side with what the engine counts, and whether it is connected; it knows nothing of a paused PV."""
    if source.management is None or side.type_info is None or side.type_info.paused:
        return side
    try:
        details = source.management.details(side.type_info.pv)
    except ArchRedundancyError as error:
        return _noted(source, side, f"no details of {side.type_info.pv}: {error}")
    told = {line.name: line.value for line in details}
    lost = parse_server_time(told.get(_LOST_AT, "")) if told.get(_CONNECTED) == "no" else None
    return replace(side, lost_events=LostEvents.from_details(told), disconnected_since=lost)


def _with_neighbours(source: Source, side: SideEvidence, wanted: int | Sequence[str]) -> SideEvidence:
    if not wanted:
        return side
    if side.type_info is None:
        return _noted(source, side, "no configuration, so it is not known which PVs its IOC serves")
    is_named = not isinstance(wanted, int)
    try:
        names = _alike(source, side.type_info) if isinstance(wanted, int) else wanted
    except ArchRedundancyError as error:
        return _noted(source, side, f"no neighbours looked for: {error}")
    most = wanted if isinstance(wanted, int) else len(wanted)
    found: list[Neighbour] = []
    for name in names:
        if len(found) == most:
            break
        try:
            found += _signs_of(source, name, side, trusted=is_named)
        except ArchRedundancyError as error:
            side = _noted(source, side, f"no signs of life of the neighbour {name}: {error}")
    if len(found) < most:
        host = side.host or "a host that is not told"
        side = _noted(source, side, f"{len(found)} of {most} neighbours found on {host}")
    return replace(side, neighbours=tuple(found))


def _signs_of(source: Source, name: str, side: SideEvidence, *, trusted: bool) -> list[Neighbour]:
    """Return the signs of life of a PV on the same host; one that was named is trusted where no host is told."""
    if source.management is None:
        return []
    hosts = {side.host, source.management.type_info(name).host}
    if len(hosts - {""}) > 1 or ("" in hosts and not trusted):
        return []
    return [Neighbour.from_reading(survey_side(source, name, side.reading.asked).reading)]


def _alike(source: Source, info: TypeInfo) -> list[str]:
    """Return the names of PVs that differ from a PV's in their last part only."""
    reader = reader_of(source, info.appliance)
    stem = _LAST_PART.sub("", info.pv)
    if reader is None or not stem:
        return []
    return [name for name in sorted(reader.search(f"{stem}*")) if name != info.pv][:CANDIDATES]


def _noted(source: Source, side: SideEvidence, note: str) -> SideEvidence:
    return replace(side, notes=(*side.notes, f"{source.name}: {note}"))
