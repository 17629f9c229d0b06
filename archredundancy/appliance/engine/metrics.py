"""What a channel counts and remembers for reports (`PVMetrics`)."""

from __future__ import annotations

from dataclasses import dataclass

from archredundancy.model import DbrType

__all__ = ["Metrics"]


@dataclass(kw_only=True)
class Metrics:
    """Counters and moments of one channel; the moments are seconds since 1970 UTC by the server's clock, 0 for never.

    Attributes
    ----------
    made : int
        When the channel was made, and so asked for.
    first_connected, last_reconnected, last_lost : int
    regained : int
        How often the connection was lost and regained.
    last_event : int
        When an update came last that was not of another type.
    last_push : int
        When samples were written last.
    last_ioc_time : int, ns since 1970 UTC
        Stamp of the last update, also of one that was dropped for its stamp; 0 if there was none.
    events, bytes : int
        Samples taken since the PV connected, and their size.
    wrong_time, buffer_full, other_type : int
        Samples lost, by reason.
    element_count : int
    seen_type : DbrType or None
        Another type than the archived one that the IOC sent last.
    """

    made: int
    first_connected: int = 0
    last_reconnected: int = 0
    last_lost: int = 0
    regained: int = 0
    last_event: int = 0
    last_push: int = 0
    last_ioc_time: int = 0
    events: int = 0
    bytes: int = 0
    counted_since: int = 0
    wrong_time: int = 0
    buffer_full: int = 0
    other_type: int = 0
    element_count: int = 0
    seen_type: DbrType | None = None

    def connect(self, now: int) -> None:
        """Count a connection; rates begin anew."""
        self.events = self.bytes = 0
        self.counted_since = now
        if not self.first_connected:
            self.first_connected = now
        else:
            self.last_reconnected = now
            self.regained += 1

    def drop_for_time(self, time: int) -> None:
        """Count a sample with a wrong stamp, once even if it comes again and again."""
        if time != self.last_ioc_time:
            self.wrong_time += 1
            self.last_ioc_time = time

    def drop_for_type(self, dbr_type: DbrType) -> None:
        """Count a sample of another type."""
        self.other_type += 1
        self.seen_type = dbr_type

    @property
    def lost(self) -> int:
        """Samples lost for any reason."""
        return self.wrong_time + self.buffer_full + self.other_type

    def event_rate(self, now: int) -> float:
        """Return samples a second since the PV connected."""
        return self._rate(self.events, now)

    def storage_rate(self, now: int) -> float:
        """Return bytes a second since the PV connected."""
        return self._rate(self.bytes, now)

    def _rate(self, count: int, now: int) -> float:
        seconds = now - (self.counted_since or self.made)
        return count / seconds if seconds > 0 else 0.0
