"""An IOC in this process, which tells all its clients the same."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any

from archredundancy.appliance.engine.series import Series
from archredundancy.appliance.engine.source import Connected, Disconnected, FieldChanged, Sampled, Update
from archredundancy.appliance.messages.values import VALUE_CODECS
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType

__all__ = ["SimulatedIoc", "SimulatedPv"]

_HOST = "simulated-ioc"


@dataclass(frozen=True, kw_only=True)
class SimulatedPv:
    """A record of a simulated IOC.

    Attributes
    ----------
    name : str
    series : Series
        `Periodic` or `Given`.
    fields : mapping of str to str
        EGU, PREC, HIHI, DESC and so on.
    element_count : int
    on_change : bool
        Whether it says nothing when it is processed without a new value or alarm, as records do whose dead bands are 0.

    Raises
    ------
    InputError
        If it has no name.
    """

    name: str
    series: Series
    fields: Mapping[str, str] = field(default_factory=dict)
    element_count: int = 1
    on_change: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            raise InputError("a record needs a name, such as 'TANK:LEVEL'")


class SimulatedIoc:
    """An IOC with made-up records; both clusters of a pair that have it as source get identical time stamps.

    It is a duty of the appliances' clock: samples come as time passes. A value that is none of the record's type is an
    `InputError` where it is made: here, in `put`, or when the clock is advanced.

    Parameters
    ----------
    pvs : iterable of SimulatedPv
    clock : callable
        Gives the present, ns since 1970 UTC; the `SettableClock` of the appliances if they have one.

    Examples
    --------
    >>> from archredundancy.appliance import Periodic, SettableClock, SimulatedPv
    >>> clock = SettableClock("2026-01-01T00:00:00Z")
    >>> ioc = SimulatedIoc([SimulatedPv(name="A:B", series=Periodic(value=lambda time: 1.5))], clock=clock)
    >>> ioc.subscribe("A:B", lambda update: print(type(update).__name__))()
    Connected
    Sampled
    """

    def __init__(self, pvs: Iterable[SimulatedPv] = (), *, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._lock = RLock()
        self._boots: int | None = None
        self._records: dict[str, _Record] = {}
        for pv in pvs:
            self.add(pv)

    def add(self, pv: SimulatedPv) -> None:
        """Load one more record.

        Raises
        ------
        InputError
            If there is one of this name.
        """
        with self._lock:
            if pv.name in self._records:
                raise InputError(f"the IOC has a record {pv.name!r} already; choose another name")
            self._records[pv.name] = _Record(pv, self._clock())

    def subscribe(self, pv: str, listener: Callable[[Update], None]) -> Callable[[], None]:
        """Begin to tell what happens to a PV; see `Source`. A PV that the IOC does not have never connects."""
        with self._lock:
            record = self._records.get(pv)
            if record is None:
                return _nothing
            self.run(self._clock())
            record.listeners.append(listener)
            if record.reachable and self._boots is None:
                record.greet(listener)

        def end() -> None:
            with self._lock:
                record.listeners.remove(listener)

        return end

    def describe(self, pv: str) -> Connected | None:
        """Return what a PV that can be reached now looks like; None if it cannot."""
        with self._lock:
            record = self._records.get(pv)
            return record.description() if record and record.reachable and self._boots is None else None

    def due(self) -> int | None:
        """Return when the next record is processed, or the IOC has booted."""
        with self._lock:
            if self._boots is not None:
                return self._boots
            times = [record.next for record in self._records.values() if record.next is not None]
        return min(times, default=None)

    def run(self, now: int) -> None:
        """Process the records that are due by a time, in order."""
        with self._lock:
            while (due := self.due()) is not None and due <= now:
                if self._boots is not None:
                    self._boot(due)
                    continue
                for record in self._records.values():
                    if record.next == due:
                        record.process(due)

    def reboot(self, seconds: float = 30.0) -> None:
        """Take the IOC down for some time; when it is up again all records have been processed anew."""
        with self._lock:
            self._boots = self._clock() + round(seconds * NS_PER_SECOND)
            for record in self._records.values():
                record.tell(Disconnected())

    def disconnect(self, pv: str) -> None:
        """Take the record off the network; nobody hears of it, while it goes on being processed."""
        with self._lock:
            self._of(pv).set_reachable(False)

    def reconnect(self, pv: str) -> None:
        """Put the record back on the network."""
        with self._lock:
            self._of(pv).set_reachable(True)

    def put(self, pv: str, value: Any, *, severity: int = 0, status: int = 0, time: int | None = None) -> None:
        """Write a value, as a client does; the record is processed now.

        Parameters
        ----------
        pv : str
        value : any
        severity, status : int
        time : int, ns since 1970 UTC, optional
            The stamp, of an IOC whose clock is wrong.
        """
        with self._lock:
            record = self._of(pv)
            stamp = self._clock() if time is None else time
            record.update(Sampled(dbr_type=record.dbr_type, time=stamp, value=value, severity=severity, status=status))

    def change_type(self, pv: str, dbr_type: DbrType) -> None:
        """Let the record have another type from its next sample on."""
        with self._lock:
            self._of(pv).dbr_type = dbr_type

    def put_field(self, pv: str, name: str, text: str) -> None:
        """Change a field of a record, such as HIHI."""
        with self._lock:
            record = self._of(pv)
            record.fields[name] = text
            record.tell(FieldChanged(name=name, text=text))

    def _boot(self, now: int) -> None:
        self._boots = None
        for record in self._records.values():
            record.boot(now)

    def _of(self, pv: str) -> _Record:
        if pv not in self._records:
            raise InputError(f"the IOC has no record {pv!r}; it has: {', '.join(sorted(self._records))}")
        return self._records[pv]


class _Record:
    """A record as it is now, and who listens."""

    def __init__(self, pv: SimulatedPv, now: int) -> None:
        self.pv = pv
        self.fields = dict(pv.fields)
        self.dbr_type = pv.series.dbr_type
        self.listeners: list[Callable[[Update], None]] = []
        self.reachable = True
        first = pv.series.last(now)
        self.current = None if first is None else self._checked(first)
        self.next = pv.series.next(now)

    def description(self) -> Connected:
        return Connected(
            host=_HOST, dbr_type=self.dbr_type, element_count=self.pv.element_count, fields=dict(self.fields)
        )

    def process(self, now: int) -> None:
        self.next = self.pv.series.next(now)
        sample = self.pv.series.last(now)
        if sample is not None and not (self.pv.on_change and self._is_as_before(sample)):
            self.update(sample)

    def update(self, sample: Sampled) -> None:
        self.current = self._checked(replace(sample, dbr_type=self.dbr_type))
        self.tell(self.current)

    def _checked(self, sample: Sampled) -> Sampled:
        """Return a sample that can be stored.

        Raises
        ------
        InputError
            If its value is none of the record's type.
        """
        try:
            VALUE_CODECS[sample.dbr_type].write(sample.value)
        except (ArithmeticError, AttributeError, TypeError, ValueError, struct.error) as reason:
            what = f"{sample.value!r} is no value of the record {self.pv.name!r}"
            raise InputError(f"{what}, which is a {sample.dbr_type.name}: {reason}") from reason
        return sample

    def boot(self, now: int) -> None:
        """Come up, with all that is at the start stamped with this time."""
        self.next = self.pv.series.next(now)
        before = self.pv.series.last(now) or self.current
        self.current = None if before is None else replace(before, time=now, dbr_type=self.dbr_type)
        if self.reachable:
            for listener in self.listeners:
                self.greet(listener)

    def set_reachable(self, reachable: bool) -> None:
        if reachable is self.reachable:
            return
        if not reachable:
            self.tell(Disconnected())
        self.reachable = reachable
        if reachable:
            for listener in self.listeners:
                self.greet(listener)

    def greet(self, listener: Callable[[Update], None]) -> None:
        listener(self.description())
        if self.current is not None:
            listener(self.current)

    def tell(self, update: Update) -> None:
        if self.reachable:
            for listener in self.listeners:
                listener(update)

    def _is_as_before(self, sample: Sampled) -> bool:
        return self.current is not None and sample == replace(self.current, time=sample.time)


def _nothing() -> None:
    """End a subscription that never was."""
