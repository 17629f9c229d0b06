"""`Method`: what tells one strategy from another while a PV is changed; all the rest is the same for all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from archredundancy.commit.steps.context import Context
from archredundancy.model import Reading, Samples

__all__ = ["CarryOut", "Method"]

#: Changes the primary's files; given what the PV has once it is paused and consolidated, and the snapshot is taken.
CarryOut = Callable[[Reading], None]


class Method(Protocol):
    """How samples get into the primary's files: one for each strategy, without any state of its own."""

    def ready(self, context: Context, promised: Samples) -> AbstractContextManager[CarryOut]:
        """Prepare all that can be prepared before the pause, and give what carries it out.

        Raises
        ------
        ArchRedundancyError
            On entering, if it could not be carried out; nothing was changed then.
        """

    def settle(self, context: Context, *, mgmt_idle: bool) -> bool:
        """Return whether a call without answer is over, so that the PV may be touched; else a person must act.

        Only asked in states of the duty `SETTLE`.

        Parameters
        ----------
        context : Context
        mgmt_idle : bool
            Whether a person has made sure that the primary's mgmt is not at work on the PV any more.
        """
