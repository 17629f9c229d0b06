"""Calls of the management that change something (`appliance.md` D, E)."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.etl import A_YEAR, EtlStore, consolidate, move_out
from archredundancy.appliance.instants import UnparsableTime, parse_instant
from archredundancy.appliance.java_text import json_text
from archredundancy.appliance.merge_in import merge_in
from archredundancy.appliance.partner import fetch_text
from archredundancy.appliance.processors import cache_extension
from archredundancy.appliance.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.store import PB
from archredundancy.appliance.typeinfo import PvTypeInfo
from archredundancy.errors import InputError, StoreError

__all__ = ["CHANGING_CALLS"]


def _pause(state: ApplianceState, request: BplRequest) -> Response:
    return _each(state, request, _pause_one)


def _resume(state: ApplianceState, request: BplRequest) -> Response:
    return _each(state, request, _resume_one)


def _each(state: ApplianceState, request: BplRequest, change: Callable[[ApplianceState, PvTypeInfo], str]) -> Response:
    """Change each PV that is named and reply for each; one reply comes without its list.

    A GET says nothing of unknown names among several; a POST does (`appliance.md` K, d1).

    Raises
    ------
    Refused
        With 400 if a GET names none, with 500 if a POST has no content type.
    """
    if request.method == "GET":
        request.needed("pv", 400)
    elif not request.content_type:
        raise Refused(500)
    names = request.pvs(state)
    known = [name for name in names if state.configuration.type_info(name)]
    if request.method == "GET" and known:
        names = known
    replies = [_reply_to(state, name, change) for name in names]
    return json_reply(replies[0] if len(replies) == 1 else replies)


def _reply_to(state: ApplianceState, name: str, change: Callable[[ApplianceState, PvTypeInfo], str]) -> dict[str, str]:
    info = state.configuration.type_info(name)
    if info is None:
        refusal = (
            f"Trying to pause PV {name} that is not currently being archived or on an instance that is not active."
        )
    else:
        refusal = change(state, info)
    return {"pvName": name, "validation": refusal} if refusal else {"pvName": name, "status": "ok"}


def _pause_one(state: ApplianceState, info: PvTypeInfo) -> str:
    """Pause a PV: the configuration says so at once, the engine follows; stores that want it are emptied."""
    if info.paused:
        return f"PV {info.pv} is already paused"
    state.configuration.put(info.changed(state.clock(), paused="true"))
    state.engine.archive(info.pv, False)
    move_out(_etl_stores(state, info), state.clock())
    return ""


def _resume_one(state: ApplianceState, info: PvTypeInfo) -> str:
    if not info.paused:
        return f"PV {info.pv} is not paused"
    state.configuration.put(info.changed(state.clock(), paused="false"))
    state.engine.archive(info.pv, True)
    return ""


def _etl_stores(state: ApplianceState, info: PvTypeInfo) -> list[EtlStore]:
    return [EtlStore(url=url, store=state.storage.store(info, url)) for url in info.stores]


def _consolidate(state: ApplianceState, request: BplRequest) -> Response:
    """Move all samples of a paused PV into a store; failures on the way are only logged, the reply is still ok."""
    storage = request.needed("storage", 400)
    info = request.known_pv(state, 400)
    if not info.paused:
        return json_reply({"validation": f"Cannot consolidate unless PV {info.pv} is paused."})
    if storage not in [url.name for url in info.stores]:
        return json_reply({"validation": f"Cannot find storage with name {storage} for pv {info.pv}"})
    if len(info.stores) < 2:
        return json_reply({"validation": f"Unable to consolidate data for PV {info.pv}"})
    consolidate(_etl_stores(state, info), storage, _date(request, state.clock() + A_YEAR))
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
        With 404 if a parameter is missing, the PV is not paused, or it has no such store.
    """
    if not request.parameters.get("pv"):
        raise Refused(404, "Please specify the PV name")
    storage, text = request.needed("storage", 404), request.needed("plugin_url", 404)
    info = request.known_pv(state, 404)
    if not info.paused:
        raise Refused(404, f"PV is not paused {info.pv}")
    names = [url.name for url in info.stores]
    if storage not in names:
        raise Refused(404, f"Cannot find store {storage} for pv {info.pv}")
    urls = [text if name == storage else url for name, url in zip(names, info.info["dataStores"], strict=True)]
    state.configuration.put(info.changed(state.clock(), dataStores=urls))
    return text_reply("", "application/json")


def _put(state: ApplianceState, request: BplRequest) -> Response:
    """Store a type info as it is; a new PV starts paused.

    Raises
    ------
    Refused
        With 500 if it does not fit what is known of the PV, or to the flags of the call.
    """
    name = request.needed("pv", 400)
    posted = _posted_info(request)
    known = state.configuration.type_info(name)
    if known is None and request.parameters.get("createnew") != "true":
        raise Refused(500, f"We do not have a typeinfo for PV {name} but the createnew flag has not been set")
    if posted.pv != name:
        raise Refused(500, f"The PV name in the call {name} does not match the PV name in the typeinfo {posted.pv}")
    if known is not None and request.parameters.get("override") != "true":
        raise Refused(500, f"We already have a typeinfo for PV {name} but the override flag has not been set")
    identity = posted.info["applianceIdentity"]
    if known is not None and identity != known.info["applianceIdentity"]:
        raise Refused(
            500,
            f"The appliance identity for an existing PVTypeInfo {known.info['applianceIdentity']} does not match the "
            f"appliance identity in the typeinfo {identity} for pv {name}",
        )
    stored = posted if known is not None else PvTypeInfo(posted.info | {"paused": "true"})
    state.configuration.put(stored)
    state.engine.archive(name, not stored.paused)
    return json_reply(stored.info)


def _posted_info(request: BplRequest) -> PvTypeInfo:
    try:
        info = PvTypeInfo(json.loads(request.body))
        info.check()
    except (ValueError, TypeError, InputError) as damage:
        raise Refused(500, str(damage)) from None
    return info


def _delete(state: ApplianceState, request: BplRequest) -> Response:
    """Forget a paused PV, and its files too if `deleteData=true`; caches of post-processors stay."""
    info = request.known_pv(state, 400)
    if not info.paused:
        return json_reply(
            {
                "validation": f"We will not stop archiving PV {info.pv} if it is not paused. "
                "Please pause recording first."
            }
        )
    if request.parameters.get("deleteData") == "true":
        for store in state.storage.stores(info):
            for path in store.paths() if store is not None else ():
                path.unlink()
    state.configuration.remove(info.pv)
    return json_reply({"validation": "", "status": "ok"})


def _change_parameters(state: ApplianceState, request: BplRequest) -> Response:
    name, period = request.needed("pv", 400), request.needed("samplingperiod", 400)
    info = state.configuration.type_info(name)
    if info is None:
        return text_reply(
            json_text({"validation": f"Unable to change the archival parameters for {name}"}) + "\n", None
        )
    method = request.parameters.get("samplingmethod", info.info["samplingMethod"])
    state.configuration.put(info.changed(state.clock(), samplingPeriod=period, samplingMethod=method))
    done = {"status": "ok", "desc": f"Successfully changed the archival parameters for {info.pv}"}
    return text_reply("" if info.paused else json_text(done) + "\n", None)


def _set_flag(state: ApplianceState, request: BplRequest) -> Response:
    state.configuration.flags[request.needed("name", 400)] = request.needed("value", 400).lower() == "true"
    return json_reply({"status": "ok"})


def _add_alias(state: ApplianceState, request: BplRequest) -> Response:
    info, alias = request.known_pv(state, 400), request.needed("aliasname", 400)
    state.configuration.add_alias(alias, info.pv)
    return text_reply(json_text({"status": "ok", "desc": f"Added an alias {alias} for PV {info.pv}"}) + "\n", None)


def _remove_alias(state: ApplianceState, request: BplRequest) -> Response:
    info, alias = request.known_pv(state, 400), request.needed("aliasname", 400)
    state.configuration.remove_alias(alias)
    return text_reply(json_text({"status": "ok", "desc": f"Removed an alias {alias} for PV {info.pv}"}) + "\n", None)


def _probe_server(_state: ApplianceState, request: BplRequest) -> Response:
    """Ping another appliance; this call stores nothing, and so tells what this one can reach.

    Raises
    ------
    Refused
        With 500 if there is no such type of server.
    """
    url, kind = request.needed("externalarchiverserverurl", 400), request.needed("externalServerType", 400)
    if kind != "ARCHAPPL_PBRAW":
        raise Refused(
            500,
            "No enum constant "
            f"org.epics.archiverappliance.mgmt.bpl.AddExternalArchiverServer.ExternalServerType.{kind}",
        )
    try:
        answer = fetch_text(f"{url.partition('?')[0]}/ping")
    except Refused as refusal:
        failure = f"Exception pinging the external EPICS Archiver Appliance at {url} {refusal.message}"
        return json_reply({"validation": failure})
    if "Pong" not in answer:
        return json_reply({"validation": f"Unexpected response {answer} from the EPICS Archiver Appliance at {url}"})
    return json_reply({"Connected": "ok", "desc": f"EPICS Archiver Appliance at {url}", "archives": "pbraw"})


def _with_stores(
    call: Callable[[ApplianceState, BplRequest], Response],
) -> Callable[[ApplianceState, BplRequest], Response]:
    """Return a call that answers 500 where a store of the PV cannot be opened."""

    def guarded(state: ApplianceState, request: BplRequest) -> Response:
        try:
            return call(state, request)
        except (InputError, StoreError) as damage:
            raise Refused(500, str(damage)) from None

    return guarded


#: Calls by name; each takes the appliance and the request.
CHANGING_CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "pauseArchivingPV": _with_stores(_pause),
    "resumeArchivingPV": _with_stores(_resume),
    "consolidateDataForPV": _with_stores(_consolidate),
    "mergeInData": _with_stores(_merge),
    "modifyStoreURLForPV": _with_stores(_modify_store),
    "putPVTypeInfo": _put,
    "deletePV": _with_stores(_delete),
    "changeArchivalParameters": _change_parameters,
    "setNamedFlag": _set_flag,
    "addAlias": _add_alias,
    "removeAlias": _remove_alias,
    "addExternalArchiverServer": _probe_server,
}
