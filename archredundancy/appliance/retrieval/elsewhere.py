"""What external servers add to an answer: samples to merge, and PVs that are not known here (`appliance.md` C.2).

An external server that is no archiver appliance, such as a Channel Archiver, is never asked: this appliance does not
speak to those.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import quote_plus

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.processors.processor import Processor
from archredundancy.appliance.remote.failover import PBRAW, base_url, says_it_archives
from archredundancy.appliance.remote.partner import fetch_json, fetch_samples
from archredundancy.appliance.remote.readers import RemoteReader
from archredundancy.appliance.retrieval.request import DataRequest
from archredundancy.appliance.server.depth import is_too_deep
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples, SampleStream
from archredundancy.model import NS_PER_SECOND

__all__ = ["names_elsewhere", "samples_to_merge", "type_info_elsewhere"]

logger = logging.getLogger(__name__)

_HOUR = 3600 * NS_PER_SECOND


def samples_to_merge(
    state: ApplianceState, asked: DataRequest, start: int, end: int, processor: Processor | None
) -> SampleStream | None:
    """Return what another appliance has of a whole window, in memory; None if there is nothing to merge.

    It is asked for what the post-processor makes of its samples, and the post-processor works on its answer once more,
    before it sees any sample of this appliance (`DataSourceResolution.resolveDataSources`).
    """
    if not asked.external or is_too_deep(asked.name):
        return None
    server = state.failover.server_of(asked.name)
    if server is None:
        return None
    reader = RemoteReader(name="failover", pv=asked.name, url=f"{server}/data/getData.raw")
    for stream in reader.streams(start, end, processor) or ():
        # What a post-processor has made changes when it reads on.
        found = stream if processor is None else Samples(header=stream.header, content=tuple(stream.rows()))
        if next(found.rows(), None) is not None:
            return replace(found, source=f"failover {server}")
    logger.warning("nothing to merge for %s from %s", asked.name, server)
    return None


def type_info_elsewhere(state: ApplianceState, pv: str, end: int) -> PvTypeInfo | None:
    """Return a type info made up for a PV that only an external server archives; None if none does.

    Its only store is that server. The type is that of the last samples before the end of the request
    (`DataRetrievalServlet.checkIfPVisServedByExternalServer`).

    Parameters
    ----------
    state : ApplianceState
    pv : str
    end : int, ns since 1970 UTC
        Of the request.
    """
    if is_too_deep(pv):
        return None
    for url, kind in state.configuration.external_servers.items():
        server = base_url(url)
        if kind == PBRAW and says_it_archives(server, quote_plus(pv, errors="replace")):
            for stream in fetch_samples(f"{server}/data/getData.raw", pv, end - _HOUR, end) or ():
                row = next(stream.rows(), None)
                count = None if row is None else _element_count(row)
                if count is not None:
                    return _made_up(state, pv, stream, count, server)
    return None


def names_elsewhere(state: ApplianceState, regex: str, limit: str) -> list[str]:
    """Return the PVs of external servers whose names a regular expression fits.

    The path goes behind the whole URL, so a server that is merged while samples are read, with a `?` in its URL, never
    answers (`appliance.md` K, f2).
    """
    found: list[str] = []
    query = f"skipExternalServers=true&regex={quote_plus(regex, errors='replace')}&limit={limit}"
    for url, kind in state.configuration.external_servers.items():
        if kind == PBRAW:
            found += fetch_json(f"{url}/bpl/getMatchingPVs?{query}") or []
    return found


def _element_count(row: Row) -> int | None:
    try:
        value = row.sample.value
    except DamagedLine:
        return None
    return len(value) if row.dbr_type.is_waveform else 1


def _made_up(state: ApplianceState, pv: str, stream: SampleStream, count: int, server: str) -> PvTypeInfo:
    kind = stream.header.dbr_type
    return PvTypeInfo(
        {
            "pvName": pv,
            "DBRType": f"DBR_{kind.name}",
            "scalar": str(not kind.is_waveform).lower(),
            "elementCount": str(count),
            "applianceIdentity": state.identity,
            # Says to all that follows that the PV is not sampled here.
            "samplingMethod": "DONT_ARCHIVE",
            "dataStores": [f"pbraw://localhost?rawURL={server}/data/getData.raw"],
        }
    )
