"""Faults that can be switched on by name, so that tests see what a client makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archredundancy.appliance.server.replies import error_reply
from archredundancy.errors import InputError

__all__ = ["Fault", "FaultName", "Faults", "FaultyApplication"]


class FaultName(StrEnum):
    """What can go wrong."""

    SLOW = "slow"
    """The answer comes, but late."""
    TORN = "torn"
    """The answer breaks off after some bytes; the work is done."""
    REFUSED = "refused"
    """503, and nothing is done."""
    TIMEOUT_AFTER_WORK = "timeout-after-work"
    """The work is done, but no answer ever comes."""
    KILL = "kill"
    """The appliance dies before the work, in the middle of the connection."""
    KILL_AFTER_WORK = "kill-after-work"
    """The work is done, then the appliance dies without an answer."""


@dataclass(kw_only=True)
class Fault:
    """One fault that is switched on.

    Attributes
    ----------
    name : FaultName
    path : str
        Glob of the paths it strikes, such as `/mgmt/bpl/mergeInData`.
    times : int
        How often it strikes at most.
    seconds : float, seconds
        Of delay, for `slow`.
    after_bytes : int, bytes
        How much of the answer is sent, for `torn`.
    fired : int
        How often it has struck.
    """

    name: FaultName
    path: str
    times: int = 1
    seconds: float = 1.0
    after_bytes: int = 0
    fired: int = field(default=0, init=False)


class Faults:
    """The faults of one appliance, in the order in which they were switched on; each request meets at most one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def switch_on(
        self, name: str, path: str = "*", *, times: int = 1, seconds: float = 1.0, after_bytes: int = 0
    ) -> Fault:
        """Let a fault strike the next requests of a path.

        Parameters
        ----------
        name : str
            `slow`, `torn`, `refused`, `timeout-after-work`, `kill` or `kill-after-work`.
        path : str
            Glob of paths, without the query.
        times : int
            How many requests it strikes.
        seconds : float, seconds
            Delay, for `slow`.
        after_bytes : int, bytes
            How much of the answer is sent, for `torn`.

        Returns
        -------
        Fault
            Whose `fired` says how often it has struck.

        Raises
        ------
        InputError
            If there is no fault of that name.
        """
        try:
            kind = FaultName(name)
        except ValueError:
            raise InputError(f"unknown fault {name!r}; allowed: {', '.join(FaultName)}") from None
        fault = Fault(name=kind, path=path, times=times, seconds=seconds, after_bytes=after_bytes)
        with self._lock:
            self._faults.append(fault)
        return fault

    def switch_off(self) -> None:
        """Let no fault strike any more."""
        with self._lock:
            self._faults.clear()

    def strike(self, path: str) -> Fault | None:
        """Return the fault that strikes a request, and count it."""
        with self._lock:
            for fault in self._faults:
                if fault.fired < fault.times and fnmatchcase(path, fault.path):
                    fault.fired += 1
                    return fault
        return None


class FaultyApplication:
    """Answers as an application does, unless a fault strikes.

    Parameters
    ----------
    application : ASGI application
    faults : Faults
    kill : callable
        Ends the server at once.
    """

    def __init__(self, application: ASGIApp, faults: Faults, kill: Callable[[], None]) -> None:
        self._application = application
        self._faults = faults
        self._kill = kill

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        fault = self._faults.strike(scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            await self._application(scope, receive, send)
            return
        if fault.name is FaultName.SLOW:
            await asyncio.sleep(fault.seconds)
            await self._application(scope, receive, send)
        elif fault.name is FaultName.REFUSED:
            await error_reply(503, "the fault 'refused' is switched on")(scope, receive, send)
        elif fault.name is FaultName.TORN:
            await self._application(scope, receive, _Torn(send, fault.after_bytes))
        else:
            await self._never_answer(fault.name, scope, receive)

    async def _never_answer(self, name: FaultName, scope: Scope, receive: Receive) -> None:
        if name is not FaultName.KILL:
            await self._application(scope, receive, _swallow)
        if name is not FaultName.TIMEOUT_AFTER_WORK:
            self._kill()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _swallow(message: Message) -> None:
    """Send nothing."""


class _Torn:
    """Sends the beginning of an answer, then breaks the connection off."""

    def __init__(self, send: Send, after_bytes: int) -> None:
        self._send = send
        self._left = after_bytes

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body = message.get("body", b"")[: self._left]
        self._left -= len(body)
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        if not self._left:
            raise ConnectionAbortedError("the fault 'torn' is switched on")
