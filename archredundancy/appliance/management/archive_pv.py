"""Asking for PVs to be archived, and what becomes of it until they are (`ArchivePVAction`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.archive_requests import ArchiveRequest
from archredundancy.appliance.configuration.channel_names import ChannelName
from archredundancy.appliance.configuration.policies import STREAM_FIELDS
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.instants import report_text
from archredundancy.appliance.management.forwarding import forwarded
from archredundancy.appliance.management.sampling import sampling_method, sampling_period
from archredundancy.appliance.server.replies import Refused, json_reply, text_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["CALLS"]

_SHORTEST_PERIOD = 0.1
_TEXTS = {"pv": "pv", "controlling_pv": "controllingPV", "policy": "policy", "alias": "alias"}


class _InvalidName(Exception):
    """A name that EPICS does not allow: the reply, already begun, breaks off."""


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What a user asks for one PV; `period` is None if none was given."""

    pv: str
    period: float | None = None
    method: str = "MONITOR"
    controlling_pv: str = ""
    policy: str = ""
    alias: str = ""


def _archive(state: ApplianceState, request: BplRequest) -> Response:
    if request.content_type == "application/json":
        return _reply(state, _posted(request))
    identity = request.parameters.get("appliance", state.identity)
    if identity == state.identity:
        return _reply(state, _asked(request))
    if identity not in state.members.urls:
        raise Refused(500, "java.lang.NullPointerException: there is no such appliance")
    return forwarded(state, identity, "archivePV", request.parameters)


def _reply(state: ApplianceState, wishes: Iterable[_Wish | None]) -> Response:
    """Make the requests and reply line by line, as far as it goes."""
    lines = ["["]
    try:
        for number, wish in enumerate(wishes):
            lines += [","] if number else []
            if wish is not None:
                pv, status = _submit(state, wish)
                lines.append(f'{{ "pvName": "{pv}", "status": "{status}" }}')
        lines.append("]")
    except _InvalidName:
        pass
    return text_reply("".join(f"{line}\n" for line in lines), "application/json")


def _asked(request: BplRequest) -> list[_Wish]:
    """Read the parameters of a call, which are the same for all its PVs.

    Raises
    ------
    Refused
        With 500 if there is no PV, or a parameter cannot be read.
    """
    parameters = request.with_form()
    names = parameters.get("pv")
    if names is None:
        raise Refused(500, 'java.lang.NullPointerException: Cannot invoke "String.split(String)" because it is null')
    period = sampling_period(parameters["samplingperiod"]) if parameters.get("samplingperiod") else None
    method = sampling_method(parameters.get("samplingmethod", "MONITOR"))
    common = _Wish(
        pv="",
        period=period,
        method=method,
        controlling_pv=parameters.get("controllingPV", ""),
        policy=parameters.get("policy", ""),
    )
    return [replace(common, pv=name) for name in names.split(",")]


def _posted(request: BplRequest) -> Iterator[_Wish | None]:
    """Read the list in a body; a PV whose parameters cannot be read is left out, with a comma in its place.

    Raises
    ------
    Refused
        With 500 if it is no list of objects.
    """
    try:
        posted = json.loads(request.body)
        entries: list[Mapping[str, Any]] = [dict(entry) for entry in _list(posted)]
    except (ValueError, TypeError, RecursionError) as damage:
        raise Refused(500, f"java.io.IOException: {damage}") from None
    return map(_wish, entries)


def _list(posted: Any) -> list[Any]:
    if not isinstance(posted, list):
        raise TypeError(f"{posted!r} is no list")
    return posted


def _wish(entry: Mapping[str, Any]) -> _Wish | None:
    try:
        method = sampling_method(str(entry.get("samplingmethod", "MONITOR")).upper())
        period = sampling_period(str(entry["samplingperiod"])) if "samplingperiod" in entry else None
    except Refused:
        return None
    given = {name: str(entry.get(key) or "") for name, key in _TEXTS.items()}
    return _Wish(period=period, method=method, **given)


def _submit(state: ApplianceState, wish: _Wish) -> tuple[str, str]:
    """Make a request for a PV, or add to what there is; return its name and what became of it.

    Raises
    ------
    _InvalidName
        If the name is none.
    """
    name = ChannelName.parse(wish.pv)
    if name is None:
        raise _InvalidName(wish.pv)
    field = name.field if name.field in STREAM_FIELDS else ""
    pv = name.record if field else name.pv
    with state.requests.lock:
        return pv, _ask_for(state, replace(wish, pv=pv), field, name.uses_pva)


def _ask_for(state: ApplianceState, wish: _Wish, field: str, uses_pva: bool) -> str:
    pv = wish.pv
    info = state.configuration.type_info(pv)
    if info is not None and info.pv == pv:
        _add_to_archived(state, info, field, wish.alias)
        return "Already submitted"
    pending = state.requests.get(pv)
    if pending is not None:
        state.requests.put(_with(pending, field, wish.alias))
        return "Already submitted"
    made = ArchiveRequest(
        pv=pv,
        submitted=state.clock(),
        period=None if wish.period is None else max(wish.period, _SHORTEST_PERIOD),
        method=wish.method,
        controlling_pv=wish.controlling_pv,
        policy=wish.policy,
        uses_pva=uses_pva,
    )
    state.requests.put(_with(made, field, wish.alias))
    return "Archive request submitted"


def _with(request: ArchiveRequest, field: str, alias: str) -> ArchiveRequest:
    fields = (*request.fields, *([field] if field and field not in request.fields else []))
    return replace(request, fields=fields, aliases=(*request.aliases, *([alias] if alias else [])))


def _add_to_archived(state: ApplianceState, info: PvTypeInfo, field: str, alias: str) -> None:
    now = state.clock()

    def with_field(known: PvTypeInfo) -> PvTypeInfo | None:
        fields = known.info["archiveFields"]
        return None if field in fields else known.changed(now, archiveFields=[*fields, field])

    if field:
        state.configuration.change(info.pv, with_field)
    if alias:
        state.configuration.add_alias(alias, info.pv)


def _abort(state: ApplianceState, request: BplRequest) -> Response:
    name = request.needed("pv", 400)
    pv = state.configuration.aliases.get(name, name)
    aborted = [member.requests.remove(pv) for member in state.members.running]
    return json_reply({"status": "ok" if any(aborted) else "no", "desc": f"Aborted request for archiving PV {pv}"})


def _abort_here(state: ApplianceState, request: BplRequest) -> Response:
    pv = request.needed("pv", 400)
    status = "ok" if state.requests.remove(pv) else "no"
    return json_reply({"status": status, "desc": f"Aborted request for archiving PV {pv}"})


def _never_connected(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply([row for member in state.members.running for row in _pending(member)])


def _never_connected_here(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply(_pending(state))


def _pending(state: ApplianceState) -> list[dict[str, str]]:
    return [
        {
            "requestTime": "N/A" if request.asked is None else report_text(request.asked),
            "appliance": state.identity,
            "pvName": request.pv,
            "currentState": request.state,
            "startOfWorkflow": report_text(request.submitted),
        }
        for request in state.requests.pending
    ]


def _policy_list(state: ApplianceState, _request: BplRequest) -> Response:
    return json_reply({name: policy.description for name, policy in state.settings.policies.by_name.items()})


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "archivePV": _archive,
    "abortArchivingPV": _abort,
    "abortArchivingPVForThisAppliance": _abort_here,
    "getNeverConnectedPVs": _never_connected,
    "getNeverConnectedPVsForThisAppliance": _never_connected_here,
    "getPolicyList": _policy_list,
}
