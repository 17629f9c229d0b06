"""What a scratch PV is configured as, and how its samples get into a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from archredundancy.client.commands.scratch_calls import ScratchCommitter
from archredundancy.commit.journal.journal import Journal
from archredundancy.commit.settings import RunSettings
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, TimeRange, chunk_key, format_time

if TYPE_CHECKING:
    from archredundancy.relay import RelayRequest

__all__ = ["fill", "scratch_type_info"]


def fill(
    committer: ScratchCommitter, journal: Journal, settings: RunSettings, pv: str, storage: str, samples: Samples
) -> None:
    """Import samples into a store of a scratch PV, from a relay.

    Raises
    ------
    RefusedError
        If the appliance does not do it.
    """
    from archredundancy.relay import serve_relay  # loads a web server, which those who only read do not need

    def note(request: RelayRequest) -> None:
        journal.write("relay", pv, request=request.request, count=request.count)

    span = TimeRange(
        start=int(samples.time[0]) // NS_PER_SECOND * NS_PER_SECOND,
        end=(int(samples.time[-1]) // NS_PER_SECOND + 1) * NS_PER_SECOND,
    )
    with serve_relay(
        {pv: samples},
        interface=settings.interface,
        port=settings.relay_port,
        base=settings.relay_url,
        on_request=note,
    ) as relay:
        committer.import_data(pv, relay.url, storage, span).require()


def scratch_type_info(pv: str, stores: Sequence[str], now: int, dbr_type: DbrType, identity: str) -> dict[str, Any]:
    """Return the PVTypeInfo of a paused PV that nobody serves.

    Parameters
    ----------
    pv : str
    stores : sequence of str
        URLs.
    now : int, ns since 1970 UTC
    dbr_type : DbrType
    identity : str
        Of the member that is to own it.
    """
    stamp = f"{format_time(now)[:23]}Z"
    return {
        "pvName": pv,
        "DBRType": f"DBR_{dbr_type.name}",
        "scalar": "false" if dbr_type.is_waveform else "true",
        "elementCount": "3" if dbr_type.is_waveform else "1",
        "applianceIdentity": identity,
        "chunkKey": chunk_key(pv),
        "creationTime": stamp,
        "modificationTime": stamp,
        "paused": "true",
        "samplingMethod": "MONITOR",
        "samplingPeriod": "1.0",
        "usePVAccess": "true" if dbr_type is DbrType.V4_GENERIC_BYTES else "false",
        "dataStores": list(stores),
    }
