"""`run_each`: one function over many items in threads that an interrupt stops.

The executors of the standard library wait for their threads, at Ctrl-C and at the end of the program; a thread that
reads from a silent server would hold both up for as long as its time-out. Threads here are told to stop: they do at
their next block of bytes, and nobody waits for one that cannot.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, as_completed
from contextvars import ContextVar, copy_context
from functools import partial
from typing import TypeVar

__all__ = ["Stopped", "refuse_stopped", "run_each"]

Item = TypeVar("Item")
Result = TypeVar("Result")

#: How long, seconds, threads that were told to stop are waited for.
_PATIENCE = 1.0


class Stopped(BaseException):
    """Ends a thread whose result nobody wants any more; no error, so nothing that handles errors holds it up."""


class _Stop:
    """Whether some threads, or those that wait for them, were told to stop."""

    def __init__(self, outer: _Stop | None) -> None:
        self._outer = outer
        self._told = threading.Event()

    def tell(self) -> None:
        self._told.set()

    @property
    def is_told(self) -> bool:
        return self._told.is_set() or (self._outer is not None and self._outer.is_told)


_current: ContextVar[_Stop | None] = ContextVar("archredundancy_stop", default=None)


def refuse_stopped() -> None:
    """End this thread if it was told to stop; to be called between steps that take long.

    Raises
    ------
    Stopped
        If so. Never outside the threads of `run_each`.

    Examples
    --------
    >>> refuse_stopped()
    """
    stop = _current.get()
    if stop is not None and stop.is_told:
        raise Stopped


def run_each(function: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result, as they come.

    Parameters
    ----------
    function : callable
        Called in threads, with context variables as they are here. It may use `run_each` itself. Its results are not
        kept once they have been handed out.
    items : iterable
    threads : int
        How many items are worked on at a time.

    Yields
    ------
    item, result

    Raises
    ------
    Exception
        The first one that `function` raises. After it, and when the caller is interrupted or stops asking, no new item
        is begun, and calls under way end where they call `refuse_stopped`.

    Examples
    --------
    >>> sorted(run_each(len, ["a", "bb"], 2))
    [('a', 1), ('bb', 2)]
    """
    tasks: dict[Future[Result], Item] = {Future(): item for item in items}
    waiting = deque(tasks)
    stop = _Stop(_current.get())
    workers: list[threading.Thread] = []
    try:
        for _ in range(min(threads, len(tasks))):
            workers.append(_start(stop, partial(_work, function, tasks, waiting)))
        for future in as_completed(tasks):
            yield tasks.pop(future), future.result()  # which nobody else keeps
    finally:
        stop.tell()
        latest = time.monotonic() + _PATIENCE
        for worker in workers:
            worker.join(max(0.0, latest - time.monotonic()))


def _start(stop: _Stop, work: Callable[[], None]) -> threading.Thread:
    context = copy_context()
    context.run(_current.set, stop)
    worker = threading.Thread(target=context.run, args=(work,), name="archredundancy-reader", daemon=True)
    worker.start()
    return worker


def _work(
    function: Callable[[Item], Result], tasks: Mapping[Future[Result], Item], waiting: deque[Future[Result]]
) -> None:
    while True:
        try:
            future = waiting.popleft()
        except IndexError:
            return
        try:
            refuse_stopped()
            result = function(tasks[future])
        except BaseException as error:  # noqa: BLE001 - whatever it is, the one who waits must learn of it
            future.set_exception(error)
            return
        future.set_result(result)
