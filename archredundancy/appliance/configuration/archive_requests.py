"""Requests to archive PVs, from when they are made until the PV is archived (`ArchivePVState`)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import RLock

from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.policies import MetaInfo
from archredundancy.appliance.configuration.settings import SiteSettings
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.java.text import float_text

__all__ = ["ArchiveRequest", "ArchiveRequests"]

_TABLE = "CREATE TABLE IF NOT EXISTS archive_request (pv TEXT PRIMARY KEY, request TEXT NOT NULL)"
_PUT = "INSERT INTO archive_request VALUES (?, ?) ON CONFLICT (pv) DO UPDATE SET request = excluded.request"


@dataclass(frozen=True, kw_only=True)
class ArchiveRequest:
    """A wish to archive one PV (`UserSpecifiedSamplingParams`).

    Attributes
    ----------
    pv : str
    submitted : int, ns since 1970 UTC
    period : float or None, s
        Of sampling; None leaves it and the method to the policy.
    method : str
        MONITOR or SCAN.
    policy : str
        Name of a policy; empty to let the appliance choose.
    controlling_pv : str
        PV that says when this one is archived; empty for always.
    aliases, fields : tuple of str
        Further names of the PV, and fields to archive with it.
    uses_pva : bool
    asked : int or None, ns since 1970 UTC
        When the engine was told to sample the PV.
    """

    pv: str
    submitted: int
    period: float | None = None
    method: str = "MONITOR"
    policy: str = ""
    controlling_pv: str = ""
    aliases: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    uses_pva: bool = False
    asked: int | None = None

    @property
    def state(self) -> str:
        """How far it got, in the words of `getNeverConnectedPVs`."""
        return "START" if self.asked is None else "METAINFO_REQUESTED"


class ArchiveRequests:
    """The requests of one appliance that are not done with; they outlive a restart.

    An engine looks for them in `pending`, says by `begin` that it has asked for a PV, and ends them with `finish` when
    it has sampled it; until then the PV's status is `Initial sampling`.

    Parameters
    ----------
    path : Path
        The sqlite file of the configuration.
    settings : SiteSettings

    Attributes
    ----------
    lock : RLock
        Held by whoever makes a request of what is there, so that none comes back that was ended meanwhile.
    """

    def __init__(self, path: Path, settings: SiteSettings) -> None:
        self._policies = settings.policies
        self._key_of = settings.key_of
        self.lock = RLock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute(_TABLE)
        rows = self._database.execute("SELECT request FROM archive_request ORDER BY rowid")
        self._requests = {request.pv: request for request in (_read(text) for (text,) in rows)}

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @property
    def pending(self) -> list[ArchiveRequest]:
        """All requests, in the order in which they were made."""
        with self.lock:
            return list(self._requests.values())

    def get(self, pv: str) -> ArchiveRequest | None:
        """Return the request for a PV, if there is one."""
        with self.lock:
            return self._requests.get(pv)

    def put(self, request: ArchiveRequest) -> None:
        """Keep a request, in the place of what there was for the PV."""
        text = json.dumps(asdict(request))
        with self.lock:
            self._database.execute(_PUT, (request.pv, text))
            self._requests[request.pv] = request

    def remove(self, pv: str) -> bool:
        """Forget a request; tell whether there was one."""
        with self.lock:
            self._database.execute("DELETE FROM archive_request WHERE pv = ?", (pv,))
            return self._requests.pop(pv, None) is not None

    def begin(self, pv: str, now: int) -> None:
        """Note that the engine was told to sample a PV."""
        with self.lock:
            request = self.get(pv)
            if request is not None:
                self.put(replace(request, asked=now))

    def finish(self, pv: str, sampled: MetaInfo, configuration: Configuration, identity: str, now: int) -> bool:
        """Configure a PV by its policy when it has been sampled, and forget the request.

        Parameters
        ----------
        pv : str
        sampled : MetaInfo
        configuration : Configuration
        identity : str
            Of the appliance that will archive it.
        now : int, ns since 1970 UTC

        Returns
        -------
        bool
            False if the request was aborted; then nothing is configured.
        """
        with self.lock:
            request = self.get(pv)
            if request is None:
                return False
            configuration.put(self.type_info(request, sampled, identity, now))
            for alias in request.aliases:
                configuration.add_alias(alias, pv)
            return self.remove(pv)

    def type_info(self, request: ArchiveRequest, sampled: MetaInfo, identity: str, now: int) -> PvTypeInfo:
        """Return what a policy makes of a PV that was sampled, whether the request is one that is kept or not."""
        policy = self._policies.choose(request.pv, request.policy, sampled)
        period = policy.period if request.period is None else request.period
        fields = [] if "." in request.pv else [*sampled.archive_fields, *request.fields]
        events = sampled.event_rate
        named = {"pvName": request.pv, "applianceIdentity": identity}
        made = PvTypeInfo({**named, **sampled.info}, self._key_of).changed(
            now,
            DBRType=f"DBR_{sampled.dbr_type.name}",
            scalar="false" if sampled.dbr_type.is_waveform else "true",
            elementCount=str(sampled.element_count),
            samplingMethod="MONITOR" if request.period is None else request.method,
            samplingPeriod=float_text(period),
            dataStores=list(policy.stores),
            policyName=policy.name,
            archiveFields=list(dict.fromkeys(fields)),
            extraFields=dict(sampled.fields),
            usePVAccess="true" if request.uses_pva else "false",
            computedEventRate=float_text(events),
            computedStorageRate=float_text(sampled.storage_rate),
            computedBytesPerEvent=str(int(sampled.storage_rate / events) if events else 0),
            **({"controllingPV": request.controlling_pv} if request.controlling_pv else {}),
        )
        return made.replaced(creationTime=made.info["modificationTime"])


def _read(text: str) -> ArchiveRequest:
    values = json.loads(text)
    return ArchiveRequest(**values | {name: tuple(values[name]) for name in ("aliases", "fields")})
