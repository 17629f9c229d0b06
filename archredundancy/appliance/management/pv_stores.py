"""The stores of a PV, as calls of the management use them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.etl.stages import EtlStore
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState
from archredundancy.errors import InputError, StoreError

__all__ = ["etl_stores", "with_stores"]


def etl_stores(state: ApplianceState, info: PvTypeInfo) -> list[EtlStore]:
    """Return the stores of a PV with their URLs."""
    return [EtlStore(url=url, store=state.storage.store(info, url)) for url in info.stores]


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
