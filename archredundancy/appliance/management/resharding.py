"""Moving a PV and its samples to another member of the cluster (`ReshardPV`)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.etl.stages import A_YEAR
from archredundancy.appliance.management.forwarding import ask_member, forwarded
from archredundancy.appliance.management.pv_stores import with_stores
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.partner import fetch_samples
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import NS_PER_SECOND

__all__ = ["CALLS"]

_DAY = 86400 * NS_PER_SECOND


@dataclass(frozen=True, kw_only=True)
class _Move:
    """A PV on its way to this member.

    Attributes
    ----------
    source : PvTypeInfo
        Of the PV as it is now.
    copy : PvTypeInfo
        Of the PV that takes its samples, under a name that nobody uses.
    storage : str
        The store that holds all samples.
    start, end : int, ns since 1970 UTC
        Of the samples that are moved: five years before the PV's creation to two years from now.
    """

    source: PvTypeInfo
    copy: PvTypeInfo
    storage: str
    start: int
    end: int


def _reshard(state: ApplianceState, request: BplRequest) -> Response:
    """Move a paused PV to another member, with what the consolidation of its stores leaves in one of them.

    All of it is done by the member that the PV goes to.

    Raises
    ------
    Refused
        With 400 if a parameter is missing, or the PV or that member is not known, or has the PV already.
    """
    storage, identity = request.needed("storage", 400), request.needed("appliance", 400)
    info = request.known_pv(state, 400)
    if identity not in state.members.urls or identity == info.identity:
        raise Refused(400)
    if identity != state.identity:
        known = {"pv": info.pv, "storage": storage, "appliance": identity}
        return forwarded(state, identity, "reshardPV", known)
    refusal = _consolidated(state, info, storage)
    if refusal:
        return json_reply({"validation": refusal})
    return json_reply(_moved(state, _begin(state, info, storage)))


def _consolidated(state: ApplianceState, info: PvTypeInfo, storage: str) -> str:
    """Consolidate a PV's samples where they are; return why that cannot be done, if so."""
    if storage not in [url.name for url in info.stores]:
        return f"Cannot find storage with name {storage} for pv {info.pv}"
    if not info.paused:
        return f"Cannot consolidate unless PV {info.pv} is paused."
    owner = state.owner(info)
    if owner is None:
        return f"Unable to consolidate data for PV {info.pv}"
    owner.etl.consolidate(info, storage, state.clock() + A_YEAR, state.clock())
    return ""


def _begin(state: ApplianceState, info: PvTypeInfo, storage: str) -> _Move:
    """Configure a PV of another name here, to take the samples."""
    name = f"{info.pv}_reshard_{random.getrandbits(64) - (1 << 63)}"
    now = state.clock()
    copy = info.changed(now, pvName=name, chunkKey="", applianceIdentity=state.identity)
    state.configuration.put(copy)
    end = (now // NS_PER_SECOND + 2 * 365 * 86400) * NS_PER_SECOND
    return _Move(source=info, copy=copy, storage=storage, start=info.created - 5 * 366 * _DAY, end=end)


def _moved(state: ApplianceState, move: _Move) -> dict[str, str]:
    """Copy the samples, delete the PV where it was, and give the new one its name; return what is said of all this."""
    source, copy = move.source.pv, move.copy.pv
    samples = _samples(state, move, move.source)
    try:
        _write(state, move, samples)
    except (DamagedFile, DamagedLine, OSError):
        _delete(state, move.copy)
        return {"validation": f"Exception appending data for {copy}. Giving up on resharding {source}"}
    before, after = _count(samples), _count(_samples(state, move, move.copy))
    if before != after:
        _delete(state, move.copy)
        return {
            "validation": f"When transferring data for pv {source} we are not transferring the correct number of "
            f"events. The source has {before} and the dest has {after}. Giving up on resharding {source}"
        }
    said = {"beforeEventCount": str(before), "afterEventCount": str(after)}
    said["deleteOriginal"] = "ok" if _delete(state, move.source) else "failed"
    if not _is_done(state, state.identity, "renamePV", pv=copy, newname=source):
        desc = f"Could not rename temporary PV {copy} to source PV {source}"
        return said | {"status": "Rename failed", "desc": desc}
    _delete(state, move.copy)
    desc = f"Successfully assigned {source} to appliance {state.identity}"
    return said | {"renameTemporary": "ok", "status": "ok", "desc": desc}


def _samples(state: ApplianceState, move: _Move, info: PvTypeInfo) -> list[Samples]:
    """Return what a PV's member answers when it is asked for all that is moved."""
    url = f"{state.members.urls[info.identity]}/retrieval/data/getData.raw"
    return fetch_samples(url, info.pv, move.start, move.end, "pb", skip_external=True) or []


def _count(samples: list[Samples]) -> int:
    return sum(1 for stream in samples for _ in stream.rows())


def _write(state: ApplianceState, move: _Move, samples: list[Samples]) -> None:
    store = next(state.storage.store(move.copy, url) for url in move.copy.stores if url.name == move.storage)
    if store is None:
        return
    appender = Appender(store)
    for stream in samples:
        appender.append(stream.rows(), stream.header.dbr_type)


def _delete(state: ApplianceState, info: PvTypeInfo) -> bool:
    return _is_done(state, info.identity, "deletePV", pv=info.pv, deleteData="true")


def _is_done(state: ApplianceState, identity: str, call: str, **parameters: str) -> bool:
    """Whether a member says that it has done something."""
    try:
        return str(json.loads(ask_member(state, identity, call, parameters)).get("status", "")).lower() == "ok"
    except (Refused, ValueError):
        return False


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {"reshardPV": with_stores(_reshard)}
