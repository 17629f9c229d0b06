"""The PVs that a request names, and its other parameters, wherever they stand in it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.requests import Request

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.server.replies import Refused

__all__ = ["named_pvs"]


async def named_pvs(request: Request) -> tuple[list[str], dict[str, str]]:
    """Return the PVs that a request names, in its order, and its parameters, the first of each name.

    A GET names each PV in a `pv` of its own. A POST has a JSON list, a form with `pv=a,b`, or one name a line
    (`PVsMatchingParameter.getPVNamesFromPostBody`); a form may also have the other parameters.

    Raises
    ------
    Refused
        With 500 if no PV is named, or the body is not what its type says.
    """
    query = request.query_params.multi_items()
    if request.method != "POST":
        names = request.query_params.getlist("pv")
        if not names:
            raise Refused(500)
        return names, _first(query)
    body, content_type = await request.body(), request.headers.get("content-type", "")
    if "form" not in content_type:
        posted = BplRequest(method="POST", parameters={}, body=body, content_type=content_type).posted()
        return posted, _first(query)
    parameters = _first([*query, *parse_qsl(body.decode(errors="replace"), keep_blank_values=True)])
    if "pv" not in parameters:
        raise Refused(500)
    return parameters["pv"].split(","), parameters


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the first value of each name, as a servlet's `getParameter` does."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found
