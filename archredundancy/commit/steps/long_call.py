"""A call that may take long, and that is not waited for any more once something has happened meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Lock, Thread
from typing import Any

from archredundancy.client import CommandReply, Record
from archredundancy.errors import CommitError

__all__ = ["LongCall"]


class LongCall:
    """Makes a call in a thread of its own; the record of one that was given up gets no outcome.

    Parameters
    ----------
    record : Record
        Where the call is written down.

    Notes
    -----
    The appliance goes on when its client has given up. So does the thread, which nothing waits for.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = Lock()
        self._given_up = False

    def intent(self, call: str, **facts: Any) -> None:
        """Write down a call that is about to be made; one that was given up before that is not made any more.

        Raises
        ------
        CommitError
            If it was given up.
        """
        with self._lock:
            if self._given_up:
                raise CommitError(f"{call} was given up before it was made")
            self._record.intent(call, **facts)

    def outcome(self, call: str, **facts: Any) -> None:
        """Write down what came of it, unless it was given up: then recovery looks for itself."""
        with self._lock:
            if not self._given_up:
                self._record.outcome(call, **facts)

    def wait(self, make: Callable[[], CommandReply], check: Callable[[], None], poll: float) -> CommandReply:
        """Make the call, and return its reply.

        Parameters
        ----------
        make : callable
        check : callable
            Looked at again and again meanwhile; what it raises ends the waiting.
        poll : float, seconds
            Between two looks.

        Raises
        ------
        Exception
            What the call or the check raises.
        """
        made: Future[CommandReply] = Future()
        Thread(target=_make, args=(make, made), name="long call", daemon=True).start()
        try:
            while wait([made], poll).not_done:
                check()
        except BaseException:
            with self._lock:
                self._given_up = True
            raise
        return made.result()


def _make(make: Callable[[], CommandReply], made: Future[CommandReply]) -> None:
    try:
        made.set_result(make())
    except BaseException as error:  # noqa: BLE001 - it is raised again where the call is waited for
        made.set_exception(error)
