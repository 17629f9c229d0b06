"""Whether the primary's mgmt was started anew since it was told to change files: then nothing of that goes on."""

from __future__ import annotations

from contextlib import suppress

from archredundancy.commit.steps.context import Context
from archredundancy.errors import ArchRedundancyError

__all__ = ["is_restarted", "mgmt_started"]


def mgmt_started(context: Context) -> str:
    """Return when the process was started that changes the PV's files, in its own words; empty where nobody tells.

    Nor is it told where another member passes calls on: it may still do so after the owner was started anew.
    """
    with suppress(ArchRedundancyError):
        if context.primary.owner_url(context.pv) == context.primary.manager.url:
            return context.primary.manager.mgmt_started()
    return ""


def is_restarted(context: Context) -> bool:
    """Return whether it is known that another process answers now than when the call was about to be sent."""
    then = context.history.mgmt_started
    return bool(then) and mgmt_started(context) not in ("", then)
