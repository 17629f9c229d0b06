"""Calls that move all files of a PV, or write them anew under another type or name (`appliance.md` A.7, D.3)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.management.forwarding import forwarded
from archredundancy.appliance.management.store_failures import with_stores
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.processors import cache_extension
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.convert import convert
from archredundancy.appliance.storage.open_streams import open_whole
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.appliance.storage.retype import Unconvertible, retype
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.store import PB, PvStore
from archredundancy.errors import InputError, StoreError
from archredundancy.model import DbrType, Partition, StoreUrl

__all__ = ["CALLS"]

logger = logging.getLogger(__name__)


def _change_store(state: ApplianceState, request: BplRequest) -> Response:
    """Move a paused PV's files out of one store to where a new URL says, and keep that URL.

    A failure on the way is only logged: the reply is ok, and the URL is kept even if it is none. Then each call that
    opens the PV's stores fails, until `putPVTypeInfo` mends it.
    """
    text, name = request.needed("newbackend", 400), request.needed("storage", 400)
    info = request.known_pv(state, 400)
    if not info.paused:
        return json_reply({"validation": f"Need to pause PV before changing type for {info.pv}"})
    if not state.owns(info):
        return forwarded(state, info.identity, "changeStore", {"pv": info.pv, "storage": name, "newbackend": text})
    if name not in [url.name for url in info.stores]:
        return json_reply({"validation": f"Cannot find storage with name {name} for pv {info.pv}"})
    try:
        state.etl.move_store(info, name, StoreUrl.parse(text))
    except (InputError, StoreError) as damage:
        logger.error("the samples of %s stay in %s: %s", info.pv, name, damage)
    now, urls = state.clock(), [text if url.name == name else url.text for url in info.stores]
    state.configuration.change(info.pv, lambda known: known.changed(now, dataStores=urls))
    return json_reply({"status": "ok", "desc": f"Successfully changed the storage for PV {info.pv} into {name}"})


def _change_type(state: ApplianceState, request: BplRequest) -> Response:
    """Write a paused PV's files anew with another type, store by store; a failure leaves the earlier stores changed.

    Raises
    ------
    Refused
        With 500 if there is no such type, or a sample has no counterpart in it.
    """
    name = request.needed("newtype", 400)
    dbr_type = DbrType.__members__.get(name.removeprefix("DBR_"))
    if dbr_type is None or not name.startswith("DBR_"):
        raise Refused(
            500,
            "java.lang.IllegalArgumentException: No enum constant "
            f"org.epics.archiverappliance.config.ArchDBRTypes.{name}",
        )
    info = request.known_pv(state, 400)
    if not state.owns(info):
        return forwarded(state, info.identity, "changeTypeForPV", {"pv": info.pv, "newtype": name})
    if not info.paused:
        return json_reply({"validation": f"Need to pause PV before changing type for {info.pv}"})
    for url, store in _opened(state, info):
        try:
            convert(store, [*_cache_extensions(url), PB], partial(_retyped, info.pv, dbr_type))
        except (DamagedFile, DamagedLine, Unconvertible, OSError) as damage:
            raise Refused(500, f"java.io.IOException: {damage}") from None
    state.configuration.change(info.pv, lambda known: known.replaced(DBRType=name))
    return json_reply({"status": "ok"})


def _retyped(pv: str, dbr_type: DbrType, file: PbFile, _slot: Partition) -> tuple[list[Row], DbrType]:
    return list(retype(open_whole(pv, file.path, file.header.dbr_type).rows(), dbr_type)), dbr_type


def _rename(state: ApplianceState, request: BplRequest) -> Response:
    """Copy a paused PV, its type info and its samples, to another name; what there was stays (`RenamePVAction`)."""
    info, name = request.known_pv(state, 400), request.needed("newname", 400)
    if not info.paused:
        return json_reply({"validation": f"Need to pause PV before renaming {info.pv} to {name}"})
    if not state.owns(info):
        return forwarded(state, info.identity, "renamePV", {"pv": info.pv, "newname": name})
    known = state.configuration.type_info(name)
    if known is not None and known.pv == name:
        return json_reply({"validation": f"While renaming PV  {info.pv} to {name}, the new name  already exists "})
    renamed = info.changed(state.clock(), pvName=name, chunkKey="")
    state.configuration.put(renamed)
    try:
        for url in info.stores:
            _copy(url, state.storage.store(info, url), state.storage.store(renamed, url))
    except (DamagedFile, DamagedLine, InputError, StoreError, OSError) as damage:
        return json_reply({"validation": f"Exception while renaming PV  {info.pv} to {name} {damage}"})
    return json_reply({"status": "ok", "desc": f"Successfully renamed PV {info.pv} to {name}"})


def _copy(url: StoreUrl, source: PvStore | None, destination: PvStore | None) -> None:
    """Append all files to those of another PV; of caches only what is later than the last sample gets through."""
    if source is None or destination is None:
        return
    for extension in (PB, *_cache_extensions(url)):
        appender = Appender(destination, extension, destination.last_time() or 0)
        for path in source.paths(extension):
            stream = open_whole(destination.pv, path, PbFile.look_up(path).header.dbr_type)
            appender.append(stream.rows(), stream.header.dbr_type)


def _opened(state: ApplianceState, info: PvTypeInfo) -> list[tuple[StoreUrl, PvStore]]:
    """Return the PV's stores that have files, with their URLs."""
    stores = [(url, state.storage.store(info, url)) for url in info.stores]
    return [(url, store) for url, store in stores if store is not None]


def _cache_extensions(url: StoreUrl) -> list[str]:
    return [cache_extension(value) for key, value in url.options if key == "pp"]


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "changeStore": with_stores(_change_store),
    "changeTypeForPV": with_stores(_change_type),
    "renamePV": with_stores(_rename),
}
