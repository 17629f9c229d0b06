"""What an appliance does as time passes, unasked: its records, its engine, ETL, and the sampling of new PVs."""

from __future__ import annotations

from archredundancy.appliance.clock import Duty, Ticker, Timekeeper
from archredundancy.appliance.engine.initial_sampling import InitialSampling
from archredundancy.appliance.engine.simulated_ioc import SimulatedIoc
from archredundancy.appliance.engine.source import Source
from archredundancy.appliance.etl.duty import EtlDuty
from archredundancy.appliance.server.outgoing import OutgoingCalls
from archredundancy.appliance.state import ApplianceState

__all__ = ["Duties"]


class Duties:
    """The duties of one appliance, done by a timekeeper from its start to its end.

    Parameters
    ----------
    timekeeper : Timekeeper
    source : Source, optional
        Where its engine gets its PVs from. Without one, and in the real time, there is nothing to do unasked.
    """

    def __init__(self, timekeeper: Timekeeper, source: Source | None) -> None:
        self._timekeeper = timekeeper
        self._source = source
        self._duties: list[Duty] = []

    def take_up(self, state: ApplianceState, calls: OutgoingCalls) -> None:
        """Let the timekeeper do what is due: the source first, so that others find what it told."""
        if self._source is None and isinstance(self._timekeeper, Ticker):
            return
        self._duties = [state.engine, EtlDuty(state.etl, state.clock, self._timekeeper, calls)]
        if self._source is not None:
            self._duties.append(self._initial_sampling(state, self._source))
        if isinstance(self._source, SimulatedIoc):
            self._duties.insert(0, self._source)
        for duty in self._duties:
            self._timekeeper.add(duty)

    def _initial_sampling(self, state: ApplianceState, source: Source) -> InitialSampling:
        return InitialSampling(
            requests=state.requests,
            configuration=state.configuration,
            engine=state.engine,
            source=source,
            identity=state.identity,
            clock=state.clock,
            steady=self._timekeeper,
        )

    def lay_down(self) -> None:
        """Do nothing more unasked. Harmless when repeated."""
        while self._duties:
            duty = self._duties.pop()
            self._timekeeper.remove(duty)
            if isinstance(duty, InitialSampling):
                duty.end()
