"""One PV as the engine archives it (`ArchiveChannel`, `MonitoredArchiveChannel`, `ScannedArchiveChannel`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.buffer import Buffered, SampleBuffer
from archredundancy.appliance.engine.metadata import RecordFields
from archredundancy.appliance.engine.metrics import Metrics
from archredundancy.appliance.engine.rules import Connection, Verdict, capacity, judge
from archredundancy.appliance.engine.source import Connected, Disconnected, FieldChanged, Sampled, Update
from archredundancy.appliance.messages.message import Sample, encode_sample
from archredundancy.model import NS_PER_SECOND

__all__ = ["Channel"]


class Channel:
    """Takes the updates of one PV, and keeps those that are archived until they are written.

    Parameters
    ----------
    info : PvTypeInfo
        With the sampling method and period, the type, and the fields to archive.
    seconds_to_buffer : float
        Between two writings.
    last : int, ns since 1970 UTC, or None
        Stamp of the last sample archived.
    now : int, ns since 1970 UTC
        By the appliance's clock.

    Attributes
    ----------
    pv : str
    is_monitored : bool
        Whether each update is stored, or only the latest of each period.
    period : float, seconds
    host : str
        Of the IOC; empty as long as the PV never connected.
    is_connected : bool
        Whether a sample has come since the PV connected.
    buffer : SampleBuffer
    fields : RecordFields
    metrics : Metrics
    needs_first : bool
        Whether no sample has come since the PV was asked for or lost.
    latest, last_stored : Buffered or None
        The last update since the PV connected, and the last one that was archived.
    unsubscribe : callable
        Ends what the source tells of the PV.
    """

    def __init__(self, info: PvTypeInfo, *, seconds_to_buffer: float, last: int | None, now: int) -> None:
        self.pv = info.pv
        self.dbr_type = info.dbr_type
        self.is_monitored = info.info["samplingMethod"] != "SCAN"
        self.period = float(info.info["samplingPeriod"])
        self.host = ""
        self.is_connected = False
        self.is_closed = False
        self.buffer = SampleBuffer(capacity(seconds_to_buffer, self.period))
        self.fields = RecordFields(info.info["archiveFields"])
        self.metrics = Metrics(made=now // NS_PER_SECOND)
        self.latest: Buffered | None = None
        self.last_stored: Buffered | None = None
        self.unsubscribe: Callable[[], None] = _nothing
        self._last = last
        self._scanned: Buffered | None = None
        self._connection = Connection()
        self.needs_first = True

    @property
    def is_asked_for(self) -> bool:
        """Whether the control system was asked for the PV; an engine without one never does."""
        return self.unsubscribe is not _nothing

    @property
    def has_connection(self) -> bool:
        """Whether the PV connected and was not lost since, even if no sample has come."""
        return self.is_connected or self._connection.regained

    @property
    def lost(self) -> int:
        """When the connection was lost, seconds since 1970 UTC, as long as no sample has told it; else 0."""
        return self._connection.lost

    @property
    def scan_is_due(self) -> bool:
        """Whether there is an update that the next scan would store."""
        if self.is_monitored or self.latest is None or self.latest is self._scanned:
            return False
        return self.last_stored is None or self.latest.time != self.last_stored.time

    def take(self, update: Update, now: int) -> None:
        """Take what the source tells, at a time by the appliance's clock, ns since 1970 UTC."""
        match update:
            case Connected():
                self._connect(update, now // NS_PER_SECOND)
            case Disconnected():
                self.lose(now)
            case FieldChanged():
                self.fields.change(update.name, update.text)
            case Sampled():
                self._sample(update, now)

    def lose(self, now: int) -> None:
        """Lose the connection, at a time by the appliance's clock, ns since 1970 UTC."""
        self._connection = self._connection.at_loss(now // NS_PER_SECOND)
        self.metrics.last_lost = now // NS_PER_SECOND
        self.is_connected = False
        self.latest = None
        self.needs_first = True
        self.fields.disconnect()

    def scan(self, now: int) -> None:
        """Store the latest update, if it was not yet."""
        if self.scan_is_due and self.latest is not None:
            self._scanned = self.latest
            self._store(self.latest, now)

    def to_write(self, now: int, *, closing: bool = False) -> list[Buffered]:
        """Return the samples to be written now; the last one takes the record's fields with it where it is time.

        Parameters
        ----------
        now : int, ns since 1970 UTC
            By the appliance's clock.
        closing : bool
            Whether the channel ends; it is too late for fields then (`WriterRunnable.removeChannel`).
        """
        samples = self.buffer.take()
        if not samples:
            return samples
        self.metrics.last_push = now // NS_PER_SECOND
        for fields, actual_change in [] if closing else self.fields.to_store(now // NS_PER_SECOND):
            samples[-1] = samples[-1].with_fields(fields, actual_change)
        return samples

    def _connect(self, record: Connected, now: int) -> None:
        self.host = record.host
        self.metrics.connect(now)
        self._connection = self._connection.at_connection()
        self.fields.learn(record)

    def _sample(self, update: Sampled, now: int) -> None:
        self.is_connected = True
        if update.dbr_type is not self.dbr_type:
            self.metrics.drop_for_type(update.dbr_type)
            return
        sample = Sample(
            seconds=0, nano=0, value=update.value, severity=update.severity, status=update.status, actual_change=None
        )
        self.latest = Buffered.of(update.time, sample, update.dbr_type)
        if self.is_monitored or self.needs_first:
            self.needs_first = False
            self._store(self.latest, now)

    def _store(self, sample: Buffered, now: int) -> None:
        """Put a sample into the buffer unless its stamp forbids it (`ArchiveChannel.addValueToBuffer`)."""
        value = sample.sample.value
        self.metrics.element_count = len(value) if self.dbr_type.is_waveform else 1
        self.metrics.last_event = now // NS_PER_SECOND
        verdict = judge(sample.time, last=self._last, now=now)
        if verdict is Verdict.SAME_TIME:
            self._connection = self._connection.at_same_time()
        elif verdict is Verdict.WRONG_TIME:
            self.metrics.drop_for_time(sample.time)
        else:
            self._keep(sample, now // NS_PER_SECOND)

    def _keep(self, sample: Buffered, now: int) -> None:
        self.metrics.last_ioc_time = self._last = sample.time
        fields, self._connection = self._connection.at_sample(now)
        kept = replace(sample, sample=replace(sample.sample, fields=fields)) if fields else sample
        if self.latest is sample:
            self.latest = kept
        self.last_stored = kept
        if self.buffer.add(kept):
            self.metrics.events += 1
            self.metrics.bytes += len(encode_sample(kept.sample, self.dbr_type))
        else:
            self.metrics.buffer_full += 1


def _nothing() -> None:
    """End a subscription that is none."""
