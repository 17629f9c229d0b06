"""Pausing, resuming, and how a PV is sampled."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.text import float_text, json_text
from archredundancy.appliance.management.sampling import sampling_method, sampling_period
from archredundancy.appliance.management.store_failures import with_stores
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["CALLS"]


def _pause(state: ApplianceState, request: BplRequest) -> Response:
    return _each(state, request, _pause_one)


def _resume(state: ApplianceState, request: BplRequest) -> Response:
    return _each(state, request, _resume_one)


def _each(state: ApplianceState, request: BplRequest, change: Callable[[ApplianceState, PvTypeInfo], str]) -> Response:
    """Change each PV that is named and reply for each; one reply comes without its list.

    A GET says nothing of unknown names among several; a POST does, and has no globs (`appliance.md` K, d1;
    `BulkPauseResumeUtils`).

    Raises
    ------
    Refused
        With 400 if a GET names none, with 500 if a POST has no content type.
    """
    if request.method == "GET":
        request.needed("pv", 400)
    elif not request.content_type:
        raise Refused(500)
    names = request.posted() if request.method == "POST" else request.pvs(state)
    known = [name for name in names if state.configuration.type_info(name)]
    if request.method == "GET" and known:
        names = known
    replies = [_reply_to(state, name, change) for name in names]
    return json_reply(replies[0] if len(replies) == 1 else replies)


def _reply_to(state: ApplianceState, name: str, change: Callable[[ApplianceState, PvTypeInfo], str]) -> dict[str, str]:
    name = state.configuration.aliases.get(name, name)
    info = state.configuration.type_info(name)
    owner = None if info is None else state.owner(info)
    if info is None or owner is None:
        refusal = (
            f"Trying to pause PV {name} that is not currently being archived or on an instance that is not active."
        )
    else:
        refusal = change(owner, info)
    return {"pvName": name, "validation": refusal} if refusal else {"pvName": name, "status": "ok"}


def _pause_one(state: ApplianceState, info: PvTypeInfo) -> str:
    """Pause a PV: the configuration says so at once, the engine follows; stores that want it are emptied."""
    if not _turn(state, info, paused=True):
        return f"PV {info.pv} is already paused"
    state.engine.follow(info.pv)
    state.etl.move_out(info, state.clock())
    return ""


def _resume_one(state: ApplianceState, info: PvTypeInfo) -> str:
    if not _turn(state, info, paused=False):
        return f"PV {info.pv} is not paused"
    state.engine.follow(info.pv)
    return ""


def _turn(state: ApplianceState, info: PvTypeInfo, *, paused: bool) -> bool:
    """Pause or resume a PV; tell whether nobody else was faster."""
    now = state.clock()

    def turn(known: PvTypeInfo) -> PvTypeInfo | None:
        return None if known.paused is paused else known.changed(now, paused=str(paused).lower())

    return state.configuration.change(info.pv, turn) is not None


def _change_parameters(state: ApplianceState, request: BplRequest) -> Response:
    """Sample a PV with another period or method; the reply for a paused one is empty (`ChangeArchivalParamsAction`).

    Raises
    ------
    Refused
        With 500 if the period is no number, or there is no such method.
    """
    name, period = request.needed("pv", 400), request.needed("samplingperiod", 400)
    name = state.configuration.aliases.get(name, name)
    info = state.configuration.type_info(name)
    refusal = {"validation": f"Unable to change the archival parameters for {name}"}
    if info is None:
        return text_reply(json_text(refusal) + "\n", None)
    method = sampling_method(request.parameters.get("samplingmethod", info.info["samplingMethod"]))
    text = float_text(sampling_period(period))
    now = state.clock()
    state.configuration.change(info.pv, lambda known: known.changed(now, samplingPeriod=text, samplingMethod=method))
    if info.paused:
        return text_reply("", None)
    owner = state.owner(info)
    if owner is None:
        return text_reply(json_text(refusal) + "\n", None)
    owner.engine.sample_anew(info.pv)
    done = {"status": "ok", "desc": f"Successfully changed the archival parameters for {info.pv}"}
    return text_reply(json_text(done) + "\n", None)


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "pauseArchivingPV": with_stores(_pause),
    "resumeArchivingPV": with_stores(_resume),
    "changeArchivalParameters": _change_parameters,
}
