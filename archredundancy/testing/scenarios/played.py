"""Plays a scenario with an embedded pair, and compares what its two sides archived."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from archredundancy.appliance import (
    Appliance,
    AppliancePair,
    Given,
    Periodic,
    Sampled,
    SettableClock,
    SimulatedIoc,
    SimulatedPv,
    SiteSettings,
)
from archredundancy.coverage import Comparison
from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, chunk_key
from archredundancy.pair import ClusterPair
from archredundancy.testing.recorded.recorded_ioc import stored_samples
from archredundancy.testing.scenarios.scenario import SIDES, Event, Scenario

__all__ = ["NEIGHBOUR", "PV", "Played", "play_scenario"]

PV = "SCENE:PV"
NEIGHBOUR = "SCENE:NEIGHBOUR"


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of a scenario.

    Attributes
    ----------
    comparison : Comparison
        What the product makes of both sides' answers.
    stored : mapping of str to mapping of int to any
        Values by stamp (ns since 1970 UTC) in each side's files, by the decoder of the embedded appliance, in order.
    """

    comparison: Comparison
    stored: Mapping[str, Mapping[int, Any]]


def play_scenario(scenario: Scenario, root: Path) -> Played:
    """Let a scenario happen to an embedded pair, with a clock that takes no time, and compare what is left of it.

    Parameters
    ----------
    scenario : Scenario
    root : Path
        Empty folder for the pair's files.

    Raises
    ------
    InputError
        If something is planted that there is no word for.
    """
    clock = SettableClock(scenario.begins)
    ioc = SimulatedIoc([_simulated(scenario)], clock=clock)
    if scenario.neighbour:
        ioc.add(_neighbour())
    kept = SiteSettings(policy="SixMonths", keep_days=scenario.keep_days)
    with AppliancePair(root, clock=clock, source=ioc, lag=0.0, secondary_settings=kept) as pair:
        stage = _Stage(scenario, clock, ioc, pair)
        stage.play()
        with ClusterPair(primary=pair.primary.url, secondary=pair.secondary.url, fixed_now=clock()) as clusters:
            asked = (np.datetime64(edge, "ns") for edge in scenario.asked)
            comparison = clusters.compare(PV, *asked, neighbours=[NEIGHBOUR] if scenario.neighbour else ())
        return Played(comparison=comparison, stored={side: _samples(stage.side(side)) for side in SIDES})


class _Stage:
    """A pair to which a scenario happens."""

    def __init__(self, scenario: Scenario, clock: SettableClock, ioc: SimulatedIoc, pair: AppliancePair) -> None:
        self.scenario, self.clock, self.ioc, self.pair = scenario, clock, ioc, pair

    def side(self, name: str) -> Appliance:
        """Return the primary or the secondary."""
        return self.pair.primary if name == "primary" else self.pair.secondary

    def play(self) -> None:
        """Do all that is planted, each at its time."""
        begun_later = {event.who for event in self.scenario.planted if event.what == "archive"}
        for side in SIDES:
            if side not in begun_later:
                self.archive(side)
        for event in self.scenario.planted:
            self.wait_for(event.at)
            self.do(event)
        self.wait_for(self.scenario.looked_at)

    def wait_for(self, instant: int) -> None:
        """Let time pass."""
        self.clock.advance((instant - self.clock()) / NS_PER_SECOND)

    def do(self, event: Event) -> None:
        """Do what is planted.

        Raises
        ------
        InputError
            If there is no word for it.
        """
        words = _OF_IOC if event.who == "ioc" else _OF_SIDE
        if event.what not in words or event.who not in (*SIDES, "ioc"):
            raise InputError(
                f"nothing is known of {str(event)!r}; the ioc can {', '.join(_OF_IOC)}; a side {', '.join(_OF_SIDE)}"
            )
        words[event.what](self, event.who, *event.arguments)

    def archive(self, side: str) -> None:
        """Begin to archive the PV."""
        scan = self.scenario.record.scan
        method = {} if scan is None else {"samplingMethod": "SCAN", "samplingPeriod": str(scan)}
        self.side(side).add_pv({"pvName": PV} | method)
        if self.scenario.neighbour:
            self.side(side).add_pv({"pvName": NEIGHBOUR})

    def merge(self, side: str) -> None:
        """Copy what the other side has by `mergeInData`, as an operator does; a PV that is not paused is, meanwhile."""
        appliance = self.side(side)
        (other,) = (self.side(name) for name in SIDES if name != side)
        is_paused = appliance.type_info(PV).paused
        if not is_paused:
            appliance.engine.pause(PV)
        _call(appliance, "consolidateDataForPV", pv=PV, storage="LTS")
        _call(appliance, "mergeInData", pv=PV, storage="LTS", other=other.retrieval_url)
        if not is_paused:
            appliance.engine.resume(PV)

    def drift(self, side: str, seconds: Any) -> None:
        """Let the clock of a side be wrong from now on."""
        self.side(side).clock = lambda: self.clock() + round(seconds * NS_PER_SECOND)

    def damage(self, side: str, pattern: str) -> None:
        """Empty a file, as a full disk or a crash leaves it."""
        appliance = self.side(side)
        (path,) = (path for path in appliance.files() if path.endswith(f"{chunk_key(PV)}{pattern}.pb"))
        store, _, name = path.partition("/")
        appliance.put_file(store.upper(), name, b"")

    def refuse(self, side: str) -> None:
        """Refuse all requests for data from now on, as an appliance that is starting."""
        self.side(side).faults.switch_on("starting", "/retrieval/data/*", times=1 << 10)


def _of_engine(what: str, *arguments: Any, **options: Any) -> Callable[..., None]:
    return lambda stage, side: getattr(stage.side(side).engine, what)(*arguments, **options)


_OF_SIDE: dict[str, Callable[..., None]] = {
    "archive": _Stage.archive,
    "disconnect": _of_engine("disconnect"),
    "reconnect": _of_engine("reconnect"),
    "pause": _of_engine("pause", PV),
    "resume": _of_engine("resume", PV),
    "stop": _of_engine("stop"),
    "crash": _of_engine("stop", flush=False),
    "start": _of_engine("start"),
    "overflow": _of_engine("overflow"),
    "drift": _Stage.drift,
    "damage": _Stage.damage,
    "refuse": _Stage.refuse,
    "merge": _Stage.merge,
}
_OF_IOC: dict[str, Callable[..., None]] = {
    "reboot": lambda stage, _, seconds: stage.ioc.reboot(float(seconds)),
    "put": lambda stage, _, value: stage.ioc.put(PV, value),
    "retype": lambda stage, _, name: stage.ioc.change_type(PV, DbrType.from_name(name)),
}


def _simulated(scenario: Scenario) -> SimulatedPv:
    dbr_type = scenario.record.dbr_type
    samples = [
        Sampled(dbr_type=dbr_type, time=time, value=_value(dbr_type, count))
        for count, time in enumerate(scenario.processed)
    ]
    count = len(samples[0].value) if dbr_type.is_waveform else 1
    series = Given(samples=samples, dbr_type=dbr_type)
    return SimulatedPv(name=PV, series=series, element_count=count)


def _neighbour() -> SimulatedPv:
    return SimulatedPv(name=NEIGHBOUR, series=Periodic(value=lambda time: time // NS_PER_SECOND % 100, offset=0.151))


def _value(dbr_type: DbrType, count: int) -> Any:
    """Return a value of a type that tells a sample from those around it."""
    number = count % 100
    kinds = {DbrType.WAVEFORM_BYTE: bytes([number, 10]), DbrType.V4_GENERIC_BYTES: bytes([number, 13])}
    if dbr_type in kinds:
        return kinds[dbr_type]
    one = f"shot {number}" if dbr_type.is_string else number
    return [one, one] if dbr_type.is_waveform else one


def _samples(appliance: Appliance) -> dict[int, Any]:
    files = [data for path, data in appliance.files().items() if path.endswith(".pb") and data]
    samples = [stored.sampled for data in files for stored in stored_samples(data) if stored.pv == PV]
    return {sample.time: sample.value for sample in sorted(samples, key=lambda each: each.time)}


def _call(appliance: Appliance, name: str, **query: str) -> None:
    """Ask the management to do something.

    Raises
    ------
    InputError
        If it refuses.
    """
    connection = HTTPConnection(appliance.url.removeprefix("http://"), timeout=30)
    try:
        connection.request("GET", f"/mgmt/bpl/{name}?{urlencode(query)}")
        reply = connection.getresponse().read().decode("latin-1")
    finally:
        connection.close()
    if json.loads(reply).get("status") != "ok":
        raise InputError(f"{name} was refused: {reply}")
