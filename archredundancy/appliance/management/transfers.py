"""Calls that give the samples of one PV to another: of another member, or of a newer name.

They are `ReshardPV` and `AppendAndAliasPV`. All work is done by the member that gets the samples, by way of a PV with a
made-up name.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.etl.stages import A_YEAR
from archredundancy.appliance.management.forwarding import ask_member, forwarded
from archredundancy.appliance.management.store_failures import with_stores
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.partner import RawAnswer, fetch_samples
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.store import PvStore
from archredundancy.model import NS_PER_SECOND

__all__ = ["CALLS"]

_FIVE_YEARS = 5 * 366 * 86400 * NS_PER_SECOND
# So many samples may get lost where one PV ends and the other begins.
_TOLERATED = 10


class _GivenUp(Exception):
    """A transfer that was not made, or not ended, and what the reply says of it."""

    def __init__(self, validation: str = "", reply: Mapping[str, str] | None = None) -> None:
        super().__init__(validation)
        self.reply = {"validation": validation} if reply is None else dict(reply)


@dataclass(frozen=True, kw_only=True)
class _Target:
    """A PV with a made-up name, and the store that its samples go into."""

    info: PvTypeInfo
    store: PvStore


def _reshard(state: ApplianceState, request: BplRequest) -> Response:
    """Give a paused PV with all its samples to another member; it stays paused.

    Raises
    ------
    Refused
        With 400 if a parameter is missing, PV or member are not known, or the PV is that member's already.
    """
    storage, identity = request.needed("storage", 400), request.needed("appliance", 400)
    info = request.known_pv(state, 400)
    if identity not in state.members.urls or identity == info.identity:
        raise Refused(400)
    if identity != state.identity:
        return forwarded(state, identity, "reshardPV", {"pv": info.pv, "storage": storage, "appliance": identity})
    return _answered(lambda: _take_over(state, info, storage))


def _take_over(state: ApplianceState, info: PvTypeInfo, storage: str) -> dict[str, str]:
    _need_store(info, storage)
    if not info.paused:
        raise _GivenUp(f"Cannot consolidate unless PV {info.pv} is paused.")
    _consolidate(state, info, storage)
    target = _made_up(state, info, "reshard", storage)
    past, future = _reach(state, info)
    before = _fetch(state, info, past, future)
    _copy(state, target, [before], f"resharding {info.pv}")
    counts = [_count(before), _count(_fetch(state, target.info, past, future))]
    if counts[0] != counts[1]:
        _remove(state, target.info)
        raise _GivenUp(
            f"When transferring data for pv {info.pv} we are not transferring the correct number of events. The source "
            f"has {counts[0]} and the dest has {counts[1]}. Giving up on resharding {info.pv}"
        )
    done = {"beforeEventCount": str(counts[0]), "afterEventCount": str(counts[1])}
    done["deleteOriginal"] = _remove(state, info)
    _rename(state, target.info, info.pv, done)
    assigned = f"Successfully assigned {info.pv} to appliance {state.identity}"
    return done | {"renameTemporary": "ok", "status": "ok", "desc": assigned}


def _append_and_alias(state: ApplianceState, request: BplRequest) -> Response:
    """Put a PV's samples before those of a newer one, and let its name mean that one.

    Raises
    ------
    Refused
        With 400 if a parameter is missing, or a PV is not known.
    """
    names = [request.needed(name, 400) for name in ("olderpv", "newerpv")]
    storage = request.needed("storage", 400)
    older, newer = (state.configuration.type_info(name) for name in names)
    if older is None or newer is None:
        raise Refused(400)
    if not state.owns(newer) and older.paused and newer.paused:
        known = {"olderpv": older.pv, "newerpv": newer.pv, "storage": storage}
        return forwarded(state, newer.identity, "appendAndAliasPV", known)
    return _answered(lambda: _append(state, older, newer, storage))


def _append(state: ApplianceState, older: PvTypeInfo, newer: PvTypeInfo, storage: str) -> dict[str, str]:
    for info in (older, newer):
        if not info.paused:
            raise _GivenUp(f"Cannot append unless PV {info.pv} is paused.")
    if older.dbr_type is not newer.dbr_type:
        raise _GivenUp(f"The PVs {older.pv} and {newer.pv} are of different DBR Types. Cannot consolidate.")
    _need_store(newer, storage)
    _consolidate(state, newer, storage)
    target = _made_up(state, newer, "appendAlias", storage)
    past, future = _reach(state, older)
    firsts = [store.first_time() for store in state.storage.stores(newer) if store is not None]
    begin = min((first for first in firsts if first is not None), default=future) // NS_PER_SECOND * NS_PER_SECOND
    before = _fetch(state, older, past, begin)
    if before is None:
        _remove(state, target.info)
        raise _GivenUp(f"There seems to be no data for {older.pv}. Giving up on append and alias  {older.pv}")
    # The real one counts the older PV's samples here too, where it means the newer one's.
    expected = _count(before) + _count(_fetch(state, older, begin, future))
    _copy(state, target, [before, _fetch(state, newer, begin, future)], f"append and alias  {older.pv}")
    missing = expected - _count(_fetch(state, target.info, past, future))
    if missing > _TOLERATED:
        _remove(state, target.info)
        raise _GivenUp(f"When copying data into a temporary PV, we seem to be missing  {missing} events")
    done = {"deleteNewer": _remove(state, newer)}
    _rename(state, target.info, newer.pv, done)
    done["deleteOlder"] = _remove(state, older)
    done["addAlias"] = _asked(state, state.identity, "addAlias", {"pv": newer.pv, "aliasname": older.pv})
    return done | {"status": "ok"}


def _answered(transfer: Callable[[], dict[str, str]]) -> Response:
    try:
        return json_reply(transfer())
    except _GivenUp as reason:
        return json_reply(reason.reply)


def _need_store(info: PvTypeInfo, storage: str) -> None:
    if storage not in [url.name for url in info.stores]:
        raise _GivenUp(f"Cannot find storage with name {storage} for pv {info.pv}")


def _consolidate(state: ApplianceState, info: PvTypeInfo, storage: str) -> None:
    owner, now = state.owner(info), state.clock()
    if owner is None or len(info.stores) < 2:
        raise _GivenUp(f"Unable to consolidate data for PV {info.pv}")
    owner.etl.consolidate(info, storage, now + A_YEAR, now)


def _made_up(state: ApplianceState, info: PvTypeInfo, why: str, storage: str) -> _Target:
    name = f"{info.pv}_{why}_{random.getrandbits(64) - (1 << 63)}"
    made = info.changed(state.clock(), pvName=name, chunkKey="", applianceIdentity=state.identity)
    store = next(state.storage.store(made, url) for url in made.stores if url.name == storage)
    if store is None:
        raise _GivenUp(f"Cannot find storage with name {storage} for pv {name}")
    state.configuration.put(made)
    return _Target(info=made, store=store)


def _reach(state: ApplianceState, info: PvTypeInfo) -> tuple[int, int]:
    """Return a window that holds all samples of a PV."""
    return max(info.created - _FIVE_YEARS, 0), state.clock() + 2 * A_YEAR


def _fetch(state: ApplianceState, info: PvTypeInfo, start: int, end: int) -> list[RawAnswer] | None:
    url = f"{state.members.urls[info.identity]}/retrieval/data/getData.raw"
    return fetch_samples(url, info.pv, start, end, "pb", skip_external=True)


def _count(answer: list[RawAnswer] | None) -> int:
    return sum(sum(1 for _ in stream.rows()) for stream in answer or [])


def _copy(state: ApplianceState, target: _Target, answers: Sequence[list[RawAnswer] | None], what: str) -> None:
    """Append what was answered, if anything was; give up at an answer without a header: the real one reads it first.

    Raises
    ------
    _GivenUp
        If it cannot be appended; the made-up PV is removed then.
    """
    appender = Appender(target.store)
    try:
        for stream in chain.from_iterable(answer for answer in answers if answer is not None):
            appender.append(stream.rows(), stream.header.dbr_type)
        is_whole = [] not in answers
    except (DamagedFile, DamagedLine, OSError):
        is_whole = False
    if not is_whole:
        _remove(state, target.info)
        raise _GivenUp(f"Exception appending data for {target.info.pv}. Giving up on {what}")


def _rename(state: ApplianceState, info: PvTypeInfo, name: str, done: dict[str, str]) -> None:
    """Give the made-up PV its name.

    Raises
    ------
    _GivenUp
        If that fails; the samples are under the made-up name then.
    """
    if _asked(state, state.identity, "renamePV", {"pv": info.pv, "newname": name}) != "ok":
        desc = f"Could not rename temporary PV {info.pv} to source PV {name}"
        raise _GivenUp(reply=done | {"status": "Rename failed", "desc": desc})
    _remove(state, info)


def _remove(state: ApplianceState, info: PvTypeInfo) -> str:
    return _asked(state, info.identity, "deletePV", {"pv": info.pv, "deleteData": "true"})


def _asked(state: ApplianceState, identity: str, call: str, parameters: dict[str, str]) -> str:
    """Let a member do something; return `ok` or `failed`."""
    try:
        reply = json.loads(ask_member(state, identity, call, parameters))
    except (Refused, ValueError):
        return "failed"
    return "ok" if str(reply.get("status", "")).lower() == "ok" else "failed"


def _reassign(_state: ApplianceState, _request: BplRequest) -> Response:
    """Refuse to give PVs away without their samples, as an installation does that has not asked for it.

    Raises
    ------
    Refused
        With 500, always.
    """
    raise Refused(
        500, "This installation has not been configured to support dynamic reassignment of PV's to appliances"
    )


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "reshardPV": with_stores(_reshard),
    "reassignAppliance": _reassign,
    "appendAndAliasPV": with_stores(_append_and_alias),
}
