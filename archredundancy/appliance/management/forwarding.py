"""Calls that are passed on to the member of the cluster that is to do them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from starlette.responses import Response

from archredundancy.appliance.java.text import json_text
from archredundancy.appliance.remote.passing_on import open_answer
from archredundancy.appliance.server.replies import Refused, text_reply
from archredundancy.appliance.state import ApplianceState

__all__ = ["ask_member", "forwarded"]


def forwarded(
    state: ApplianceState,
    identity: str,
    call: str,
    parameters: Mapping[str, str],
    media_type: str | None = "application/json",
) -> Response:
    """Answer with what another member answers to a call.

    If that member is down, or answers with an error, the answer is `null` with status 200 all the same: an honest
    failure looks like success to whoever reads only the status (`GetUrlContent.getURLContentAsJSONObject`;
    `appliance.md` L, 3).

    Parameters
    ----------
    state : ApplianceState
    identity : str
        Of the other member.
    call : str
        Such as `mergeInData`.
    parameters : mapping of str to str
        All that the other member gets to know; further parameters of the request are lost.
    media_type : str or None
        What the answer says it is.
    """
    try:
        said = json.loads(ask_member(state, identity, call, parameters))
    except (Refused, ValueError):
        said = None
    return text_reply(json_text(said) + "\n", media_type)


def ask_member(
    state: ApplianceState, identity: str, call: str, parameters: Mapping[str, str], body: bytes | None = None
) -> str:
    """Return what another member answers to a call of the management.

    What it writes in ISO-8859-1 is read as UTF-8, so characters outside ASCII are lost.

    Parameters
    ----------
    state : ApplianceState
    identity : str
    call : str
    parameters : mapping of str to str
    body : bytes, optional
        JSON to post; without it the call is a GET.

    Raises
    ------
    Refused
        With 500 if there is no such member, it is down, or it answers with an error.
    """
    root = state.members.urls.get(identity)
    if root is None:
        raise Refused(500, f"There is no appliance {identity!r} in the cluster")
    target = f"/mgmt/bpl/{call}?{urlencode(parameters, quote_via=quote, safe='')}"
    answer = open_answer(root.removeprefix("http://"), target, body)
    text = b"".join(answer.blocks).decode(errors="replace")
    if answer.status != 200:
        raise Refused(500, f"Invalid status calling {root}{target}. Got {answer.status}")
    return text
