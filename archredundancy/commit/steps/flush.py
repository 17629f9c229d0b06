"""Waiting until the primary's engine has written out what it held in memory of a PV that was paused."""

from __future__ import annotations

import time

from archredundancy.commit.proof.verification import missing_from
from archredundancy.commit.steps.context import Context
from archredundancy.model import NS_PER_SECOND, FailureKind, Samples, TimeRange

__all__ = ["SETTLED", "needs_whole_wait", "newest_samples", "wait_for_flush"]

#: Seconds before and after the present in which samples are looked for that an engine may hold: some times its buffer.
_LATELY = 120
#: Seconds for the rest of what is being written, once the newest samples are seen. A real appliance's files were whole
#: a tenth of a second after the pause.
SETTLED = 0.5


def newest_samples(context: Context) -> Samples | None:
    """Return what the primary has of the last minutes, its engine's memory included; None if that cannot be told."""
    now = context.run.urls.now()
    lately = TimeRange(start=now - _LATELY * NS_PER_SECOND, end=now + _LATELY * NS_PER_SECOND)
    reading = context.primary.read(context.pv, lately)
    # Of a PV that is archived the last sample is in memory, so nothing in the files vouches for the end.
    is_told = all(failure.kind is FailureKind.CUT_SHORT for failure in reading.failures)
    return reading.samples if is_told else None


def needs_whole_wait(context: Context) -> bool:
    """Return whether samples written late could be lost, so that seeing the newest of them is not proof enough.

    They could with `direct`, since the secondary's newest samples, merged into an older store, hide them; and where the
    engine writes into the very store that is rewritten. What a relay or a rebuild brings is older than they are.
    """
    youngest = context.primary.manager.type_info(context.pv).stores[0].name
    return not context.run.plan.strategy.is_served or youngest == context.plan.storage


def wait_for_flush(context: Context, held: Samples | None) -> None:
    """Wait until the primary's files have what its engine held in memory, for as long as the settings say at most.

    Parameters
    ----------
    context : Context
        Of a PV that the engine says is paused.
    held : Samples or None
        What `newest_samples` gave right before the pause; None to wait for all of that time.
    """
    seconds = context.run.settings.flush
    if held is None:
        time.sleep(seconds)
    elif context.wait_for(lambda: _is_written(context, held), seconds):
        time.sleep(min(seconds, SETTLED))


def _is_written(context: Context, held: Samples) -> bool:
    newest = newest_samples(context)
    return newest is not None and not missing_from(newest, held)
