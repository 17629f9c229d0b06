"""Embedded appliances in processes of their own, so that their work is not counted as, or slowed by, a client's."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from archredundancy.appliance import Appliance
from archredundancy.model import DbrType, Granularity, Partition, Samples, chunk_key, year_of
from archredundancy.wire import ChunkHeader, encode_chunk

__all__ = ["YEARLY", "appliance_apart", "merge_into_answers", "type_info", "write_years"]

#: A long-term store of a file a year.
YEARLY = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"


def type_info(pv: str, dbr_type: DbrType = DbrType.SCALAR_DOUBLE) -> dict[str, Any]:
    """Return the configuration of a PV that is being archived, and whose samples lie in yearly files."""
    return {"pvName": pv, "DBRType": f"DBR_{dbr_type.name}", "dataStores": [YEARLY], "paused": "false"}


def write_years(root: Path, pv: str, samples: Samples) -> list[Path]:
    """Write samples, sorted by time, where an appliance with this root looks for those of a yearly store.

    Parameters
    ----------
    root : Path
    pv : str
    samples : Samples

    Returns
    -------
    list of Path
    """
    written = []
    row = 0
    while row < len(samples):
        slot = Partition.holding(int(samples.time[row]), Granularity.YEAR)
        end = int(samples.time.searchsorted(slot.end))
        path = root / "lts" / f"{chunk_key(pv)}{slot.name}.pb"
        path.parent.mkdir(parents=True, exist_ok=True)
        header = ChunkHeader(dbr_type=samples.dbr_type, pv=pv, year=year_of(slot.start))
        path.write_bytes(encode_chunk(header, samples.slice(row, end)))
        written.append(path)
        row = end
    return written


@contextmanager
def appliance_apart(identity: str, root: Path, infos: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Run an appliance in a process of its own, until the end of the block.

    Parameters
    ----------
    identity : str
    root : Path
        Folder of its files; those that are there already are served.
    infos : sequence of mapping
        Its PVs, as `type_info` gives them.

    Yields
    ------
    str
        Its management URL.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, identity, str(root), list(infos)))
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        process.join()


def _serve(connection: Connection, identity: str, root: str, infos: Sequence[Mapping[str, Any]]) -> None:
    with Appliance(identity, root) as appliance:
        for info in infos:
            appliance.add_pv(info)
        connection.send(appliance.url)
        connection.poll(None)  # until the other end is closed


def merge_into_answers(secondary_url: str, primary_url: str) -> None:
    """Make the primary an external server of the secondary that it merges with while it reads.

    Parameters
    ----------
    secondary_url, primary_url : str
        Management URLs of embedded appliances.

    Raises
    ------
    ConnectionError
        If one of the calls is refused.
    """
    other = quote(f"{primary_url}/retrieval?mergeDuringRetrieval=true", safe="")
    for call in (
        f"addExternalArchiverServer?externalarchiverserverurl={other}&externalServerType=ARCHAPPL_PBRAW",
        f"addExternalArchiverServerArchives?channelarchiverserverurl={other}&archives=pbraw",
        "resetFailoverCaches",
    ):
        connection = HTTPConnection(urlsplit(secondary_url).netloc, timeout=60)
        connection.request("GET", f"/mgmt/bpl/{call}")
        status = connection.getresponse().status
        connection.close()
        if status != 200:
            raise ConnectionError(f"{secondary_url} answered {call} with {status}")
