"""Calls below `/retrieval/data` (`DataRetrievalServlet`)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from archredundancy.appliance.retrieval.get_data import get_data
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState

__all__ = ["answer_data_call"]


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
