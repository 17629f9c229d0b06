"""What an engine does about requests to archive PVs: it samples each for a minute for its policy (`MetaGet`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archredundancy.appliance.configuration.archive_requests import ArchiveRequests
from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.policies import MetaInfo
from archredundancy.appliance.engine.buffer import Buffered
from archredundancy.appliance.engine.engine import Engine
from archredundancy.appliance.engine.metadata import control_values
from archredundancy.appliance.engine.source import Connected, Disconnected, Sampled, Source, Update
from archredundancy.appliance.messages.message import Sample
from archredundancy.model import NS_PER_SECOND, DbrType

__all__ = ["InitialSampling", "meta_info_of"]

_SECONDS = 60
_LIMITS = {
    "lowerAlarmLimit": "LOLO", "lowerWarningLimit": "LOW", "upperWarningLimit": "HIGH", "upperAlarmLimit": "HIHI",
    "lowerDisplayLimit": "LOPR", "upperDisplayLimit": "HOPR", "lowerCtrlLimit": "DRVL", "upperCtrlLimit": "DRVH",
}  # fmt: skip
_EXTRA_FIELDS = ("ADEL", "MDEL", "SCAN", "RTYP")


def meta_info_of(pv: str, record: Connected | None) -> MetaInfo:
    """Return what is known of a PV without waiting for samples; without a record, that of a new one."""
    record = record or Connected(host="", dbr_type=DbrType.SCALAR_DOUBLE)
    values = control_values(record)
    info = {"precision": values["PREC"], **{key: values[field] for key, field in _LIMITS.items()}}
    if "EGU" in values:
        info |= {"units": values["EGU"], "hostName": record.host}
    extra = {name: record.fields[name] for name in _EXTRA_FIELDS if name in record.fields}
    return MetaInfo(
        dbr_type=record.dbr_type, element_count=record.element_count, info=info, fields={**extra, "NAME": pv}
    )


class InitialSampling:
    """Lets PVs that are asked for be archived, a minute after they connected.

    It is a duty of the appliance's timekeeper. A request for a PV that never connects stays.

    Parameters
    ----------
    requests : ArchiveRequests
    configuration : Configuration
    engine : Engine
    source : Source
    identity : str
        Of the appliance.
    clock : callable
        Gives what the appliance takes for the present, ns since 1970 UTC.
    steady : callable
        Gives the timekeeper's present, ns since 1970 UTC.
    """

    def __init__(
        self,
        *,
        requests: ArchiveRequests,
        configuration: Configuration,
        engine: Engine,
        source: Source,
        identity: str,
        clock: Callable[[], int],
        steady: Callable[[], int],
    ) -> None:
        self._requests, self._configuration, self._engine = requests, configuration, engine
        self._source, self._identity = source, identity
        self._clock, self._steady = clock, steady
        self._sampled: dict[str, _Sampled] = {}

    def due(self) -> int | None:
        """Return when a request is to be begun, now, or a PV has been sampled for long enough."""
        pending = {request.pv for request in self._requests.pending}
        if pending != self._sampled.keys():
            return 0
        ends = [sampled.since + _SECONDS * NS_PER_SECOND for sampled in self._sampled.values() if sampled.since]
        return min(ends, default=None)

    def run(self, now: int) -> None:
        """Begin with new requests, leave those that were aborted, and end those that have been sampled."""
        pending = {request.pv for request in self._requests.pending}
        for pv in self._sampled.keys() - pending:
            self._sampled.pop(pv).unsubscribe()
        for pv in pending - self._sampled.keys():
            self._requests.begin(pv, self._clock())
            self._sampled[pv] = _Sampled(pv, self._source, self._steady)
        for pv, sampled in list(self._sampled.items()):
            if sampled.since and sampled.since + _SECONDS * NS_PER_SECOND <= now:
                self._sampled.pop(pv).unsubscribe()
                found, present = sampled.meta_info(), self._clock()
                if self._requests.finish(pv, found, self._configuration, self._identity, present):
                    self._engine.follow(pv, at_once=True)

    def end(self) -> None:
        """Hear no more of the PVs; the next start samples them anew."""
        while self._sampled:
            self._sampled.popitem()[1].unsubscribe()


class _Sampled:
    """What comes of a PV in its first minute."""

    def __init__(self, pv: str, source: Source, steady: Callable[[], int]) -> None:
        self._pv, self._steady = pv, steady
        self.since = 0
        self._record: Connected | None = None
        self._count = self._size = 0
        self.unsubscribe = source.subscribe(pv, self._hear)

    def meta_info(self) -> MetaInfo:
        """Return what a policy is chosen by, and what goes into the type info."""
        known = meta_info_of(self._pv, self._record)
        return replace(known, event_rate=self._count / _SECONDS, storage_rate=self._size / _SECONDS)

    def _hear(self, update: Update) -> None:
        match update:
            case Connected():
                self._record, self.since = update, self.since or self._steady()
            case Disconnected():
                self.since = 0
            case Sampled():
                self._count += 1
                sample = Sample(seconds=0, nano=0, value=update.value, severity=update.severity, status=update.status)
                self._size += len(Buffered.of(update.time, sample, update.dbr_type).row().line)
