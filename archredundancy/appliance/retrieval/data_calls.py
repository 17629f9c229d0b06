"""Calls below `/retrieval/data` (`DataRetrievalServlet`)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from archredundancy.appliance.retrieval.get_data import get_data
from archredundancy.appliance.retrieval.get_data_at_time import get_data_at_time, get_data_at_time_for_appliance
from archredundancy.appliance.retrieval.get_data_for_pvs import get_data_for_pvs
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState

__all__ = ["answer_data_call"]

_AT_TIME = {"getDataAtTime": get_data_at_time, "getDataAtTimeForAppliance": get_data_at_time_for_appliance}


async def answer_data_call(state: ApplianceState, request: Request) -> Response:
    """Answer a call by its name and method, such as `getData.json`; folders before the name do not count.

    Raises
    ------
    Refused
        With the status and message of the real appliance.
    """
    path = request.path_params["call"]
    name = path.rpartition("/")[2].partition(".")[0]
    if not name:
        raise Refused(500, "Index -1 out of bounds for length 0")
    if name == "getData" and request.method != "POST":
        return await get_data(state, request, _extension(path))
    if name == "getDataForPVs":
        return await get_data_for_pvs(state, request, _extension(path))
    if request.method == "POST" and name in _AT_TIME:
        return await _AT_TIME[name](state, request)
    raise Refused(400, f'"{name}" is not a valid API method.')


def _extension(path: str) -> str:
    """Return the format.

    Raises
    ------
    Refused
        With 500 if there is none.
    """
    _, *parts = path.rstrip(".").split(".")
    if not parts:
        raise Refused(500, "Index 1 out of bounds for length 1")
    return parts[0]
