"""Moving samples between stores, and merging others into them (`appliance.md` D)."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.etl.stages import A_YEAR
from archredundancy.appliance.java.instants import UnparsableTime, parse_instant
from archredundancy.appliance.management.forwarding import forwarded
from archredundancy.appliance.management.store_failures import with_stores
from archredundancy.appliance.processors.processors import cache_extension
from archredundancy.appliance.remote.merge_in import merge_in
from archredundancy.appliance.remote.readers import open_reader
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.store import PB
from archredundancy.errors import InputError, StoreError
from archredundancy.model import StoreUrl

__all__ = ["CALLS"]


def _consolidate(state: ApplianceState, request: BplRequest) -> Response:
    """Move all samples of a paused PV into a store; failures on the way are only logged, the reply is still ok."""
    storage = request.needed("storage", 400)
    info = request.known_pv(state, 400)
    if not info.paused:
        return json_reply({"validation": f"Cannot consolidate unless PV {info.pv} is paused."})
    if storage not in [url.name for url in info.stores]:
        return json_reply({"validation": f"Cannot find storage with name {storage} for pv {info.pv}"})
    owner = state.owner(info)
    if owner is None or len(info.stores) < 2:
        return json_reply({"validation": f"Unable to consolidate data for PV {info.pv}"})
    now = state.clock()
    owner.etl.consolidate(info, storage, _date(request, now + A_YEAR), now)
    return json_reply({"status": "ok", "desc": f"Successfully consolidated PV {info.pv} into {storage}"})


def _date(request: BplRequest, default: int) -> int:
    if "date" not in request.parameters:
        return default
    try:
        return parse_instant(request.parameters["date"])
    except UnparsableTime as refusal:
        raise Refused(500, str(refusal)) from None


def _merge(state: ApplianceState, request: BplRequest) -> Response:
    """Merge another appliance's samples into a paused PV's files; `from` and `to` are not read."""
    other, storage = request.needed("other", 400), request.needed("storage", 400)
    info = request.known_pv(state, 400)
    if not state.owns(info):
        known = {"pv": info.pv, "other": other, "storage": storage}
        return forwarded(state, info.identity, "mergeInData", known)
    if not info.paused:
        return json_reply({"validation": f"Need to pause PV before changing type for {info.pv}"})
    for url in info.stores:
        store = state.storage.store(info, url)
        if url.name == storage and store is not None:
            caches = [cache_extension(value) for key, value in url.options if key == "pp"]
            merge_in(store, [*caches, PB], other)
    return json_reply({"status": "ok"})


def _modify_store(state: ApplianceState, request: BplRequest) -> Response:
    """Point a store of a paused PV at another place; the data stay where they are.

    Raises
    ------
    Refused
        With 404 if a parameter is missing or cannot be read, the PV is not paused, or it has no such store.
    """
    pv, storage, text = (_named(request, key, message) for key, message in _NEEDED.items())
    info = state.configuration.type_info(pv)
    if info is None:
        raise Refused(404, f"Cannot find typeinfo for {pv}")
    if not info.paused:
        raise Refused(404, f"PV is not paused {info.pv}")
    try:
        open_reader(state.storage, info, StoreUrl.parse(text))
    except (InputError, StoreError):
        raise Refused(404, f"Cannot parse URL {text}") from None
    names = [url.name for url in info.stores]
    if storage not in names:
        raise Refused(404, f"Cannot find store with name {storage}")
    now, place = state.clock(), names.index(storage)

    def point(known: PvTypeInfo) -> PvTypeInfo:
        urls = known.info["dataStores"]
        return known.changed(now, dataStores=[*urls[:place], text, *urls[place + 1 :]])

    state.configuration.change(info.pv, point)
    return text_reply("", "application/json")


_NEEDED = {
    "pv": "Please specify the PV name",
    "storage": "Please specify the name of the store to alter",
    "plugin_url": "Please specify the new storage specification as the plugin_url argument",
}


def _named(request: BplRequest, key: str, message: str) -> str:
    value = request.parameters.get(key)
    if not value:
        raise Refused(404, message)
    return value


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "consolidateDataForPV": with_stores(_consolidate),
    "mergeInData": with_stores(_merge),
    "modifyStoreURLForPV": with_stores(_modify_store),
}
