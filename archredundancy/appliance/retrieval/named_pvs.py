"""The PVs that a request names, and its other parameters, wherever they stand in it."""

from __future__ import annotations

from starlette.requests import Request

from archredundancy.appliance.bpl_request import BplRequest, first_of_each
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
    if request.method != "POST":
        names = request.query_params.getlist("pv")
        if not names:
            raise Refused(500)
        return names, first_of_each(request.query_params.multi_items())
    asked = await BplRequest.read(request)
    parameters = asked.with_form()
    if "form" not in asked.content_type:
        return asked.posted(), parameters
    if "pv" not in parameters:
        raise Refused(500)
    return parameters["pv"].split(","), parameters
