"""Configuring and forgetting PVs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.text import json_text
from archredundancy.appliance.management.forwarding import ask_member, forwarded
from archredundancy.appliance.management.store_failures import with_stores
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.errors import InputError

__all__ = ["CALLS"]

_BAD_REQUEST = "Bad request"


def _put(state: ApplianceState, request: BplRequest) -> Response:
    """Store a type info as it is; a new PV starts paused.

    Raises
    ------
    Refused
        With 500 if it does not fit what is known of the PV, or to the flags of the call.
    """
    name = request.needed("pv", 400)
    posted = _posted_info(state, request)
    known = state.configuration.type_info(name)
    if known is None and request.parameters.get("createnew") != "true":
        raise Refused(500, f"We do not have a typeinfo for PV {name} but the createnew flag has not been set")
    if posted.pv != name:
        raise Refused(500, f"The PV name in the call {name} does not match the PV name in the typeinfo {posted.pv}")
    if known is not None and request.parameters.get("override") != "true":
        raise Refused(500, f"We already have a typeinfo for PV {name} but the override flag has not been set")
    if not posted.identity:
        raise Refused(500, f"Cannot determine appliance when updating typeinfo for PV {name} with new typeinfo")
    if known is not None and posted.identity != known.identity:
        raise Refused(
            500,
            f"The appliance identity for an existing PVTypeInfo {known.identity} does not match the "
            f"appliance identity in the typeinfo {posted.identity} for pv {name}",
        )
    if not state.owns(posted):
        return _put_at_owner(state, request, posted)
    stored = posted if known is not None else posted.replaced(paused="true")
    state.configuration.put(stored)
    state.engine.follow(name)
    return json_reply(stored.info)


def _put_at_owner(state: ApplianceState, request: BplRequest, posted: PvTypeInfo) -> Response:
    flags = {flag: request.parameters.get(flag, "false") for flag in ("override", "createnew")}
    text = ask_member(
        state, posted.identity, "putPVTypeInfo", {"pv": posted.pv, **flags}, json.dumps(posted.info).encode()
    )
    return json_reply(json.loads(text))


def _posted_info(state: ApplianceState, request: BplRequest) -> PvTypeInfo:
    try:
        info = PvTypeInfo(json.loads(request.body), state.settings.key_of)
        info.check()
    except (ValueError, TypeError, RecursionError, InputError) as damage:
        raise Refused(500, str(damage)) from None
    return info


def _delete(state: ApplianceState, request: BplRequest) -> Response:
    """Forget paused PVs, and their files too if `deleteData=true`; caches of post-processors stay (`DeletePV`).

    Several are named by commas, globs or a POST; then unknown names of a GET are left out, and those of a POST give an
    error after the others have been deleted all the same.

    Raises
    ------
    Refused
        With 400 if none is named or one is not known, with 500 if a POST has no content type.
    """
    is_one = request.method == "GET" and not re.search("[,*?]", request.needed("pv", 400))
    with_data = request.with_form().get("deleteData", "").lower() == "true"
    refusals = [_delete_one(state, name, with_data) for name in _to_delete(state, request, is_one)]
    if _BAD_REQUEST in refusals:
        raise Refused(400, charset="ISO-8859-1")
    validation = refusals[0] if is_one else "".join(f"{refusal}\n" for refusal in refusals)
    return json_reply({"validation": validation} | ({} if validation.strip() else {"status": "ok"}))


def _to_delete(state: ApplianceState, request: BplRequest, is_one: bool) -> list[str]:
    if is_one:
        return [request.parameters["pv"]]
    if request.method == "GET":
        return [name for name in request.pvs(state) if state.configuration.type_info(name)]
    if not request.content_type:
        raise Refused(500)
    return request.posted()


def _delete_one(state: ApplianceState, name: str, with_data: bool) -> str:
    """Forget a PV; return what stands in the way, empty if nothing does."""
    info = state.configuration.type_info(name)
    if info is None:
        return _BAD_REQUEST
    if not info.paused:
        return f"We will not stop archiving PV {info.pv} if it is not paused. Please pause recording first."
    owner = state.owner(info)
    if owner is None or not owner.engine.is_running:
        return f"Unknown status from engine when stoppping archiving/deleting PV {info.pv}."
    for store in owner.storage.stores(info) if with_data else ():
        if store is not None:
            store.delete()
    state.configuration.remove(info.pv)
    owner.engine.follow(info.pv)
    return ""


def _add_alias(state: ApplianceState, request: BplRequest) -> Response:
    info, alias = request.known_pv(state, 400), request.needed("aliasname", 400)
    if not state.owns(info):
        return forwarded(state, info.identity, "addAlias", {"pv": info.pv, "aliasname": alias}, None)
    state.configuration.add_alias(alias, info.pv)
    return text_reply(json_text({"status": "ok", "desc": f"Added an alias {alias} for PV {info.pv}"}) + "\n", None)


def _remove_alias(state: ApplianceState, request: BplRequest) -> Response:
    info, alias = request.known_pv(state, 400), request.needed("aliasname", 400)
    if not state.owns(info):
        return forwarded(state, info.identity, "removeAlias", {"pv": info.pv, "aliasname": alias}, None)
    state.configuration.remove_alias(alias)
    return text_reply(json_text({"status": "ok", "desc": f"Removed an alias {alias} for PV {info.pv}"}) + "\n", None)


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "putPVTypeInfo": _put,
    "deletePV": with_stores(_delete),
    "addAlias": _add_alias,
    "removeAlias": _remove_alias,
}
