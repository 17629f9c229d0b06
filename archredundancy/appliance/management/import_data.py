"""`importDataFromPlugin`: samples from anywhere into one of a PV's stores (`appliance.md` D.3).

Whether the PV is paused is not asked, nor whether the types fit; what is not later than the store's last sample is left
out silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from starlette.responses import Response

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.instants import UnparsableTime, parse_instant
from archredundancy.appliance.management.store_failures import with_stores
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.remote.readers import open_reader
from archredundancy.appliance.server.replies import Refused, json_reply
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import DamagedFile
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.model import StoreUrl

__all__ = ["CALLS"]


def _import(state: ApplianceState, request: BplRequest) -> Response:
    """Append what a source has of a window to a store; a partner that gives no answer counts as one without samples.

    Raises
    ------
    Refused
        With 404 if a parameter is missing or names nothing; with 500 if one cannot be read, or the source cannot.
    """
    info = request.known_pv(state, 404)
    texts = [request.needed(key, 404) for key in ("from", "to")]
    start, end = map(_instant, texts)
    source, into = request.needed("src", 404), request.needed("dest", 404)
    reader = open_reader(state.storage, info, StoreUrl.parse(source))
    destination = next((url for url in info.stores if url.name == into), None)
    if destination is None:
        raise Refused(404)
    try:
        _append(state, info, destination, reader.streams(start, end, None) or iter(()))
    except (DamagedFile, DamagedLine, OSError) as damage:
        raise Refused(500, f"{type(damage).__name__}: {damage}") from None
    return json_reply({"pvName": info.pv, "status": "ok"})


def _append(state: ApplianceState, info: PvTypeInfo, url: StoreUrl, streams: Iterator[SampleStream]) -> None:
    store = state.storage.store(info, url)
    first = next(streams, None)
    if store is None or first is None:
        return
    rows = (row for stream in chain([first], streams) for row in stream.rows())
    with store.lock:
        Appender(store, last=store.last_time() or 0).append(rows, first.header.dbr_type)


def _instant(text: str) -> int:
    try:
        return parse_instant(text)
    except UnparsableTime as refusal:
        raise Refused(500, str(refusal)) from None


#: Calls by name; each takes the appliance and the request.
CALLS: dict[str, Callable[[ApplianceState, BplRequest], Response]] = {
    "importDataFromPlugin": with_stores(_import),
}
