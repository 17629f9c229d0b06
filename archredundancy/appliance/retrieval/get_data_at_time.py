"""`getDataAtTime`: the last sample of each of many PVs at or before a time (`appliance.md` B.7)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.formats.found_samples import FoundSamples, found_samples_text, sample_object
from archredundancy.appliance.java.instants import UnparsableTime, parse_instant, parse_period
from archredundancy.appliance.java.text import hash_order
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.readers import FilesReader, open_reader
from archredundancy.appliance.retrieval.named_pvs import named_pvs
from archredundancy.appliance.retrieval.sources import skipped
from archredundancy.appliance.server.replies import Refused, text_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.at_time import row_at
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.streams import Row
from archredundancy.errors import InputError, StoreError
from archredundancy.model import NS_PER_SECOND

__all__ = ["get_data_at_time", "get_data_at_time_for_appliance"]

logger = logging.getLogger(__name__)

_MILLISECOND = 1_000_000
_DEFAULT_PERIOD = "P1D"


async def get_data_at_time(state: ApplianceState, request: Request) -> Response:
    """Answer `getDataAtTime`; the time is cut to milliseconds on its way inside (L 2f).

    Raises
    ------
    Refused
        With 500 if time, period or body cannot be read.
    """
    names, time, period = await _read(state, request)
    found = await asyncio.to_thread(_find_in_cluster, state, names, time - time % _MILLISECOND, period)
    _describe(state.configuration, names, found)
    return text_reply(found_samples_text({name: found[name] for name in hash_order(found, buckets=1)}), None)


async def get_data_at_time_for_appliance(state: ApplianceState, request: Request) -> Response:
    """Answer what the members of a cluster ask each other: the PVs of this appliance alone.

    Raises
    ------
    Refused
        With 500 if time, period or body cannot be read.
    """
    names, time, period = await _read(state, request)
    return text_reply(found_samples_text(await asyncio.to_thread(_find, state, names, time, period)), None)


async def _read(state: ApplianceState, request: Request) -> tuple[list[str], int, tuple[int, int, int]]:
    names, parameters = await named_pvs(request)
    try:
        time = parse_instant(parameters["at"]) if "at" in parameters else state.clock() // NS_PER_SECOND * NS_PER_SECOND
        return names, time, parse_period(parameters.get("searchPeriod", _DEFAULT_PERIOD))
    except UnparsableTime as refusal:
        raise Refused(500, str(refusal)) from None


def _find_in_cluster(state: ApplianceState, names: list[str], time: int, period: tuple[int, int, int]) -> FoundSamples:
    """Return what the members have that are running, each of its own PVs; nothing is said of the others."""
    return {pv: sample for member in state.members.running for pv, sample in _find(member, names, time, period).items()}


def _find(state: ApplianceState, names: Iterable[str], time: int, period: tuple[int, int, int]) -> FoundSamples:
    """Return what engine or stores have, the engine first, by the PVs' real names, whatever the request called them."""
    found: FoundSamples = {}
    for name in hash_order(names):
        info = _appropriate(state.configuration, name)
        if info is None or info.identity != state.identity:
            continue
        row = state.engine.sample_at(info.pv, time)
        if row is not None:
            found[info.pv] = sample_object(row) | {
                "meta": {"source": "engine"} | (state.engine.metadata(info.pv) or {})
            }
            continue
        try:
            row = _in_stores(state, info, time, period)
        except (DamagedFile, DamagedLine, InputError, OSError, StoreError) as damage:
            logger.error("nothing of %s at a time: %s", info.pv, damage)
            continue
        if row is not None:
            found[info.pv] = sample_object(row)
    return {name: found[name] for name in hash_order(found)}


def _in_stores(state: ApplianceState, info: PvTypeInfo, time: int, period: tuple[int, int, int]) -> Row | None:
    """Return the sample of the first store that has one, youngest samples first, though others may have a newer one.

    Only stores of files are searched, no merged ones.

    Raises
    ------
    InputError
        If the period has years or months: Java cannot take them off an instant.
    """
    years, months, days = period
    for url in info.stores:
        reader = open_reader(state.storage, info, url)
        if not isinstance(reader, FilesReader) or skipped(state, reader.name):
            continue
        if years or months:
            raise InputError("a period of years or months cannot be searched; give days, as in P30D")
        row = row_at(reader.store, time, days)
        if row is not None:
            return row
    return None


def _appropriate(configuration: Configuration, name: str) -> PvTypeInfo | None:
    """Return the type info that a name means: a field belongs to its PV if it is archived with it (`PVNames`)."""
    pv, _, field = name.partition(".")
    info = configuration.type_info(pv) if field else None
    if info is not None and field in info.info["archiveFields"]:
        return info
    return configuration.type_info(name)


def _describe(configuration: Configuration, names: Iterable[str], found: FoundSamples) -> None:
    """Add the PV's type to each sample, but for PVs that were asked for by an alias."""
    for name in names:
        info = configuration.type_info(name)
        if info is not None and name in found:
            found[name].setdefault("meta", {})["DBRType"] = info.info["DBRType"]
