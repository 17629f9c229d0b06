"""`getDataAtTime`: the last sample of each of many PVs at or before a time (`appliance.md` B.7)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.formats.found_samples import FoundSamples, found_samples_text, sample_object
from archredundancy.appliance.java.instants import UnparsableTime, parse_instant, parse_period
from archredundancy.appliance.java.text import hash_order
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.failover import PBRAW
from archredundancy.appliance.remote.partner import millisecond_text, post_names
from archredundancy.appliance.remote.readers import FilesReader, open_reader
from archredundancy.appliance.retrieval.named_pvs import named_pvs
from archredundancy.appliance.retrieval.sources import skipped
from archredundancy.appliance.server.replies import Refused, text_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.at_time import row_at
from archredundancy.appliance.storage.pb_file import DamagedFile
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
    asked = await _read(state, request)
    found = await asyncio.to_thread(_collect, state, replace(asked, time=asked.time - asked.time % _MILLISECOND))
    return text_reply(found_samples_text({name: found[name] for name in hash_order(found, buckets=1)}), None)


async def get_data_at_time_for_appliance(state: ApplianceState, request: Request) -> Response:
    """Answer what the members of a cluster ask each other: the PVs of this appliance alone.

    Raises
    ------
    Refused
        With 500 if time, period or body cannot be read.
    """
    asked = await _read(state, request)
    return text_reply(found_samples_text(await asyncio.to_thread(_find, state, asked, _in_stores)), None)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is asked for.

    Attributes
    ----------
    names : list of str
    time : int, ns since 1970 UTC
    period : tuple of int
        Years, months and days to look back.
    external : bool
        Whether external servers are asked too.
    """

    names: list[str]
    time: int
    period: tuple[int, int, int]
    external: bool


#: Where samples are looked for: gives a PV's sample, if there is one.
_Place = Callable[[ApplianceState, PvTypeInfo, _Asked], dict[str, Any] | None]


async def _read(state: ApplianceState, request: Request) -> _Asked:
    names, parameters = await named_pvs(request)
    try:
        time = parse_instant(parameters["at"]) if "at" in parameters else state.clock() // NS_PER_SECOND * NS_PER_SECOND
        period = parse_period(parameters.get("searchPeriod", _DEFAULT_PERIOD))
    except UnparsableTime as refusal:
        raise Refused(500, str(refusal)) from None
    return _Asked(
        names=names, time=time, period=period, external=parameters.get("includeProxies", "").lower() == "true"
    )


def _collect(state: ApplianceState, asked: _Asked) -> FoundSamples:
    """Return what the members of the cluster have that are running, and external servers, if they are to be asked."""
    found: FoundSamples = {}
    for member in state.members.running:
        found |= _find(member, asked, _in_engine, _in_stores)
    for name in asked.names:
        info = state.configuration.type_info(name)
        # A PV that was asked for by an alias is found by its real name, and its type is not looked up.
        if info is not None and name in found:
            found[name].setdefault("meta", {})["DBRType"] = info.info["DBRType"]
    return found | _elsewhere(state, asked, found) if asked.external else found


def _elsewhere(state: ApplianceState, asked: _Asked, found: FoundSamples) -> FoundSamples:
    """Return what external servers have of PVs that were not found, by a default period.

    The path goes behind the whole URL, so a server that is merged while samples are read, with a `?` in its URL, never
    answers (`appliance.md` K, f2).
    """
    more: FoundSamples = {}
    missing = hash_order(name for name in asked.names if name not in found)
    if not missing:
        return more
    for url, kind in state.configuration.external_servers.items():
        if kind == PBRAW:
            query = f"at={millisecond_text(asked.time)}&includeProxies=false"
            answer = post_names(f"{url}/data/getDataAtTime?{query}", missing)
            if isinstance(answer, dict):
                more = answer | more
    return more


def _find(state: ApplianceState, asked: _Asked, *places: _Place) -> FoundSamples:
    """Return what the first of some places has, by the real names of PVs, whatever the request called them."""
    found: FoundSamples = {}
    for name in hash_order(asked.names):
        info = state.configuration.type_info_of_channel(name)
        if info is None or not state.owns(info):
            continue
        try:
            samples = (place(state, info, asked) for place in places)
            sample = next((sample for sample in samples if sample is not None), None)
        except (DamagedFile, DamagedLine, InputError, OSError, StoreError) as damage:
            logger.error("nothing of %s at a time: %s", info.pv, damage)
            continue
        if sample is not None:
            found[info.pv] = sample
    return {name: found[name] for name in hash_order(found)}


def _in_engine(state: ApplianceState, info: PvTypeInfo, asked: _Asked) -> dict[str, Any] | None:
    """Return the sample that the engine has in memory; it has no `fields` at all, but says what it knows of the PV.

    Raises
    ------
    DamagedLine
        If it cannot be read.
    """
    row = state.engine.sample_at(info.pv, asked.time)
    if row is None:
        return None
    sample = sample_object(row)
    del sample["fields"]
    return sample | {"meta": {"source": "engine"} | (state.engine.metadata(info.pv) or {})}


def _in_stores(state: ApplianceState, info: PvTypeInfo, asked: _Asked) -> dict[str, Any] | None:
    """Return the sample of the first store that has one, youngest samples first, though others may have a newer one.

    Only stores of files are searched, no merged ones.

    Raises
    ------
    InputError
        If the period has years or months: Java cannot take them off an instant.
    """
    years, months, days = asked.period
    for url in info.stores:
        reader = open_reader(state.storage, info, url)
        if not isinstance(reader, FilesReader) or skipped(state, reader.name):
            continue
        if years or months:
            raise InputError("a period of years or months cannot be searched; give days, as in P30D")
        row = row_at(reader.store, asked.time, days)
        if row is not None:
            return sample_object(row)
    return None
