"""`Checks`: what a trial has looked at so far, each told and written down as soon as it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archredundancy.commit.journal.journal import Journal

__all__ = ["Check", "Checks"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was tried.

    Attributes
    ----------
    name : str
        What should be so.
    ok : bool
    detail : str
        What was seen, where it was not so.
    """

    name: str
    ok: bool
    detail: str = ""

    def __str__(self) -> str:
        return f"  {'ok    ' if self.ok else 'FAILED'}  {self.name}{f': {self.detail}' if self.detail else ''}"


class Checks:
    """All checks of a trial, in the order in which they were made.

    Parameters
    ----------
    journal : Journal
    on_check : callable
        Told of each check once it is made.
    """

    def __init__(self, journal: Journal, on_check: Callable[[Check], None]) -> None:
        self._journal = journal
        self._on_check = on_check
        self._made: list[Check] = []

    @property
    def made(self) -> tuple[Check, ...]:
        """Those made so far."""
        return tuple(self._made)

    @contextmanager
    def told(self, name: str) -> Iterator[None]:
        """Note a check: passed, unless its block raises.

        Raises
        ------
        BaseException
            What the block raises.
        """
        try:
            yield
        except BaseException as error:
            self.note(
                name,
                ok=False,
                detail="interrupted" if isinstance(error, KeyboardInterrupt) else str(error) or repr(error),
            )
            raise
        self.note(name, ok=True)

    def note(self, name: str, *, ok: bool, detail: str = "") -> None:
        """Note a check and what came of it."""
        check = Check(name=name, ok=ok, detail=detail)
        self._made.append(check)
        self._journal.write("check", name=name, ok=ok, detail=detail)
        self._on_check(check)
