"""The part of an appliance that samples PVs (`ArchiveEngine`, `EngineContext`)."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import RLock

from archredundancy.appliance.configuration.configuration import Configuration
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.channel import Channel
from archredundancy.appliance.engine.reading import sample_at, streams_in_memory
from archredundancy.appliance.engine.source import Connected, Source, Update
from archredundancy.appliance.engine.writer import Writer, last_archived
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.storage import Storage
from archredundancy.appliance.storage.streams import Samples
from archredundancy.errors import InputError, StoreError
from archredundancy.model import NS_PER_SECOND

__all__ = ["Engine"]

logger = logging.getLogger(__name__)

# Between looks for fields to be connected (`EngineContext.disconnectCheckerPeriodInSeconds`).
_LOOK_ROUND = 1200.0


class Engine:
    """Archives the PVs of the configuration that are not paused.

    It follows the configuration a little later, as the real one does by an event of the cluster (`appliance.md` D.2
    #8). It is a duty of the appliance's timekeeper: what a source tells is taken, and buffers are written, as time
    passes. Safe to use in several threads.

    Parameters
    ----------
    identity : str
        Of the appliance, whose PVs it archives.
    storage : Storage
    configuration : Configuration
    clock : callable
        Gives what the appliance takes for the present, ns since 1970 UTC.
    steady : callable, optional
        Gives the time by which it writes, ns since 1970 UTC; other than `clock` if that one drifts.
    source : Source, optional
        Without one no PV ever connects.
    seconds_to_buffer : float
        Between two writings.
    lag : float, seconds
        Of the real time; how long a pause or resume takes to reach the engine.
    """

    def __init__(
        self,
        *,
        identity: str,
        storage: Storage,
        configuration: Configuration,
        clock: Callable[[], int],
        steady: Callable[[], int] | None = None,
        source: Source | None = None,
        seconds_to_buffer: float = 10.0,
        lag: float = 0.05,
    ) -> None:
        self.seconds_to_buffer = seconds_to_buffer
        self.lag = lag
        self._identity, self._storage, self._configuration = identity, storage, configuration
        self._clock, self._steady = clock, steady or clock
        self._source = source
        self._lock = RLock()
        self._inbox: deque[tuple[Channel, Update, int]] = deque()
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._channels: dict[str, Channel] = {}
        self._writers: dict[str, Writer] = {}
        self._scanned: dict[str, int] = {}
        self._held: dict[str, int] = {}
        self._cut: set[str] = set()
        self.is_running = False
        self.started = 0
        self._origin = self._written = self._looked = self._steady()

    def start(self) -> None:
        """Make a channel for each PV that is not paused."""
        with self._lock:
            self.is_running = True
            self.started = self._clock()
            self._origin = self._written = self._looked = self._steady()
            for info in self._configuration.infos_of(self._identity):
                if not info.paused:
                    self._open(info)
            self._settle()

    def stop(self, *, flush: bool = True) -> None:
        """End all channels.

        Parameters
        ----------
        flush : bool
            Whether to write what is in memory first, as a shutdown does and a crash does not.
        """
        with self._lock:
            self._settle()
            if flush:
                self._write(self._channels.values())
            self.is_running = False
            self._later.clear()
            for pv in list(self._channels):
                self._close(pv, flush=False)

    def follow(self, pv: str, *, at_once: bool = False) -> None:
        """Begin or end archiving a PV as the configuration says, after the lag or at once.

        What is in memory of one that is to end is written at once. Of two changes that overtake each other on their way
        here, both leave the engine doing what the configuration says then.
        """
        with self._lock:
            self._settle()
            if pv in self._channels and self._wanted(pv) is None:
                self._write([self._channels[pv]], closing=True)
            if at_once:
                self._follow(pv)
            else:
                self._later.append((time.monotonic() + self.lag, lambda: self._follow(pv)))
            self._settle()

    def sample_anew(self, pv: str) -> None:
        """Replace a PV's channel by one with the parameters that the configuration has now.

        The new one does not know what is archived, and not which fields to archive (`changeArchivalParameters`).
        """
        with self._lock:
            self._settle()
            info = self._configuration.type_info(pv)
            if info is not None and info.pv in self._channels:
                self._close(info.pv)
                self._open(info.replaced(archiveFields=[]), knows_last=False)
                self._settle()

    def is_archiving(self, pv: str) -> bool:
        """Whether the PV is archived at this moment."""
        return self.channel(pv) is not None

    def channel(self, pv: str) -> Channel | None:
        """Return the channel of a PV, as it is now; None if the engine does not archive it."""
        with self._lock:
            self._settle()
            return self._channels.get(pv)

    @property
    def channels(self) -> list[Channel]:
        """All channels, by the names of their PVs."""
        with self._lock:
            self._settle()
            return [self._channels[pv] for pv in sorted(self._channels)]

    def streams(self, pv: str, start: int, end: int) -> list[Samples]:
        """Return what is in memory of a PV in a window, ns since 1970 UTC; nothing of one that is not archived."""
        with self._lock:
            channel = self.channel(pv)
            return [] if channel is None else streams_in_memory(channel, start, end, self._clock())

    def sample_at(self, pv: str, time: int) -> Row | None:
        """Return the last sample in memory at or before a time, ns since 1970 UTC; what `getDataAtTime` asks first."""
        with self._lock:
            channel = self.channel(pv)
            return None if channel is None else sample_at(channel, time)

    def metadata(self, pv: str) -> dict[str, str] | None:
        """Return what is known of a record's fields, live; None for a PV that is not archived."""
        with self._lock:
            channel = self.channel(pv)
            return None if channel is None else channel.fields.latest()

    def describe(self, pv: str) -> Connected | None:
        """Return what a PV looks like, archived or not (`MetaGet`); None if it cannot be reached."""
        return None if self._source is None or not self.is_running else self._source.describe(pv)

    def disconnect(self, pv: str) -> None:
        """Lose the connection of a PV, as by a fault of this appliance's network."""
        with self._lock:
            self._settle()
            if pv in self._cut:
                return
            self._cut.add(pv)
            channel = self._channels.get(pv)
            if channel is not None:
                channel.unsubscribe()
                self._settle()
                if channel.has_connection:  # else it was lost before, with the IOC
                    channel.lose(self._clock())

    def reconnect(self, pv: str) -> None:
        """Regain the connection of a PV."""
        with self._lock:
            if pv not in self._cut:
                return
            self._cut.discard(pv)
            if pv in self._channels:
                self._subscribe(self._channels[pv])
                self._settle()

    def hold_back(self, pv: str, seconds: float) -> None:
        """Write nothing of a PV for some time, as a disk that hangs; a buffer that fills meanwhile loses samples."""
        with self._lock:
            self._held[pv] = self._steady() + round(seconds * NS_PER_SECOND)

    def flush(self) -> None:
        """Write all that is in memory now."""
        with self._lock:
            self._settle()
            self._write(self._channels.values())

    def due(self) -> int | None:
        """Return when there is something to do next: now if the source has told something."""
        with self._lock:
            if self._inbox or (self._later and self._later[0][0] <= time.monotonic()):
                return 0
            times = [self._next_write()] if self._holds_samples else []
            times += [self._next_scan(channel) for channel in self._channels.values() if channel.scan_is_due]
            if any(channel.is_connected and not channel.fields.is_connected for channel in self._channels.values()):
                times.append(self._next_look())
        return min(times, default=None)

    def run(self, now: int) -> None:
        """Take what the source told, scan, and write what is due."""
        with self._lock:
            self._settle()
            for channel in self._channels.values():
                if channel.scan_is_due and self._next_scan(channel) <= now:
                    self._scan(channel, now)
            if now >= self._next_look():
                self._look_round(now)
            if now >= self._next_write():
                self._written = now
                self._write(channel for channel in self._channels.values() if self._held.get(channel.pv, 0) <= now)

    def _settle(self) -> None:
        """Follow the configuration as far as the lag allows, and take what the source told."""
        while self._later and self._later[0][0] <= time.monotonic():
            self._later.pop(0)[1]()
        while self._inbox:
            channel, update, arrived = self._inbox.popleft()
            if not channel.is_closed:
                self._take(channel, update, arrived)

    def _take(self, channel: Channel, update: Update, arrived: int) -> None:
        """Hand an update to its channel; what it makes due waits for the next round, not for one that is over."""
        is_clean, had_scanned = not self._holds_samples, not channel.scan_is_due
        channel.take(update, arrived)
        if is_clean:
            self._written = self._steady()
        if had_scanned:
            self._scanned[channel.pv] = self._steady()
        if isinstance(update, Connected):
            self._looked = self._steady()

    @property
    def _holds_samples(self) -> bool:
        return any(len(channel.buffer) for channel in self._channels.values())

    def _scan(self, channel: Channel, now: int) -> None:
        is_clean = not self._holds_samples
        channel.scan(self._clock())
        if is_clean:
            self._written = now

    def _follow(self, pv: str) -> None:
        info = self._wanted(pv)
        if info is None:
            self._close(pv)
        elif self.is_running:
            self._open(info)

    def _wanted(self, pv: str) -> PvTypeInfo | None:
        """Return the type info of a PV that is to be archived."""
        info = self._configuration.type_info(pv)
        return None if info is None or info.paused else info

    def _open(self, info: PvTypeInfo, *, knows_last: bool = True) -> None:
        if info.pv in self._channels:
            return
        try:
            info.check()
            last = last_archived(self._storage, info) if knows_last else None
            writer = Writer(self._storage, info)
        except (InputError, StoreError, OSError) as damage:
            logger.error("%s cannot be archived: %s", info.pv, damage)
            return
        channel = Channel(info, seconds_to_buffer=self.seconds_to_buffer, last=last, now=self._clock())
        self._channels[info.pv], self._writers[info.pv] = channel, writer
        self._scanned[info.pv] = self._steady()
        if info.pv not in self._cut:
            self._subscribe(channel)

    def _subscribe(self, channel: Channel) -> None:
        if self._source is not None:
            channel.unsubscribe = self._source.subscribe(
                channel.pv, lambda update: self._inbox.append((channel, update, self._clock()))
            )

    def _close(self, pv: str, *, flush: bool = True) -> None:
        channel = self._channels.get(pv)
        if channel is None:
            return
        if pv not in self._cut:
            channel.unsubscribe()
        if flush:
            self._write([channel], closing=True)
        channel.is_closed = True
        del self._channels[pv], self._writers[pv], self._scanned[pv]

    def _write(self, channels: Iterable[Channel], *, closing: bool = False) -> None:
        for channel in channels:
            self._writers[channel.pv].write(channel.to_write(self._clock(), closing=closing))

    def _look_round(self, now: int) -> None:
        self._looked = now
        for channel in self._channels.values():
            if channel.is_connected:
                channel.fields.connect()

    def _next_write(self) -> int:
        return _next(self._written, self._origin, self.seconds_to_buffer)

    def _next_scan(self, channel: Channel) -> int:
        return _next(self._scanned[channel.pv], self._origin, channel.period)

    def _next_look(self) -> int:
        return _next(self._looked, self._origin, _LOOK_ROUND)


def _next(after: int, origin: int, period: float) -> int:
    """Return the next of the times that lie whole periods behind an origin, ns."""
    step = max(1, round(period * NS_PER_SECOND))
    return origin + ((after - origin) // step + 1) * step
