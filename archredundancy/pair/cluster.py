"""`Cluster`: one side, asked for what it itself stores."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from archredundancy.client import (
    AwayReader,
    HttpTransport,
    ManagementClient,
    Operation,
    RetrievalClient,
    StoreFolder,
    locate_cluster,
)
from archredundancy.errors import ArchRedundancyError, InputError
from archredundancy.model import Retention, TimeRange
from archredundancy.pair.operated import operated_to_dataset
from archredundancy.pair.tree import side_to_dataset
from archredundancy.site import ClusterSettings
from archredundancy.survey import Reader, operate, refuse_unknown, survey_side

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Cluster", "open_store", "system_clock"]


def system_clock() -> int:
    """Return the time of this computer, ns since 1970 UTC."""
    return time.time_ns()


class Cluster:
    """One cluster of the Archiver Appliance, or a folder of its files; only asked, never changed.

    Parameters
    ----------
    name : str
        What it is called in results, such as `primary`.
    readers : mapping of str to Reader
        What reads samples, by identity of the member.
    management : ManagementClient, optional
        Where configuration can be asked for.
    clock : callable, optional
        Gives the present, ns since 1970 UTC.
    timezone : str, optional
        IANA name of the zone of times written without one.
    url : str, optional
        Where it was found.
    retention : Retention, optional
        How long it keeps samples, whatever its stores say.

    See Also
    --------
    Cluster.connect : from a URL.
    open_store : from a folder of PB files.
    """

    def __init__(
        self,
        name: str,
        readers: Mapping[str, Reader],
        management: ManagementClient | None = None,
        *,
        clock: Callable[[], int] = system_clock,
        timezone: str = "UTC",
        url: str = "",
        retention: Retention | None = None,
    ) -> None:
        self.name = name
        self.readers = readers
        self.management = management
        self.clock = clock
        self.timezone = timezone
        self.url = url
        self.retention = retention

    @classmethod
    def connect(
        cls,
        where: str | ClusterSettings,
        transport: HttpTransport,
        name: str,
        *,
        clock: Callable[[], int] = system_clock,
        timezone: str = "UTC",
    ) -> Cluster:
        """Return the cluster behind a URL, or of the site file.

        Parameters
        ----------
        where : str or ClusterSettings
            Management URL (`http://host:17665`) or retrieval URL (`http://host:17668/retrieval`). With the latter
            alone, creation time, retention and pauses stay unknown. Or what a site file says of a cluster.
        transport : HttpTransport
        name : str
        clock, timezone
            As for `Cluster`.

        Raises
        ------
        ConnectionFailed
            If nobody answers there.
        InputError
            If what answers is no appliance.
        """
        address = locate_cluster(where, transport)
        readers, management = address.readers(transport, name), address.management(transport)
        url, retention = (where, None) if isinstance(where, str) else (where.url, where.retention)
        return cls(name, readers, management, clock=clock, timezone=timezone, url=url, retention=retention)

    def __repr__(self) -> str:
        return f"<Cluster {self.name}: {self.url}>"

    @property
    def retrieval(self) -> RetrievalClient:
        """Client of the member that answers for PVs of unknown owner.

        Raises
        ------
        InputError
            If this is a folder of files.
        ConnectionFailed
            If it did not answer when the pair was opened.
        """
        reader = next(iter(self.readers.values()))
        if isinstance(reader, AwayReader):
            raise reader.error
        if not isinstance(reader, RetrievalClient):
            raise InputError(f"{self.name} is a folder of files; only a cluster has a retrieval client")
        return reader

    def search(self, pattern: str = "*") -> list[str]:
        """Return the names of PVs that match a glob pattern, sorted.

        Raises
        ------
        ArchRedundancyError
            If the cluster cannot be asked.

        Notes
        -----
        Management is asked where there is one: it names the PVs of a member that is down, too, while retrieval leaves
        them out without a word.
        """
        if self.management is not None:
            with suppress(ArchRedundancyError):
                return self.management.all_pvs(pattern)
        names: set[str] = set()
        for reader in self.readers.values():
            names.update(reader.search(pattern))
            if isinstance(reader, RetrievalClient):
                break  # every member answers for the whole cluster
        return sorted(names)

    def load(
        self,
        pv: str,
        start: object,
        end: object = "now",
        *,
        operator: str | None = None,
        bin: object = None,  # noqa: A002 - what everybody calls it
    ) -> xr.Dataset:
        """Return what this cluster itself stores of a PV, or what its server makes of that, as a Dataset.

        Parameters
        ----------
        pv : str
        start, end : str, datetime, numpy.datetime64 or pandas.Timestamp
            Half-open range; see `archredundancy.model.parse_time`.
        operator : str, optional
            One of `archredundancy.client.OPERATORS`, computed by the server: `"mean"`, `"max"`, `"lastSample"`. Numbers
            go behind the name as the server wants them: `"nth_10"`, `"optimized_500"`, `"ignoreflyers_300_2.5"`. Empty
            bins repeat the bin before them, as a server does; with `Sample` behind the name of a statistic
            (`"meanSample"`) they are left out.
        bin : str, float or timedelta, optional
            Length of a bin, such as `"1h"`, for operators that have bins.

        Returns
        -------
        xarray.Dataset
            Dim "time" (datetime64[ns], UTC); `value` in its native dtype, `severity`, `status`. Attribute `not_read`
            lists what could not be read.

            With an operator: bins are whole, lie at multiples of their length since 1970, and `time` is their middle;
            `query_start` and `query_end` tell what they cover together. `stats`, and `optimized` where samples are
            many, bring `mean` (`value` too), `std`, `min`, `max` and `count`; `optimized` brings few samples as they
            are, and the attribute `bin_seconds` tells the two apart.

        Raises
        ------
        UnknownPVError
            If the cluster does not know the PV.
        InputError
            If `pv` is no name, a time or operator cannot be understood, or the cluster is a folder of files, which has
            no operators.
        ReplyError
            If the server did not do what the operator says.
        ConnectionFailed
            If a server asked with an operator gives no answer.

        Notes
        -----
        An answer with an operator proves nothing: to a server, a damaged file is one without samples. What can be
        relied upon is `pair.statistics`, computed here.
        """
        refuse_no_name(pv)
        asked = TimeRange.parse(start, end, now=self.clock(), timezone=self.timezone)
        if operator is not None:
            return operated_to_dataset(operate(self, pv, Operation.parse(operator, bin, asked)), pv, self.name)
        if bin is not None:
            raise InputError(f'bin={bin!r} needs an operator; give one, such as operator="mean"')
        side = survey_side(self, pv, asked)
        refuse_unknown(side)
        return side_to_dataset(side, self.clock())


def refuse_no_name(pv: object) -> None:
    """Refuse what cannot be the name of one PV.

    Raises
    ------
    InputError
        If it is no text, empty, or a pattern.
    """
    if not isinstance(pv, str) or not pv or set(pv) & set("*?"):
        raise InputError(
            f'{pv!r} is not the name of a PV; give one, such as "SR:DCCT:CURRENT"; '
            "load_many and compare_many take patterns and lists"
        )


def open_store(root: str | Path, *, separators: str = r"[\:\-]", terminator: str = ":") -> Cluster:
    """Return a read-only source over a folder of PB files.

    Parameters
    ----------
    root : str or Path
        Root folder of a store, or a folder that holds several (`sts`, `mts`, `lts`).
    separators, terminator : str
        How this site's appliances make paths of names, where `archappl.properties` says so; see
        `archredundancy.model.chunk_key`.

    Returns
    -------
    Cluster
        With `.search` and `.load`, like one that was asked over the network.

    Raises
    ------
    StoreError
        If there is no such folder.
    """
    folder = StoreFolder(root, separators=separators, terminator=terminator)
    return Cluster(str(root), {"": folder}, url=str(root))
