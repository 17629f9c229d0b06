"""How much may be read before somebody has to ask for less at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from archredundancy.errors import TooLargeError

__all__ = ["Allowance", "allow", "spend"]


class Allowance:
    """Bytes that may be read by all the threads that work for one purpose.

    Attributes
    ----------
    most : int, bytes
    spent : int, bytes
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.spent = 0
        self._lock = threading.Lock()

    def spend(self, count: int) -> None:
        """Take so many bytes.

        Raises
        ------
        TooLargeError
            If there are not as many left.
        """
        with self._lock:
            self.spent += count
        if self.spent > self.most:
            raise TooLargeError(f"what was asked for takes more than {self.most} bytes; ask for a shorter range")


_current: ContextVar[Allowance | None] = ContextVar("archredundancy_allowance", default=None)


@contextmanager
def allow(most: int) -> Iterator[Allowance]:
    """Let what is read inside the block, by this thread and those of `run_each`, take so many bytes.

    Parameters
    ----------
    most : int, bytes

    Examples
    --------
    >>> with allow(1000) as allowance:
    ...     spend(10)
    >>> allowance.spent
    10
    """
    allowance = Allowance(most)
    token = _current.set(allowance)
    try:
        yield allowance
    finally:
        _current.reset(token)


def spend(count: int) -> None:
    """Take so many bytes from what is allowed; as many as you like where nobody set a limit.

    Parameters
    ----------
    count : int, bytes

    Raises
    ------
    TooLargeError
        If there are not as many left.
    """
    allowance = _current.get()
    if allowance is not None:
        allowance.spend(count)
