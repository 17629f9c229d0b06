"""Outages of one appliance's engine, planted on purpose (`appliance.md` F)."""

from __future__ import annotations

import json

from archredundancy.appliance.bpl_request import BplRequest
from archredundancy.appliance.configuration.names import expand
from archredundancy.appliance.engine.metrics import Metrics
from archredundancy.appliance.management.pausing import CALLS
from archredundancy.appliance.state import ApplianceState
from archredundancy.errors import InputError

__all__ = ["EngineControl"]

# Of writings that an overflow leaves out: a buffer holds one period's samples and one more.
_LEFT_OUT = 3


class EngineControl:
    """Plants what happens to an engine; the samples afterwards have the fields that a real engine gives them.

    PVs are named or matched by a glob; `*` means all. A PV that the appliance does not have is an `InputError`, so that
    a wrong name cannot pass for an outage.

    Parameters
    ----------
    state : ApplianceState
    """

    def __init__(self, state: ApplianceState) -> None:
        self._state = state

    def stop(self, *, flush: bool = True) -> None:
        """Shut the engine down, while the rest of the appliance answers.

        Parameters
        ----------
        flush : bool
            False for a crash: what is in memory is lost.
        """
        self._state.engine.stop(flush=flush)

    def start(self) -> None:
        """Start the engine again: the next sample of each PV says `startup`."""
        if not self._state.engine.is_running:
            self._state.engine.start()

    def disconnect(self, pv: str = "*") -> None:
        """Lose the connection to the IOC, on this side only."""
        for name in self._named(pv):
            self._state.engine.disconnect(name)

    def reconnect(self, pv: str = "*") -> None:
        """Regain the connection: the next new sample tells when it was lost and regained."""
        for name in self._named(pv):
            self._state.engine.reconnect(name)

    def pause(self, pv: str = "*") -> None:
        """Pause archiving, as `pauseArchivingPV` does.

        Raises
        ------
        InputError
            If it is paused already, or not known.
        """
        self._call("pauseArchivingPV", pv)

    def resume(self, pv: str = "*") -> None:
        """Resume archiving, as `resumeArchivingPV` does: the next new sample says `startup`.

        Raises
        ------
        InputError
            If it is not paused, or not known.
        """
        self._call("resumeArchivingPV", pv)

    def overflow(self, pv: str = "*") -> None:
        """Let the engine leave out its next writings, so that buffers run over: the oldest samples are lost.

        A PV that changes less often than its sampling period says loses nothing.
        """
        for name in self._named(pv):
            self._state.engine.hold_back(name, _LEFT_OUT * self._state.engine.seconds_to_buffer)

    def flush(self) -> None:
        """Write what is in memory now."""
        self._state.engine.flush()

    def metrics(self, pv: str) -> Metrics:
        """Return what the engine counts of a PV.

        Raises
        ------
        InputError
            If it does not archive the PV.
        """
        channel = self._state.engine.channel(pv)
        if channel is None:
            raise InputError(f"the engine does not archive {pv!r}; add it, or resume it")
        return channel.metrics

    def _named(self, pv: str) -> list[str]:
        """Return the PVs of this appliance that a name or glob means.

        Raises
        ------
        InputError
            If there is none.
        """
        configuration, identity = self._state.configuration, self._state.identity
        infos = {name: configuration.type_info(name) for name in expand(configuration.pvs, [pv])}
        names = [name for name, info in infos.items() if info is not None and info.identity == identity]
        if not names and pv != "*":
            raise InputError(f"the appliance {identity!r} has no PV {pv!r}; add it, or ask the member that has it")
        return names

    def _call(self, call: str, pv: str) -> None:
        self._named(pv)
        said = CALLS[call](self._state, BplRequest(method="GET", parameters={"pv": pv}))
        reply = json.loads(bytes(said.body).decode("latin-1"))
        for answer in reply if isinstance(reply, list) else [reply]:
            if "validation" in answer:
                raise InputError(f"the appliance refuses {call}: {answer['validation']}")
