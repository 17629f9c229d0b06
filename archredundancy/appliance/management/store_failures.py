"""What is answered where a store of a PV cannot be opened."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState
from archredundancy.errors import InputError, StoreError

__all__ = ["with_stores"]


def with_stores(
    call: Callable[[ApplianceState, BplRequest], Response],
) -> Callable[[ApplianceState, BplRequest], Response]:
    """Return a call that answers 500 where a store of the PV cannot be opened."""

    def guarded(state: ApplianceState, request: BplRequest) -> Response:
        try:
            return call(state, request)
        except (InputError, StoreError) as damage:
            raise Refused(500, str(damage)) from None

    return guarded
